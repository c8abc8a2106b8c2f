"""``/case-macros/``: answers and steps that are given often."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, OneLine, Paged, etag, expected
from customers.api.customers import PAGE
from feedback.actions import macros
from feedback.api.case_shapes import Code, Shape
from feedback.models import Macro, Team, Theme
from feedback.queries.versions import version

LONGEST = 20_000


class MacroShown(serializers.ModelSerializer[Macro]):
    team = Code(read_only=True, allow_null=True)
    theme = Code(read_only=True, allow_null=True)
    texts = serializers.SerializerMethodField()

    class Meta:
        model = Macro
        fields = ["id", "name", "team", "texts", "theme", "take", "waits", "sleep_hours", "retired"]

    def get_texts(self, one: Macro) -> dict[str, str]:
        return {text.language: text.text for text in sorted(one.texts.all(), key=lambda text: text.language)}


class MacroPage(Paged):
    results = MacroShown(many=True)


class MacroChange(Shape):
    name = OneLine(max_length=80, required=False)
    team = Code(queryset=Team.objects.all(), required=False, allow_null=True, help_text="Null: offered to everybody.")
    texts = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST, trim_whitespace=False), required=False,
        help_text="All of them, by language; `{{ words }}` are filled in when it is used.",
    )  # fmt: skip
    theme = Code(queryset=Theme.objects.filter(retired=False), required=False, allow_null=True)
    take = serializers.BooleanField(required=False, help_text="Whoever uses it takes the case.")
    waits = serializers.BooleanField(required=False, help_text="The case waits for the customer then.")
    sleep_hours = serializers.IntegerField(min_value=1, max_value=720, required=False, allow_null=True)
    retired = serializers.BooleanField(required=False)

    def validate_texts(self, texts: dict[str, str]) -> dict[str, str]:
        language = serializers.CharField(max_length=10)
        return {language.run_validation(code): text for code, text in texts.items()}


class MacroWish(MacroChange):
    name = OneLine(max_length=80)


class Macros(ApiView):
    queryset = Macro.objects.select_related("team", "theme").prefetch_related("texts")
    lookup_value_regex = "[0-9]{1,15}"
    needs = {"create": "feedback.add_macro", "partial_update": "feedback.change_macro"}

    @extend_schema(
        parameters=[OpenApiParameter("retired", bool, description="Those that are offered no more."), *PAGE],
        responses=MacroPage,
    )
    def list(self, request: Request) -> Response:
        """Macros, in the order in which they were made."""
        found = self.get_queryset().filter(retired=request.query_params.get("retired", "").lower() in ("true", "1"))
        return self.page(found, order=("id",), kinds=(int,), shape=MacroShown)

    @extend_schema(responses=MacroShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One macro."""
        return self._shown(self.get_object())

    @extend_schema(request=MacroWish, responses={201: MacroShown})
    def create(self, request: Request) -> Response:
        """A canned answer, steps, or both. Refused with `name_taken` and `placeholder_unknown`."""
        wish = self.wish(MacroWish)
        return self._shown(macros.create(wish.pop("name"), **wish), 201)

    @extend_schema(request=MacroChange, responses=MacroShown)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what you name; retired it is offered no more."""
        return self._shown(macros.change(self.get_object(), seen=expected(request), **self.wish(MacroChange)))

    def _shown(self, one: Macro, status: int = 200) -> Response:
        fresh: Any = self.get_queryset().get(pk=one.pk)
        return Response(MacroShown(fresh).data, status=status, headers={"ETag": etag(version(fresh))})

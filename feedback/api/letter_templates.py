"""``/case-letters/``: the words of letters, by purpose, kind of case and language."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, OneLine, Paged, etag, expected
from customers.api.customers import PAGE
from feedback.actions import letter_templates
from feedback.api.case_shapes import Shape
from feedback.models import Case, LetterTemplate
from feedback.queries.versions import version

LONGEST = 20_000


class LetterTemplateShown(serializers.ModelSerializer[LetterTemplate]):
    class Meta:
        model = LetterTemplate
        fields = ["id", "purpose", "kind", "language", "subject", "text"]


class LetterTemplatePage(Paged):
    results = LetterTemplateShown(many=True)


class LetterTemplateChange(Shape):
    subject = OneLine(max_length=150, required=False)
    text = serializers.CharField(
        max_length=LONGEST, trim_whitespace=False, required=False, help_text="`{{ words }}` are filled in."
    )


class LetterTemplateWish(LetterTemplateChange):
    purpose = serializers.ChoiceField(choices=LetterTemplate.Purpose.choices)
    kind = serializers.ChoiceField(
        choices=Case.Kind.choices, required=False, default="", allow_blank=True, help_text="Empty: for all."
    )
    language = serializers.CharField(max_length=10, required=False, default="en")
    subject = OneLine(max_length=150)
    text = serializers.CharField(max_length=LONGEST, trim_whitespace=False)


class LetterTemplates(ApiView):
    queryset = LetterTemplate.objects.all()
    lookup_value_regex = "[0-9]{1,15}"
    needs = {
        "create": "feedback.add_lettertemplate",
        "partial_update": "feedback.change_lettertemplate",
        "destroy": "feedback.delete_lettertemplate",
    }

    @extend_schema(
        parameters=[OpenApiParameter("purpose", str, enum=LetterTemplate.Purpose.values), *PAGE],
        responses=LetterTemplatePage,
    )
    def list(self, request: Request) -> Response:
        """Letters that were written here; without one, a letter has the words that Mainstay brings."""
        found = self.get_queryset()
        if purpose := request.query_params.get("purpose"):
            found = found.filter(purpose=purpose)
        return self.page(found, order=("id",), kinds=(int,), shape=LetterTemplateShown)

    @extend_schema(responses=LetterTemplateShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One letter."""
        return self._shown(self.get_object())

    @extend_schema(request=LetterTemplateWish, responses={201: LetterTemplateShown})
    def create(self, request: Request) -> Response:
        """A letter for a purpose. Refused with `letter_taken` and `placeholder_unknown`."""
        return self._shown(letter_templates.create(**self.wish(LetterTemplateWish)), 201)

    @extend_schema(request=LetterTemplateChange, responses=LetterTemplateShown)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Other words. Letters that were sent keep theirs."""
        wish = self.wish(LetterTemplateChange)
        return self._shown(letter_templates.change(self.get_object(), seen=expected(request), **wish))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Forget these words: those for all kinds are taken, or those that Mainstay brings."""
        letter_templates.remove(self.get_object())
        return Response(status=204)

    def _shown(self, one: Any, status: int = 200) -> Response:
        return Response(LetterTemplateShown(one).data, status=status, headers={"ETag": etag(version(one))})

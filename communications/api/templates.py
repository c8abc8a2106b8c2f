"""``/templates/``: texts that are written again and again, in versions and languages."""

from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from communications.actions import templates
from communications.api.enrolments import ONE
from communications.models import Template, TemplateVersion
from communications.queries.templates import listed
from config.rest import ApiView, OneLine, Paged
from customers.api.customers import PAGE
from customers.models import ConsentDecision

Shape = serializers.Serializer[Any]
CHANGE = "communications.change_template"


def register(router: BaseRouter) -> None:
    router.register("templates", Templates, "template")


class TemplateShown(serializers.ModelSerializer[Template]):
    version = serializers.IntegerField(help_text="The number of the latest version.")
    languages = serializers.SerializerMethodField()

    class Meta:
        model = Template
        fields = ["id", "name", "channel", "purpose", "language", "version", "languages", "archived_at"]

    def get_languages(self, one: Template) -> list[str]:
        return sorted(one.texts)  # type: ignore[attr-defined]


class TemplateWhole(TemplateShown):
    texts = serializers.JSONField(help_text="By language: `subject`, `text`, `html` and `link`.")

    class Meta(TemplateShown.Meta):
        fields = [*TemplateShown.Meta.fields, "texts"]


class TemplatePage(Paged):
    results = TemplateShown(many=True)


class TemplateVersionShown(serializers.ModelSerializer[TemplateVersion]):
    class Meta:
        model = TemplateVersion
        fields = ["number", "texts", "note", "at"]


class TextParts(Shape):
    subject = OneLine(required=False, default="", allow_blank=True, max_length=250)
    text = serializers.CharField(required=False, default="", allow_blank=True, max_length=50_000)
    html = serializers.CharField(required=False, default="", allow_blank=True, max_length=200_000)
    link = serializers.CharField(required=False, default="", allow_blank=True, max_length=1_000)


class TemplateWish(Shape):
    name = OneLine(max_length=120)
    channel = serializers.ChoiceField(Template.Channel.choices)
    purpose = serializers.ChoiceField(ConsentDecision.Purpose.choices, required=False, default="", allow_blank=True)
    language = serializers.ChoiceField(settings.LANGUAGES, default="en", help_text="Stands for all others.")
    texts = serializers.DictField(child=TextParts(), help_text="By language.")


class VersionWish(Shape):
    texts = serializers.DictField(child=TextParts(), help_text="By language; what is not named is left out.")
    note = serializers.CharField(required=False, default="", max_length=200)
    seen = serializers.IntegerField(required=False, min_value=1, help_text="The number that you began with.")


class Templates(ApiView):
    queryset = Template.objects.all()
    lookup_value_regex = ONE
    needs = {"create": "communications.add_template"}

    @extend_schema(
        parameters=[
            OpenApiParameter("channel", str, enum=Template.Channel.values, description="Only for this way."),
            OpenApiParameter("archived", bool, description="Those that are offered no more."),
            *PAGE,
        ],
        responses=TemplatePage,
    )
    def list(self, request: Request) -> Response:
        """All templates in the order in which they were made, with their languages."""
        archived = request.query_params.get("archived", "").lower() in ("true", "1")
        found = listed(channel=request.query_params.get("channel", ""), archived=archived)
        return self.page(found, order=("id",), kinds=(int,), shape=TemplateShown)

    @extend_schema(responses=TemplateWhole)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One template with its latest texts."""
        return Response(_whole(int(pk)))

    @extend_schema(request=TemplateWish, responses={201: TemplateWhole})
    def create(self, request: Request) -> Response:
        """Make a template. What its language does not know, or HTML that could run or load something, is refused."""
        return Response(_whole(templates.make(**self.wish(TemplateWish), by=self.caller).pk), status=201)

    @extend_schema(request=VersionWish, responses={201: TemplateVersionShown})
    @action(detail=True, methods=["post"], needs=CHANGE)
    def versions(self, request: Request, pk: str) -> Response:
        """Write the next version; the same texts make none. Plans go on with the one that they were published with.

        Refused with `changed_meanwhile` where somebody else has written one since `seen`, `archived`, and as above.
        """
        made = templates.revise(self.get_object(), **self.wish(VersionWish), by=self.caller)
        return Response(TemplateVersionShown(made).data, status=201)


def _whole(pk: int) -> dict[str, Any]:
    return TemplateWhole(get_object_or_404(listed(archived=None), pk=pk)).data

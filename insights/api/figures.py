"""``/figures/``: what each figure means, and what it was."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, Day
from insights.definitions import DEFINITIONS, Definition, Unit
from insights.models import Snapshot

Shape = serializers.Serializer[Any]
BY = ("", "segment", "tier", "channel", "cohort", "stage", "rfm")
MOST = 2_000


class DefinitionShown(Shape):
    key = serializers.CharField()
    title = serializers.CharField()
    meaning = serializers.CharField()
    numerator = serializers.CharField()
    denominator = serializers.CharField()
    window = serializers.CharField()
    edges = serializers.CharField()
    unit = serializers.ChoiceField(choices=Unit.choices, help_text="Money is in minor units, a share is up to 1.")
    section = serializers.CharField()
    version = serializers.IntegerField()
    better = serializers.CharField(help_text="up, down, or empty where it depends.")
    by = serializers.ListField(child=serializers.CharField(), help_text="Groups that it is taken for.")


class DefinitionList(Shape):
    results = DefinitionShown(many=True)


class FigureShown(serializers.ModelSerializer[Snapshot]):
    class Meta:
        model = Snapshot
        fields = [
            "as_of", "finished", "member", "currency", "numerator", "denominator", "value", "low", "high", "version",
            "taken_at",
        ]  # fmt: skip


class FigureList(Shape):
    definition = DefinitionShown()
    results = FigureShown(many=True)


class Asked(Shape):
    since = Day(required=False)
    until = Day(required=False)
    by = serializers.ChoiceField(choices=BY, required=False, default="", allow_blank=True)
    currency = serializers.CharField(max_length=3, required=False, default="", allow_blank=True)


class Figures(ApiView):
    queryset = Snapshot.objects.all()
    lookup_field = "key"
    lookup_value_regex = "[a-z0-9_]{1,40}"

    @extend_schema(responses=DefinitionList)
    def list(self, request: Request) -> Response:
        """Every figure with its written definition."""
        return Response({"results": [_defined(one) for one in DEFINITIONS.values()]})

    @extend_schema(
        parameters=[
            OpenApiParameter("since", date, description="As of this day or later."),
            OpenApiParameter("until", date, description="As of this day or earlier."),
            OpenApiParameter("by", str, enum=BY, description="Groups; empty: everybody."),
            OpenApiParameter("currency", str, description="Only figures in this currency."),
        ],
        responses=FigureList,
    )
    def retrieve(self, request: Request, key: str) -> Response:
        """What a figure was, day by day: `as_of` is the day before whose beginning everything counts.

        Of the month under way `finished` is false. At most 2,000 rows, the latest.
        """
        definition = DEFINITIONS.get(key)
        if definition is None:
            raise Http404
        asked = Asked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows = self.get_queryset().filter(_filter(key, asked.validated_data)).order_by("-as_of", "member", "currency")
        found = sorted(rows[:MOST], key=lambda row: (row.as_of, row.member, row.currency))
        return Response({"definition": _defined(definition), "results": FigureShown(found, many=True).data})


def _filter(key: str, said: dict[str, Any]) -> Q:
    fits = Q(metric=key, dimension=said["by"])
    if said.get("since"):
        fits &= Q(as_of__gte=said["since"])
    if said.get("until"):
        fits &= Q(as_of__lte=said["until"])
    if said["currency"]:
        fits &= Q(currency=said["currency"])
    return fits


def _defined(one: Definition) -> dict[str, Any]:
    texts = ("key", "title", "meaning", "numerator", "denominator", "window", "edges", "unit", "section", "better")
    return {name: str(getattr(one, name)) for name in texts} | {"version": one.version, "by": list(one.by)}

"""``/customers/…/tier/``: where a customer stands, and what is missing to stay there and to reach the next."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, Moment
from customers.api.customers import customer_at
from loyalty.models import Standing, TierTable
from loyalty.queries import standings
from loyalty.queries.standings import Distance, Progress

Shape = serializers.Serializer[Any]


class TierShown(Shape):
    code = serializers.CharField()
    name = serializers.CharField()
    threshold = serializers.IntegerField()


class DistanceShown(Shape):
    """So many more until a moment; after it, more are needed. ``by`` is null where there is no such moment."""

    tier = serializers.CharField()
    missing = serializers.IntegerField()
    by = Moment(allow_null=True)


class ProgressShown(Shape):
    customer = serializers.CharField()
    qualify_by = serializers.ChoiceField(
        choices=TierTable.By.choices, help_text="What ``total``, thresholds and ``missing`` count."
    )
    tier = TierShown(allow_null=True)
    since = Moment(allow_null=True)
    total = serializers.IntegerField(help_text="What counts now.")
    earned = serializers.CharField(help_text="The tier without what was granted or belongs to a membership.")
    held_until = Moment(allow_null=True, help_text="Until when the tier is held up, if it is.")
    to_stay = DistanceShown(allow_null=True)
    to_reach = DistanceShown(allow_null=True)
    grace_ends = Moment(allow_null=True)
    tiers = TierShown(many=True)


class AtShape(Shape):
    at = Moment(required=False)


class PastTierShown(Shape):
    customer = serializers.CharField()
    at = Moment()
    tier = serializers.CharField(help_text="Code; empty where there were no tiers.")


class Tiers(ApiView):
    queryset = Standing.objects.all()
    lookup_field = "number"
    lookup_value_regex = "[^/]+"

    @extend_schema(responses=ProgressShown)
    @action(detail=True)
    def tier(self, request: Request, number: str) -> Response:
        """A customer's tier, how much is missing by when to stay in it, and how much to reach the next one."""
        customer = customer_at(number)
        found = standings.progress(customer)
        return Response(ProgressShown(_progress(customer.number, found)).data)

    @extend_schema(
        parameters=[OpenApiParameter("at", str, description="The moment, with a zone.", required=True)],
        responses=PastTierShown,
    )
    @action(detail=True, url_path="tier/past")
    def past_tier(self, request: Request, number: str) -> Response:
        """The tier that a customer had at a moment, as it is written down."""
        read = AtShape(data={"at": request.query_params.get("at", "")})
        read.is_valid(raise_exception=True)
        customer, at = customer_at(number), read.validated_data["at"]
        return Response(
            PastTierShown({"customer": customer.number, "at": at, "tier": standings.tier_as_of(customer, at)}).data
        )


def _progress(number: str, found: Progress | None) -> dict[str, Any]:
    if found is None:
        nothing = dict.fromkeys(("tier", "since", "held_until", "to_stay", "to_reach", "grace_ends"))
        return nothing | {"customer": number, "qualify_by": "points", "total": 0, "earned": "", "tiers": []}
    return {
        "customer": number,
        "qualify_by": found.ladder.table.qualify_by,
        "tier": found.tier,
        "since": found.since,
        "total": found.total,
        "earned": found.earned.code,
        "held_until": found.held_by and found.held_by.ends_at,
        "to_stay": _distance(found.keep),
        "to_reach": _distance(found.next),
        "grace_ends": found.grace_ends,
        "tiers": found.ladder.tiers,
    }


def _distance(found: Distance | None) -> dict[str, Any] | None:
    return {"tier": found.tier.code, "missing": found.missing, "by": found.by} if found else None

"""``/plans/{id}/results/``: what a plan brought, step by step and beside those who were held out."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from communications.api.enrolments import ONE
from communications.lift import Lift
from communications.models import Plan
from communications.queries import results
from config.rest import ApiView
from customers.models import Segment
from customers.queries import segments

Shape = serializers.Serializer[Any]


def register(router: BaseRouter) -> None:
    router.register("plans", PlanResults, "plan-result")


class ResultsAsked(Shape):
    days = serializers.IntegerField(required=False, default=30, min_value=1, max_value=365)
    segment = serializers.PrimaryKeyRelatedField(queryset=Segment.objects.all(), required=False, default=None)


class CountsShown(Shape):
    channel = serializers.CharField()
    found = serializers.IntegerField(help_text="For how many customers it was.")
    reached = serializers.IntegerField()
    failed = serializers.IntegerField()
    left_out = serializers.IntegerField()
    answered = serializers.IntegerField(help_text="Clicked, or spoke on the phone, within a week.")
    redeemed = serializers.IntegerField(help_text="Vouchers of it that were used.")
    unsubscribed = serializers.IntegerField(help_text="Within a week.")
    complained = serializers.IntegerField(help_text="Called it spam or complained of something, within a week.")
    cost = serializers.IntegerField(help_text="In minor units of the business's currency.")


class StepResultShown(CountsShown):
    step = serializers.CharField(source="key")
    name = serializers.CharField()
    kind = serializers.CharField()


class PlanArmShown(Shape):
    customers = serializers.IntegerField()
    bought = serializers.IntegerField(help_text="How many of them bought.")
    goods = serializers.IntegerField(help_text="For how much, in minor units.")


class LiftShown(Shape):
    estimate = serializers.FloatField()
    low = serializers.FloatField(help_text="Of the 95 % interval.")
    high = serializers.FloatField()


class BroughtShown(Shape):
    days = serializers.IntegerField()
    treated = PlanArmShown()
    held_out = PlanArmShown()
    lift = LiftShown(allow_null=True, help_text="Of the share who bought. Null below 30 customers on either side.")
    revenue = LiftShown(allow_null=True, help_text="Of what each bought on average, in minor units.")


class PlanResultsShown(Shape):
    steps = StepResultShown(many=True)
    channels = CountsShown(many=True)
    brought = BroughtShown()


class PlanResults(ApiView):
    queryset = Plan.objects.all()
    lookup_value_regex = ONE

    @extend_schema(
        parameters=[
            OpenApiParameter("days", int, description="Purchases within so many days count; 30 unless you say so."),
            OpenApiParameter("segment", int, description="Only of customers who are in the segment with this id now."),
        ],
        responses=PlanResultsShown,
    )
    @action(detail=True, pagination_class=None)
    def results(self, request: Request, pk: str) -> Response:
        """What a plan brought: by step, by channel, and purchases beside those of the customers held out."""
        plan, asked = self.get_object(), ResultsAsked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        now, segment = timezone.now(), asked.validated_data["segment"]
        members = segments.members(segment, now) if segment else None
        steps = results.steps(plan, members=members)
        brought = results.brought(plan, days=asked.validated_data["days"], at=now, members=members)
        shown = {"steps": steps, "channels": results.by_channel(steps), "brought": _brought(brought)}
        return Response(PlanResultsShown(shown).data)


def _brought(found: results.Brought) -> dict[str, Any]:
    arms = {"treated": (found.treated, found.treated_goods), "held_out": (found.held, found.held_goods)}
    told = {name: {"customers": arm.n, "bought": arm.hits, "goods": goods} for name, (arm, goods) in arms.items()}
    return {**told, "days": found.days, "lift": _lift(found.lift), "revenue": _lift(found.revenue)}


def _lift(found: Lift | None) -> dict[str, float] | None:
    return {"estimate": found.estimate, "low": found.low, "high": found.high} if found else None

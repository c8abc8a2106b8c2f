"""``/sla-policies/``: what is promised, to whom, and what is done when it is about to be broken."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from calendars.models import Calendar
from calendars.targets import Unit
from config.rest import ApiView, OneLine, etag, expected
from customers.models import Segment
from feedback.actions import policies
from feedback.actions.policies import Goal, Rung, Terms
from feedback.api.case_shapes import Code, Shape
from feedback.api.corrective import Person
from feedback.models import Case, Metric, Policy, PolicyVersion, Step, Target, Team
from feedback.queries.policies import versions_that_hold

CHANGE = "feedback.change_policy"


class TargetShown(serializers.ModelSerializer[Target]):
    calendar = Code(read_only=True, allow_null=True, help_text="Code; null: of the case's team.")
    priority = serializers.IntegerField(help_text="1 (low) to 4 (urgent).")
    pauses = serializers.ListField(child=serializers.CharField(), help_text="What stops it: customer, third.")

    class Meta:
        model = Target
        fields = ["metric", "priority", "amount", "unit", "calendar", "pauses"]


class LadderStepShown(serializers.ModelSerializer[Step]):
    to = Person(read_only=True, allow_null=True)

    class Meta:
        model = Step
        fields = ["metric", "basis", "amount", "action", "to", "at_any_hour"]


class PolicyShown(Shape):
    id = serializers.IntegerField(source="policy_id")
    name = serializers.CharField(source="policy.name")
    version = serializers.IntegerField(source="number")
    kinds = serializers.ListField(child=serializers.CharField(), help_text="Empty conditions fit everything.")
    priorities = serializers.ListField(child=serializers.IntegerField())
    channels = serializers.ListField(child=serializers.CharField())
    tiers = serializers.ListField(child=serializers.CharField())
    segment = serializers.IntegerField(source="segment_id", allow_null=True)
    team = serializers.CharField(source="team.code", allow_null=True, help_text="Its code.")
    warn_percent = serializers.IntegerField()
    targets = serializers.SerializerMethodField()
    steps = LadderStepShown(many=True, help_text="The ladder, in order.")

    def get_targets(self, held: PolicyVersion) -> list[dict[str, Any]]:
        rows = sorted(held.targets.all(), key=lambda one: (Metric.values.index(one.metric), one.priority))
        return list(TargetShown(rows, many=True).data)


class PolicyList(Shape):
    results = PolicyShown(many=True)


class TargetWish(Shape):
    metric = serializers.ChoiceField(choices=Metric.choices)
    priority = serializers.ChoiceField(choices=Case.Priority.choices)
    amount = serializers.IntegerField(min_value=1)
    unit = serializers.ChoiceField(choices=Unit.choices)
    calendar = Code(queryset=Calendar.objects.filter(retired_at=None), required=False, allow_null=True)
    pauses = serializers.MultipleChoiceField(choices=Case.Waiting.choices, required=False)


class StepWish(Shape):
    basis = serializers.ChoiceField(choices=Step.Basis.choices)
    amount = serializers.IntegerField(min_value=0, help_text="Percent of the target, or open minutes.")
    action = serializers.ChoiceField(choices=Step.Action.choices)
    metric = serializers.ChoiceField(choices=Metric.choices, required=False, allow_blank=True)
    to = Person(required=False, allow_null=True, help_text="User name: who gets the case.")
    at_any_hour = serializers.BooleanField(required=False)


class PolicyChange(Shape):
    """What is left out stays; a list that is named is the whole list."""

    name = OneLine(max_length=100, required=False)
    kinds = serializers.MultipleChoiceField(choices=Case.Kind.choices, required=False)
    priorities = serializers.MultipleChoiceField(choices=Case.Priority.choices, required=False)
    channels = serializers.MultipleChoiceField(choices=Case.Channel.choices, required=False)
    tiers = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=50)
    segment = serializers.PrimaryKeyRelatedField(queryset=Segment.objects.all(), required=False, allow_null=True)
    team = Code(queryset=Team.objects.all(), required=False, allow_null=True)
    warn_percent = serializers.IntegerField(min_value=0, max_value=99, required=False)
    targets = TargetWish(many=True, required=False)
    steps = StepWish(many=True, required=False)


class PolicyWish(PolicyChange):
    name = OneLine(max_length=100)
    targets = TargetWish(many=True)


class OrderWish(Shape):
    policies = serializers.PrimaryKeyRelatedField[Any](
        queryset=Policy.objects.filter(retired_at=None), many=True, help_text="Ids; those left out come after them."
    )


class Policies(ApiView):
    queryset = Policy.objects.filter(retired_at=None)
    lookup_value_regex = "[0-9]{1,15}"
    needs = {"create": "feedback.add_policy", "partial_update": CHANGE}

    @extend_schema(responses=PolicyList)
    def list(self, request: Request) -> Response:
        """What is promised now: the first policy that fits a case is what it is judged by."""
        return self._all()

    @extend_schema(responses=PolicyShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One policy, as it holds."""
        return self._shown(int(pk))

    @extend_schema(request=PolicyWish, responses={201: PolicyShown})
    def create(self, request: Request) -> Response:
        """A policy that is asked after all others. Open cases are judged anew by and by.

        Refused with `nothing_promised`, `target_twice`, `amount_out_of_reach`, `regulation_counts_days`,
        `never_pauses`, `step_without_time`, `step_without_person` and `warning_too_late`.
        """
        wish = self.wish(PolicyWish)
        name = wish.pop("name")
        return self._shown(policies.create(name, Terms(**_terms(wish)), by=self.caller).pk, 201)

    @extend_schema(request=PolicyChange, responses=PolicyShown)
    def partial_update(self, request: Request, pk: str) -> Response:
        """The next version, by which running clocks are judged from their original start. Refused as above."""
        wish = self.wish(PolicyChange)
        name = wish.pop("name", None)
        policies.amend(self.get_object(), name=name, expected=expected(request), by=self.caller, **_terms(wish))
        return self._shown(int(pk))

    @extend_schema(request=None, responses={201: PolicyList})
    @action(detail=True, methods=["post"], needs=CHANGE)
    def retirement(self, request: Request, pk: str) -> Response:
        """Promise it no more: open cases are judged by the next policy that fits. The answer is what is left."""
        policies.retire(self.get_object(), by=self.caller)
        return self._all(201)

    @extend_schema(request=OrderWish, responses={201: PolicyList})
    @action(detail=False, methods=["post"], needs=CHANGE)
    def order(self, request: Request) -> Response:
        """In which order they are asked: the first that fits counts."""
        policies.put_in_order(self.wish(OrderWish)["policies"], by=self.caller)
        return self._all(201)

    def _rows(self) -> QuerySet[PolicyVersion]:
        return versions_that_hold().prefetch_related("targets__calendar")

    def _all(self, status: int = 200) -> Response:
        return Response(PolicyList({"results": self._rows()}).data, status=status)

    def _shown(self, pk: int, status: int = 200) -> Response:
        held = self._rows().filter(policy=pk).first()
        if held is None:
            raise Http404
        return Response(PolicyShown(held).data, status=status, headers={"ETag": etag(held.number)})


def _terms(wish: dict[str, Any]) -> dict[str, Any]:
    terms = {name: value for name, value in wish.items() if name not in ("targets", "steps")}
    for name in {"kinds", "priorities", "channels"} & terms.keys():
        terms[name] = sorted(terms[name])
    if "targets" in wish:
        terms["goals"] = [Goal(**one | {"pauses": sorted(one.get("pauses", ()))}) for one in wish["targets"]]
    if "steps" in wish:
        terms["rungs"] = [Rung(**one) for one in wish["steps"]]
    return terms

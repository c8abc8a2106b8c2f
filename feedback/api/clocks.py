"""``/cases/{id}/clocks/`` and ``/sla-policies/``: what is promised, and how it stands."""

from typing import Any

from django.db.models import F
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from calendars.targets import Unit
from config.rest import ApiView
from feedback.models import Case, Clock, Metric, Policy, PolicyVersion
from feedback.queries import clocks


class ClockShown(serializers.Serializer[Any]):
    metric = serializers.ChoiceField(choices=Metric.choices)
    cycle = serializers.IntegerField(help_text="Next answers and updates come in rounds; the others have one.")
    state = serializers.ChoiceField(choices=Clock.State.choices)
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="Null while it stands still.")
    open_seconds_left = serializers.IntegerField(allow_null=True, help_text="Open time; below zero it is overdue.")
    percent = serializers.IntegerField(help_text="How much of the time is used up.")
    fulfilled_at = serializers.DateTimeField(allow_null=True)
    breached_at = serializers.DateTimeField(allow_null=True)
    moved = serializers.BooleanField(help_text="Somebody has set the deadline by hand.")
    policy = serializers.CharField(help_text="By which policy and version it is judged.")


class TargetShown(serializers.Serializer[Any]):
    metric = serializers.ChoiceField(choices=Metric.choices)
    priority = serializers.IntegerField(help_text="1 (low) to 4 (urgent).")
    amount = serializers.IntegerField()
    unit = serializers.ChoiceField(choices=Unit.choices)
    calendar = serializers.CharField(allow_null=True, help_text="Code; null: of the case's team.")
    pauses = serializers.ListField(child=serializers.CharField(), help_text="What stops it: customer, third.")


class PolicyShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    kinds = serializers.ListField(child=serializers.CharField(), help_text="Empty conditions fit everything.")
    priorities = serializers.ListField(child=serializers.IntegerField())
    channels = serializers.ListField(child=serializers.CharField())
    tiers = serializers.ListField(child=serializers.CharField())
    segment = serializers.IntegerField(allow_null=True)
    team = serializers.IntegerField(allow_null=True)
    warn_percent = serializers.IntegerField()
    targets = TargetShown(many=True)


class PolicyList(serializers.Serializer[Any]):
    results = PolicyShown(many=True)


class ClockList(serializers.Serializer[Any]):
    results = ClockShown(many=True)


class CaseClocks(ApiView):
    queryset = Clock.objects.all()
    lookup_value_regex = r"\d{1,18}"

    @extend_schema(responses=ClockList)
    @action(detail=True, url_path="clocks")
    def clocks(self, request: Request, pk: str) -> Response:
        """The promises of a case: those that go first, by what is due first, then those that ended."""
        case = Case.objects.filter(pk=pk).first()
        if case is None:
            raise Http404(_("There is no case with this number."))
        return Response({"results": [_clock(one) for one in clocks.of_case(case, at=timezone.now())]})


def _clock(one: clocks.Shown) -> dict[str, Any]:
    row = one.clock
    return {
        "metric": row.metric, "cycle": row.cycle, "state": row.state, "started_at": row.started_at,
        "due_at": row.due_at, "open_seconds_left": one.seconds_left if row.state in Clock.GOING else None,
        "percent": one.percent, "fulfilled_at": row.fulfilled_at, "breached_at": row.breached_at,
        "moved": row.moved_to is not None, "policy": one.judged_by,
    }  # fmt: skip


class Policies(ApiView):
    queryset = Policy.objects.filter(retired_at=None)

    @extend_schema(responses=PolicyList)
    def list(self, request: Request) -> Response:
        """What is promised now: the first policy that fits a case is what it is judged by."""
        held = PolicyVersion.objects.filter(policy__in=self.get_queryset(), number=F("policy__version"))
        found = held.select_related("policy").prefetch_related("targets__calendar").order_by("policy__order", "policy")
        return Response({"results": [_policy(version) for version in found]})


def _policy(version: PolicyVersion) -> dict[str, Any]:
    targets = sorted(version.targets.all(), key=lambda one: (Metric.values.index(one.metric), one.priority))
    return {
        "id": version.policy_id, "name": version.policy.name, "version": version.number, "kinds": version.kinds,
        "priorities": version.priorities, "channels": version.channels, "tiers": version.tiers,
        "segment": version.segment_id, "team": version.team_id, "warn_percent": version.warn_percent,
        "targets": [
            {
                "metric": one.metric, "priority": one.priority, "amount": one.amount, "unit": one.unit,
                "calendar": one.calendar.code if one.calendar else None, "pauses": one.pauses,
            }
            for one in targets
        ],
    }  # fmt: skip

"""``/cases/{id}/clocks/``: what is promised of a case, and how it stands."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, Moment
from feedback.models import Case, Clock, Metric
from feedback.queries import clocks


class ClockShown(serializers.Serializer[Any]):
    metric = serializers.ChoiceField(choices=Metric.choices)
    cycle = serializers.IntegerField(help_text="Next answers and updates come in rounds; the others have one.")
    state = serializers.ChoiceField(choices=Clock.State.choices)
    started_at = Moment()
    due_at = Moment(allow_null=True, help_text="Null while it stands still.")
    open_seconds_left = serializers.IntegerField(allow_null=True, help_text="Open time; below zero it is overdue.")
    percent = serializers.IntegerField(help_text="How much of the time is used up.")
    fulfilled_at = Moment(allow_null=True)
    breached_at = Moment(allow_null=True)
    moved = serializers.BooleanField(help_text="Somebody has set the deadline by hand.")
    policy = serializers.CharField(help_text="By which policy and version it is judged.")


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

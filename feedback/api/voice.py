"""``/case-reports/`` and ``/pain-points/``: what cases come to, and handing on what hurts."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from communications import timing
from config.rest import ApiView, Day, Moment
from customers.api.customers import customer_at
from feedback.actions import voice
from feedback.api.case_shapes import Shape
from feedback.models import Case, Handover, LeavingReason, Team, Theme
from feedback.queries import reports
from feedback.queries import voice as read

DAYS = 365
MOST_DAYS = 3650
UNITS = ("count", "percent", "hours", "money", "points")


class ColumnShown(Shape):
    title = serializers.CharField()
    unit = serializers.ChoiceField(choices=UNITS, help_text="Money is in minor units; hours have parts.")


class ReportShown(Shape):
    key = serializers.CharField()
    title = serializers.CharField()
    meaning = serializers.CharField()
    columns = ColumnShown(many=True)


class ReportList(Shape):
    results = ReportShown(many=True)


class ReportRow(Shape):
    key = serializers.CharField(allow_blank=True, help_text="Stays the same whatever the language.")
    name = serializers.CharField()
    values = serializers.ListField(child=serializers.FloatField(allow_null=True), help_text="One for each column.")


class ReportRows(ReportShown):
    since = Day()
    until = Day()
    rows = ReportRow(many=True)


class ReportAsked(Shape):
    since = Day(required=False, help_text="Received from; both days included (a year back).")
    until = Day(required=False, help_text="Received to (today).")
    team = serializers.SlugRelatedField[Team](slug_field="code", queryset=Team.objects.all(), required=False)
    kind = serializers.ChoiceField(choices=Case.Kind.choices, required=False)


class HandoverShown(serializers.ModelSerializer[Handover]):
    theme = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)

    class Meta:
        model = Handover
        fields = ["id", "theme", "state", "question", "since", "until", "cases", "customers", "score", "handed_at"]


class PainShown(Shape):
    theme = serializers.CharField(help_text="Code of the theme.")
    name = serializers.CharField()
    score = serializers.FloatField()
    cases = serializers.IntegerField()
    earlier = serializers.IntegerField(help_text="Of them in the first half of the span.")
    severity = serializers.FloatField(help_text="Mean, 1 to 4.")
    complaints = serializers.IntegerField()
    settled = serializers.IntegerField(help_text="Complaints.")
    quick = serializers.IntegerField(help_text="Of the settled ones: within three days.")
    customers = serializers.IntegerField()
    value = serializers.IntegerField(
        help_text="What they bought less returned, minor units of the business's currency."
    )
    waits_for_board = serializers.BooleanField()


class PainList(Shape):
    since = Moment()
    formula = serializers.CharField(help_text="How the score is worked out.")
    currency = serializers.CharField()
    results = PainShown(many=True)


class HandoverWish(Shape):
    question = serializers.CharField(max_length=500, help_text="What the board is asked.")
    days = serializers.IntegerField(
        min_value=1, max_value=MOST_DAYS, default=DAYS, help_text="Figures of so many days."
    )


class LeavingWish(Shape):
    customer = serializers.CharField(max_length=60, help_text="The customer's number.")
    reason = serializers.ChoiceField(choices=LeavingReason.Reason.choices)


class LeavingShown(serializers.ModelSerializer[LeavingReason]):
    class Meta:
        model = LeavingReason
        fields = ["reason", "at"]


class Reports(ApiView):
    queryset = Theme.objects.all()
    lookup_field = "key"
    lookup_value_regex = "[a-z]{1,20}"

    @extend_schema(responses=ReportList)
    def list(self, request: Request) -> Response:
        """The figures about cases that there are."""
        return Response({"results": [_report(one) for one in reports.REPORTS.values()]})

    @extend_schema(parameters=[ReportAsked], responses=ReportRows)
    def retrieve(self, request: Request, key: str) -> Response:
        """One of them, counted now: cases by when they were received."""
        report = reports.REPORTS.get(key)
        if report is None:
            raise Http404
        said = ReportAsked(data=request.query_params)
        said.is_valid(raise_exception=True)
        wish: dict[str, Any] = said.validated_data
        today = timing.business_date(timezone.now())
        until = reports.within(wish.get("until") or today, today)
        since = reports.within(wish.get("since") or until - timedelta(days=DAYS), today)
        team = wish.get("team")
        asked = reports.Asked(since, until, team.pk if team else None, wish.get("kind", ""))
        rows = [
            {"key": row.label, "name": row.name, "values": row.values}
            for row in reports.rows(report, asked, at=timezone.now())
        ]
        return Response(ReportRows(_report(report) | {"since": asked.since, "until": until, "rows": rows}).data)


def _report(one: reports.Report) -> dict[str, Any]:
    columns = [{"title": str(column.title), "unit": column.unit} for column in one.columns]
    return {"key": one.key, "title": str(one.title), "meaning": str(one.meaning), "columns": columns}


class PainPoints(ApiView):
    queryset = Theme.objects.all()
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,60}"

    @extend_schema(
        parameters=[OpenApiParameter("days", int, description=f"Of the last so many days ({DAYS}).")],
        responses=PainList,
    )
    def list(self, request: Request) -> Response:
        """Themes by what they cost customers and us, the worst first."""
        asked = serializers.IntegerField(min_value=1, max_value=MOST_DAYS)
        days = asked.run_validation(request.query_params.get("days", DAYS))
        until = timezone.now()
        since = until - timedelta(days=days)
        codes = dict(Theme.objects.values_list("pk", "code"))
        found = [_pain(one, codes[one.theme]) for one in read.board(since, until)]
        answer = {"since": since, "formula": str(read.FORMULA), "currency": settings.BUSINESS_CURRENCY}
        return Response(PainList(answer | {"results": found}).data)

    @extend_schema(request=HandoverWish, responses={201: HandoverShown})
    @action(detail=True, methods=["post"], needs="feedback.add_handover")
    def handover(self, request: Request, code: str) -> Response:
        """Hand a theme to the advisory board, with its figures as they stand.

        Refused with `question_missing`, `waits_already` or `no_cases`.
        """
        theme, wish = self.get_object(), self.wish(HandoverWish)
        made = voice.hand_over(theme, question=wish["question"], days=wish["days"], by=self.caller)
        return Response(HandoverShown(made).data, status=201)


def _pain(one: read.Pain, code: str) -> dict[str, Any]:
    same = ("name", "score", "cases", "earlier", "severity", "complaints", "settled", "quick", "customers", "value")
    waits = one.handover is not None and one.handover.state == Handover.State.WAITING
    return {"theme": code, "waits_for_board": waits} | {name: getattr(one, name) for name in same}


class LeavingReasons(ApiView):
    queryset = LeavingReason.objects.all()
    needs = {"create": "feedback.add_leavingreason"}

    @extend_schema(request=LeavingWish, responses={201: LeavingShown})
    def create(self, request: Request) -> Response:
        """Why a customer left, as they told somebody. By hand or by the shop's own form."""
        wish = self.wish(LeavingWish)
        customer = customer_at(wish["customer"])
        self.tells_of(customer.pk)
        return Response(LeavingShown(voice.note_leaving(customer, wish["reason"], by=self.caller)).data, status=201)

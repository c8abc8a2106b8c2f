"""``/liability/`` and ``/balance-imports/``: what points cost, how that moved, the journal; balances of before."""

from datetime import date
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, Day, OneLine, Paged
from customers.api.customers import PAGE
from loyalty import arithmetic
from loyalty.actions import balance_imports, programmes
from loyalty.api.shapes import Shape
from loyalty.models import BalanceImport, Programme
from loyalty.queries import liability as figures

MOST_ROWS = 50_000


class CohortShown(Shape):
    month = Day()
    granted = serializers.IntegerField()
    outstanding = serializers.IntegerField()
    worth = serializers.IntegerField()


class MovementLineShown(Shape):
    account = serializers.CharField()
    points = serializers.IntegerField(help_text="Above zero: what customers have grew by it.")


class MovementShown(Shape):
    since = Day()
    until = Day(help_text="This day is not counted any more.")
    opening = serializers.IntegerField()
    lines = MovementLineShown(many=True)
    closing = serializers.IntegerField()
    ties = serializers.BooleanField(help_text="Whether it adds up.")


class LiabilityShown(Shape):
    programme = serializers.CharField()
    currency = serializers.CharField()
    outstanding = serializers.IntegerField(help_text="Points.")
    owed = serializers.IntegerField(help_text="Points that customers owe.")
    full = serializers.IntegerField(help_text="What they would cost if all were spent, in minor units.")
    breakage = serializers.IntegerField(help_text="Less what is never spent.")
    worth = serializers.IntegerField()
    ties = serializers.BooleanField(help_text="Whether the months add up to what wallets hold.")
    cohorts = CohortShown(many=True, help_text="By month of issue, the latest first.")
    movement = MovementShown()


class BookingShown(Shape):
    day = Day()
    debit = serializers.CharField()
    credit = serializers.CharField()
    points = serializers.IntegerField()
    value = serializers.CharField(help_text="Minor units, exact: a whole number or a fraction such as 7/2.")


class PeriodShape(Shape):
    programme = serializers.SlugRelatedField("code", queryset=Programme.objects.all(), required=False)
    since = Day(required=False)
    until = Day(required=False)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        rules = said.get("programme") or programmes.main(fresh=True)
        this = arithmetic.local_day(timezone.now(), rules.zone).replace(day=1)
        since = said.get("since") or arithmetic.add_months(this, -1)
        until = said.get("until") or max(this, arithmetic.add_months(since, 1))
        if until <= since:
            raise serializers.ValidationError("until is after since", code="period_ends_before_it_begins")
        return {"programme": rules, "since": since, "until": until}


PERIOD = [
    OpenApiParameter("programme", str, description="Code; left out, the main one."),
    OpenApiParameter("since", date, description="Left out, the first of last month."),
    OpenApiParameter(
        "until", date, description="This day is not counted any more; left out, the first of this month."
    ),
]


class LiabilityBooks(ApiView):
    """What outstanding points are worth to the business, to the ledger's last point."""

    queryset = Programme.objects.all()
    needs = "loyalty.view_liability"

    @extend_schema(parameters=PERIOD, responses=LiabilityShown, operation_id="liability_retrieve")
    def list(self, request: Request) -> Response:
        """By month of issue as it is now, and how it moved over a period."""
        rules, since, until = self._period(request)
        report = figures.liability(rules)
        movement = figures.movement(rules, since=since, until=until)
        said = {name: getattr(report, name) for name in ("outstanding", "owed", "full", "breakage", "worth", "ties")}
        lines = [{"account": account, "points": points} for account, points in movement.lines]
        moved = {name: getattr(movement, name) for name in ("opening", "closing", "ties")}
        told = {"programme": rules.code, "currency": rules.currency, **said, "cohorts": report.cohorts}
        told["movement"] = {"since": since, "until": until, "lines": lines, **moved}
        return Response(LiabilityShown(told).data)

    @extend_schema(parameters=PERIOD, responses=BookingShown(many=True))
    @action(detail=False, needs="loyalty.view_liability")
    def journal(self, request: Request) -> Response:
        """Each day's transfers between accounts, for bookkeeping."""
        rules, since, until = self._period(request)
        names = ("day", "debit", "credit", "points", "value")
        rows = [dict(zip(names, row, strict=True)) for row in figures.journal(rules, since=since, until=until)]
        return Response(BookingShown(rows, many=True).data)

    def _period(self, request: Request) -> tuple[Programme, date, date]:
        read = PeriodShape(data=request.query_params)
        read.is_valid(raise_exception=True)
        said = read.validated_data
        return said["programme"], said["since"], said["until"]


class BalanceRow(Shape):
    customer = serializers.CharField(max_length=100)
    points = serializers.IntegerField(min_value=1, max_value=balance_imports.MOST - 1)
    expires = Day(required=False, help_text="The last day; left out, by the programme's rule.")


class BalancesWish(Shape):
    name = OneLine(max_length=60, help_text="Customers read it on their statement. Used once.")
    declared = serializers.IntegerField(min_value=1, help_text="What all points sum to by the other system.")
    check_only = serializers.BooleanField(default=False, help_text="Write nothing, say what would come in.")
    rows = serializers.ListField(child=BalanceRow(), min_length=1, max_length=MOST_ROWS)


class BalanceImportShown(serializers.ModelSerializer[BalanceImport]):
    class Meta:
        model = BalanceImport
        fields = ["id", "name", "rows", "points", "declared", "at"]


class BalanceImportPage(Paged):
    results = BalanceImportShown(many=True)


class BalancesChecked(Shape):
    rows = serializers.IntegerField()
    points = serializers.IntegerField()


class BalanceImports(ApiView):
    queryset = BalanceImport.objects.all()
    needs: Any = {"create": "loyalty.bring_in_balances"}
    lookup_value_regex = "[0-9]{1,18}"

    @extend_schema(parameters=PAGE, responses=BalanceImportPage)
    def list(self, request: Request) -> Response:
        """What was brought in, latest first."""
        return self.page(self.get_queryset(), order=("-id",), kinds=(int,), shape=BalanceImportShown)

    @extend_schema(responses=BalanceImportShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One file that was brought in, with its rows and points."""
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return Response(BalanceImportShown(found).data)

    @extend_schema(request=BalancesWish, responses={201: BalanceImportShown, 200: BalancesChecked})
    def create(self, request: Request) -> Response:
        """Bring balances of another system in, all rows or none, and only if they sum to what was declared.

        Refused with `control_total_differs`, `rows_wrong`, `import_known`, `wallet_frozen`, `wallet_closed`.
        """
        wish = self.wish(BalancesWish)
        rows = [
            balance_imports.Row(line, row["customer"], row["points"], row.get("expires"))
            for line, row in enumerate(wish["rows"], 1)
        ]
        if wish["check_only"]:
            seen = balance_imports.check_rows(rows, declared=wish["declared"])
            return Response({"rows": len(seen.rows), "points": seen.points})
        made = balance_imports.bring_in_rows(rows, name=wish["name"], declared=wish["declared"], by=self.caller)
        return Response(BalanceImportShown(made).data, status=201)

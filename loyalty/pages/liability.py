"""What outstanding points cost, by programme and month of issue; how it moved; the journal for bookkeeping."""

from datetime import date

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin import site
from config.menu import Group
from customers.pages.listing import as_file
from customers.spreadsheets import rows_to_csv
from loyalty import arithmetic
from loyalty.actions import programmes
from loyalty.models import Programme
from loyalty.queries import liability as figures
from people.requests import StaffRequest, day

VIEW = "loyalty.view_liability"
HEADER = ("day", "debit", "credit", "points", "value_minor", "currency")


@site.page(
    "ledger/liability/",
    name="liability",
    permission=VIEW,
    menu=gettext_lazy("Liability"),
    icon="account_balance_wallet",
    group=Group.LOYALTY,
    order=12,
)
def liability(request: StaffRequest) -> HttpResponseBase:
    code = request.GET.get("programme")
    rules = get_object_or_404(Programme, code=code) if code else programmes.main(fresh=True)
    since, until = _period(request, rules)
    if as_file(request):
        rows = figures.journal(rules, since=since, until=until)
        name = f"journal-{rules.code}-{since}-{until}.csv"
        return rows_to_csv(HEADER, ((*row[:4], str(row[4]), rules.currency) for row in rows), filename=name)
    return site.render(
        request,
        "loyalty/liability.html",
        title=_("Liability"),
        programme=rules,
        programmes=Programme.objects.order_by("-main", "name"),
        report=figures.liability(rules),
        movement=figures.movement(rules, since=since, until=until),
        since=since,
        until=until,
    )


def _period(request: StaffRequest, rules: Programme) -> tuple[date, date]:
    """The days asked for, the second not included; left out, the last month."""
    today = arithmetic.local_day(timezone.now(), rules.zone)
    since, until = (day(request.GET.get(name, "")) for name in ("since", "until"))
    since = since or arithmetic.add_months(today.replace(day=1), -1)
    until = until or today.replace(day=1)
    return (since, until) if since < until else (since, arithmetic.add_months(since, 1))

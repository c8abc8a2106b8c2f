"""The books of the programme: what was issued, where it went, and whether it was proven."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin import site
from config.menu import Group
from loyalty.actions import programmes
from loyalty.models import AdjustmentRequest
from loyalty.queries import books
from people.requests import StaffRequest


@site.page(
    "ledger/",
    name="ledger",
    permission="loyalty.view_transaction",
    menu=gettext_lazy("Points ledger"),
    icon="account_balance",
    group=Group.LOYALTY,
    order=10,
)
def ledger(request: StaffRequest) -> HttpResponse:
    rules = programmes.main(fresh=True)
    since = timezone.now().astimezone(ZoneInfo(rules.zone)).date() - timedelta(days=30)
    return site.render(
        request,
        "loyalty/ledger.html",
        title=_("Points ledger"),
        programme=rules,
        books=books.overview(rules),
        days=books.days(rules, since=since),
        waiting=AdjustmentRequest.objects.filter(status="waiting").count(),
    )

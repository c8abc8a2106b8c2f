"""What somebody who works on cases finds on their first page, and what stands about them on a customer's page."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from config.admin import site
from customers.models import Customer
from feedback.models import Case
from feedback.pages.case import ANSWER, NOTES, VIEW
from feedback.pages.shown import row_of
from feedback.queries import queue
from people.requests import StaffRequest

SHOWN, OF_CUSTOMER = 6, 8
RECENT = timedelta(days=14)
FIRST_DUE = ("due_or_never", "pk")


@site.home(permission=ANSWER, title=gettext_lazy("Waiting for you"), order=12)
def waiting_for_you(request: StaffRequest) -> tuple[str, dict[str, Any]]:
    """One's own cases, what is due first above all else; and how much is late or free to be taken."""
    now = timezone.now()
    mine = queue.with_rows(Case.objects.open().awake(now).filter(assignee=request.user, waiting="").by_due())
    rows = [row_of(case, None, now) for case in mine.order_by(*FIRST_DUE)[:SHOWN]]
    counts = queue.counts(request.user, now)
    return "feedback/desk/home.html", {"rows": rows, "counts": counts, "most": queue.COUNTED}


@site.home(permission=NOTES, title=gettext_lazy("You were mentioned"), order=14)
def mentioned(request: StaffRequest) -> tuple[str, dict[str, Any]] | None:
    """Notes of the last two weeks that name somebody who has not said anything in the case since."""
    notes = queue.mentions_of(request.user, since=timezone.now() - RECENT)[:SHOWN]
    return ("feedback/desk/home_mentions.html", {"notes": notes}) if notes else None


@site.panel("customer", title=gettext_lazy("Cases"), permission=VIEW, order=30)
def of_customer(request: StaffRequest, customer: Customer) -> tuple[str, dict[str, Any]]:
    now = timezone.now()
    found = queue.with_rows(Case.objects.filter(customer=customer)).order_by("-received_at", "-pk")[: OF_CUSTOMER + 1]
    rows = [row_of(case, None, now) for case in found]
    may_add = request.user.has_perm("feedback.add_case") and customer.status == Customer.Status.ACTIVE
    return "feedback/desk/panel.html", {
        "rows": rows[:OF_CUSTOMER], "more": len(rows) > OF_CUSTOMER, "customer": customer, "may_add": may_add
    }  # fmt: skip

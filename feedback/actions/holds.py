"""Who has an open complaint is not advertised to."""

from datetime import datetime

from communications.actions import holds
from communications.models import Hold
from customers.models import Customer
from feedback.models import Case
from people.models import User


def settle(case: Case, *, by: User | None = None, at: datetime | None = None) -> None:
    """Hold marketing back from the customer of an open complaint, and from nobody because of any other case.

    Called by everything that opens, closes, merges or sets aside a case, or changes whose it is. The customer is
    locked, and the case.
    """
    held = case.customer if case.is_open and case.kind == Case.Kind.COMPLAINT else None
    standing = Hold.objects.filter(key__startswith=f"complaint:{case.pk}:", lifted_at=None).select_related("customer")
    there = False
    for hold in standing.order_by("pk"):
        if held and _survivor(hold.customer) == held.pk:
            there = True
        else:
            holds.lift(hold.key, by=by, at=at)
    if held and not there:
        holds.place(held, reason="complaint", key=f"complaint:{case.pk}:{held.pk}", by=by, at=at)


def _survivor(customer: Customer) -> int:
    return customer.merged_into_id or customer.pk

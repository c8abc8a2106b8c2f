"""A month that was planned, planned again in another."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from communications import months
from communications.actions import plans
from communications.models import Plan
from communications.queries import campaigns
from people.models import User


class MonthRefused(ValidationError):
    """``code`` is ``same_month`` or ``nothing_there``."""


@transaction.atomic
def duplicate(
    month: date, *, to: date, key: str | None = None, by: User | None = None, at: datetime | None = None
) -> list[Plan]:
    """Drafts of all campaigns that begin in a month, in another: the second Tuesday stays the second Tuesday.

    The same key copies each into that month once. Raises MonthRefused.
    """
    first = months.first_of(month)
    if months.first_of(to) == first:
        raise MonthRefused(_("Choose another month."), code="same_month")
    found = campaigns.between(first, months.next_month(first) - months.DAY)
    if not found:
        raise MonthRefused(_("No campaign begins in this month."), code="nothing_there")
    key = key and f"{key}:{to:%Y-%m}"
    made = []
    for version in found:
        assert version.starts_on is not None
        days = (months.same_place(version.starts_on, to) - version.starts_on).days
        made.append(plans.duplicate(version.plan, days=days, key=key, by=by, at=at))
    return made

"""Occasions on the calendar: put there, changed, taken off."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from communications.models import ShopDay
from people.models import User

LONGEST = 366  # days


class ShopDayRefused(ValidationError):
    """``code`` is ``no_name`` or ``days_unfit``."""


def add(name: str, *, kind: str, starts_on: date, ends_on: date | None = None, by: User | None = None) -> ShopDay:
    """Put an occasion on the calendar; without ``ends_on`` it is one day. Raises ShopDayRefused."""
    ends_on = ends_on or starts_on
    if not name.strip():
        raise ShopDayRefused(_("An occasion needs a name."), code="no_name")
    if not 0 <= (ends_on - starts_on).days <= LONGEST:
        raise ShopDayRefused(_("It ends before it starts, or lasts longer than a year."), code="days_unfit")
    return ShopDay.objects.create(
        name=name.strip()[:120], kind=kind, starts_on=starts_on, ends_on=ends_on, created_by=by
    )


@transaction.atomic
def remove(occasion: ShopDay) -> None:
    """Take an occasion off the calendar."""
    ShopDay.objects.filter(pk=occasion.pk).delete()

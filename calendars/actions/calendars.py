"""Calendars themselves: made, named, retired; which of them is meant where none is named."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from calendars import holidays
from calendars.actions import versions
from calendars.actions.refusals import CalendarRefused
from calendars.models import Calendar
from calendars.plans import OwnDay, Plan, Shift, Shifts
from people.models import User

OFFICE: tuple[Shifts, ...] = ((Shift(9 * 60, 18 * 60),),) * 5 + ((), ())
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ONLY_ONE_MAKES_THE_MAIN_ONE = 20_261_123  # a name for an advisory lock


@transaction.atomic
def create(
    name: str,
    *,
    zone: str | None = None,
    week: Sequence[Shifts] = OFFICE,
    country: str = "",
    subdivision: str = "",
    own: Sequence[OwnDay] = (),
    code: str = "",
    by: User | None = None,
    at: datetime | None = None,
) -> Calendar:
    """A new calendar with its first version: Monday to Friday from 9 to 18 unless said; the first one is the main one.

    Raises CalendarRefused: ``name_missing``, ``code_taken``, ``code_invalid`` and as ``versions.write`` does.
    """
    name = _name(name)
    code = code or _free_code(name)
    if not CODE.fullmatch(code) or len(code) > 40:
        raise CalendarRefused("code_invalid")
    if Calendar.objects.filter(code=code).exists():
        raise CalendarRefused("code_taken")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONLY_ONE_MAKES_THE_MAIN_ONE])
    calendar = Calendar.objects.create(name=name, code=code, main=not Calendar.objects.filter(main=True).exists())
    plan = Plan(zone or settings.BUSINESS_ZONE, tuple(week), country, subdivision, tuple(sorted(own)))
    versions.write(calendar, plan, by=by, at=at or timezone.now())
    return Calendar.objects.get(pk=calendar.pk)


def main() -> Calendar:
    """The main calendar; made with office hours and the holidays of the business's country where there is none."""
    found = Calendar.objects.filter(main=True).first()
    if found is None:
        country = settings.BUSINESS_COUNTRY if holidays.known(settings.BUSINESS_COUNTRY, "") else ""
        found = create("Office", country=country)
    return found


@transaction.atomic
def rename(calendar: Calendar, name: str) -> Calendar:
    """Raises CalendarRefused: ``name_missing``."""
    Calendar.objects.filter(pk=calendar.pk).update(name=_name(name))
    return Calendar.objects.get(pk=calendar.pk)


@transaction.atomic
def make_main(calendar: Calendar) -> Calendar:
    """Let it be meant where no calendar is named. Raises CalendarRefused: ``retired``."""
    locked = {one.pk: one for one in Calendar.objects.select_for_update().order_by("pk")}
    if locked[calendar.pk].retired_at:
        raise CalendarRefused("retired")
    Calendar.objects.filter(main=True).exclude(pk=calendar.pk).update(main=False)
    Calendar.objects.filter(pk=calendar.pk).update(main=True)
    return Calendar.objects.get(pk=calendar.pk)


@transaction.atomic
def retire(calendar: Calendar, *, at: datetime | None = None) -> Calendar:
    """Offer it no more; what refers to it goes on. Raises CalendarRefused: ``main_stays``."""
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    if calendar.main:
        raise CalendarRefused("main_stays")
    if calendar.retired_at is None:
        calendar.retired_at = at or timezone.now()
        calendar.save(update_fields=["retired_at"])
    return calendar


@transaction.atomic
def restore(calendar: Calendar) -> Calendar:
    """Offer a retired calendar again."""
    Calendar.objects.filter(pk=calendar.pk).update(retired_at=None)
    return Calendar.objects.get(pk=calendar.pk)


@transaction.atomic
def move_feed(calendar: Calendar) -> Calendar:
    """Give its iCalendar feed another address; who has the old one gets nothing more."""
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    calendar.feed += 1
    calendar.save(update_fields=["feed"])
    return calendar


def _name(name: str) -> str:
    name = name.strip()[:100]
    if not name:
        raise CalendarRefused("name_missing")
    return name


def _free_code(name: str) -> str:
    """From the name where that has Latin letters, with a number where it is taken."""
    stem = slugify(name)[:30].replace("_", "-").strip("-") or "calendar"
    stem = re.sub("-+", "-", stem)
    taken = set(Calendar.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for n in range(1, len(taken) + 3) if (code := stem if n == 1 else f"{stem}-{n}") not in taken)

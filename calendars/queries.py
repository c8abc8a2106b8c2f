"""Answers about calendars. For business time take ``hours_of`` a version, or ``ready`` for what holds now.

ready = queries.ready(policy.calendar_id)
clock.calendar_version_id, clock.due_at = ready.version_id, ready.hours.due(start, seconds)
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Prefetch, QuerySet

from calendars.hours import Calendar as Hours
from calendars.models import Calendar, Day, Opening, Version
from calendars.plans import Exceptional, OwnDay, Plan, Shift

MOST_KEPT = 256  # a version of ten years of holidays takes some hundred kilobytes
_hours: dict[int, Hours] = {}


@dataclass(frozen=True)
class Ready:
    """A calendar as it holds now: what to reckon with, and the version to keep with the answer."""

    calendar_id: int
    version_id: int
    number: int
    hours: Hours


def ready(calendar_id: int) -> Ready:
    """One query; the hours themselves are kept in memory. Raises Calendar.DoesNotExist."""
    return _ready(Version.objects.filter(calendar=calendar_id))


def main() -> Ready:
    """The main calendar as it holds now. Raises Calendar.DoesNotExist where there is none yet."""
    return _ready(Version.objects.filter(calendar__main=True))


def ready_by_code(code: str) -> Ready:
    """The same by its code, where it is not retired. Raises Calendar.DoesNotExist."""
    return _ready(Version.objects.filter(calendar__code=code, calendar__retired_at=None))


def ready_all(calendar_ids: Iterable[int]) -> dict[int, Ready]:
    """Several calendars by id, in one query beyond what is in memory."""
    held = Version.objects.filter(calendar__in=set(calendar_ids), number=F("calendar__version"))
    rows = held.values_list("calendar_id", "pk", "number")
    return {calendar: Ready(calendar, pk, number, hours_of(pk)) for calendar, pk, number in rows}


def hours_of(version_id: int) -> Hours:
    """The business time of a version. Versions never change, so each process reads one once and may share it."""
    return _hours.get(version_id) or hours_in(version_at(version_id))


def hours_in(version: Version) -> Hours:
    """The same, of a version that has been read whole."""
    known = _hours.get(version.pk)
    if known is None:
        if len(_hours) >= MOST_KEPT:
            _hours.clear()
        known = _hours[version.pk] = Hours.from_dict(rules(version))
    return known


def forget() -> None:
    """Read all versions again."""
    _hours.clear()


def current(calendar: Calendar) -> Version:
    """The version that holds, with its hours and days."""
    return whole(Version.objects.filter(calendar=calendar)).get(number=calendar.version)


def version_at(pk: int) -> Version:
    return whole(Version.objects.all()).get(pk=pk)


def versions(calendar: Calendar) -> QuerySet[Version]:
    """All of them, the newest first."""
    return whole(Version.objects.filter(calendar=calendar)).select_related("by").order_by("-number")


def calendars(*, retired: bool = False) -> QuerySet[Calendar]:
    """By name, the main one first; each with the version that holds in ``versions.all()``."""
    holding = whole(Version.objects.filter(number=F("calendar__version")))
    found = Calendar.objects.prefetch_related(Prefetch("versions", holding)).order_by("-main", "name", "pk")
    return found if retired else found.filter(retired_at=None)


def whole(found: QuerySet[Version]) -> QuerySet[Version]:
    days = Day.objects.order_by("date").prefetch_related(Prefetch("openings", Opening.objects.order_by("opens")))
    week = Opening.objects.filter(day=None).order_by("weekday", "opens")
    return found.prefetch_related(Prefetch("openings", week), Prefetch("days", days))


def plan(version: Version) -> Plan:
    """What the version says, as values that can be changed into another plan."""
    week: list[list[Shift]] = [[] for _ in range(7)]
    for opening in version.openings.all():
        if opening.weekday is not None:
            week[opening.weekday].append(Shift(opening.opens, opening.closes))
    own = [
        OwnDay(day.date, day.name, tuple(Shift(at.opens, at.closes) for at in day.openings.all()), day.yearly)
        for day in version.days.all()
        if day.kind != Day.Kind.HOLIDAY
    ]
    return Plan(
        version.zone, tuple(tuple(shifts) for shifts in week), version.country, version.subdivision, tuple(own)
    )


def public_holidays(version: Version) -> dict[dt.date, str]:
    return {day.date: day.name for day in version.days.all() if day.kind == Day.Kind.HOLIDAY}


def exceptional(version: Version) -> dict[dt.date, Exceptional]:
    """Every date that is not like its weekday, in order."""
    return plan(version).days(public_holidays(version), version.last_year)


def rules(version: Version) -> dict[str, Any]:
    """The version in the form that ``hours.Calendar.from_dict`` reads."""
    return plan(version).rules(public_holidays(version), version.last_year)


def _ready(found: QuerySet[Version]) -> Ready:
    row = found.filter(number=F("calendar__version")).values_list("calendar_id", "pk", "number").first()
    if row is None:
        raise Calendar.DoesNotExist("There is no such calendar.")
    calendar, pk, number = row
    return Ready(calendar, pk, number, hours_of(pk))

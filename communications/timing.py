"""From a version of a plan to instants: what the pure scheduler needs to know of a step. Pure; no database."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings

from calendars.hours import Calendar
from communications import schedule
from communications.models import Enrolment, PlanVersion, Step
from communications.schedule import Customer, Due, Quiet, Skipped

UTC = dt.UTC


def quiet_of(version: PlanVersion) -> tuple[Quiet, ...]:
    return tuple(Quiet(dt.time.fromisoformat(begin), dt.time.fromisoformat(end)) for begin, end in version.quiet)


def specification(
    version: PlanVersion, step: Step, hours: Calendar | None = None, *, at_time: dt.time | None = None
) -> schedule.Step:
    """A step for the scheduler. ``at_time`` is that of a variant. Raises ValueError where it cannot be."""
    patience = version.expiry_hours if step.expiry_hours is None else step.expiry_hours
    return schedule.Step(
        amount=step.amount,
        unit=step.unit,
        time=at_time or step.time or version.at_time,
        calendar=hours,
        quiet=quiet_of(version),
        weekdays=frozenset(version.weekdays),
        blackout=frozenset(map(dt.date.fromisoformat, version.blackout)),
        patience=None if patience is None else dt.timedelta(hours=patience),
    )


def living(zone: str) -> Customer:
    return Customer(zone, settings.BUSINESS_ZONE)


def date_in(zone: str, day: dt.date, at_time: dt.time | None) -> dt.datetime:
    """The instant of a local date and time, midnight where no time is said."""
    there = schedule.zone_of(living(zone))[0]
    return dt.datetime.combine(day, at_time or dt.time(0), there).astimezone(UTC)


def anchor_of(enrolment: Enrolment) -> dt.datetime | dt.date:
    anchor = enrolment.anchor_at or enrolment.anchor_on
    assert anchor is not None
    return anchor


def due(anchor: dt.datetime | dt.date, step: schedule.Step, zone: str) -> Due | Skipped:
    return schedule.plan(anchor, step, living(zone))


def days_after(at: dt.datetime, days: int, zone: str) -> dt.datetime:
    """The same time of day so many days later where somebody lives, however long the nights in between were."""
    there = schedule.zone_of(living(zone))[0]
    local = at.astimezone(there)
    return date_in(there.key, local.date() + dt.timedelta(days=days), local.time())


def business_day(at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """When the business's day began in which it is now, and when the next one begins."""
    there = ZoneInfo(settings.BUSINESS_ZONE)
    today = at.astimezone(there).date()
    begins = [dt.datetime.combine(day, dt.time(0), there) for day in (today, today + dt.timedelta(days=1))]
    return begins[0].astimezone(UTC), begins[1].astimezone(UTC)


def business_date(at: dt.datetime) -> dt.date:
    """The business's day on which an instant falls."""
    return at.astimezone(ZoneInfo(settings.BUSINESS_ZONE)).date()


def campaign_anchor(version: PlanVersion, zone: str, at: dt.datetime) -> dt.datetime:
    """The date of a campaign in a zone; for who was found later within its window, the day on which that was."""
    assert version.starts_on is not None
    day = version.starts_on
    if version.ends_on is not None:
        day = min(max(day, business_date(at)), version.ends_on)
    return date_in(zone, day, version.at_time)

"""A calendar as an iCalendar feed (RFC 5545), for the calendars that people keep elsewhere.

Its address is signed and carries the calendar's feed number: who knows the address may read it, and a new number
makes the old address worthless.
"""

import datetime as dt
from zoneinfo import ZoneInfo

import icalendar
from django.core import signing
from django.utils.translation import gettext as _

from calendars import queries
from calendars.dates import DAY, ONE_DAY
from calendars.models import Calendar, Version
from calendars.plans import Exceptional, Shift

signer = signing.Signer(salt="calendars.feed")
RENEWED_EVERY = dt.timedelta(hours=12)


def address_of(calendar: Calendar) -> str:
    """The last part of the feed's address."""
    return signer.sign(f"{calendar.pk}-{calendar.feed}")


def calendar_at(address: str) -> Calendar | None:
    """The calendar whose feed has this address; None for one that was never given out or is worth nothing now."""
    try:
        pk, _dash, feed = signer.unsign(address).partition("-")
    except signing.BadSignature:
        return None
    return Calendar.objects.filter(pk=int(pk), feed=int(feed), retired_at=None).first()


def document(calendar: Calendar, version: Version, *, weekly: bool) -> bytes:
    """Days that are closed or have hours of their own; with ``weekly`` the usual hours of the week as well."""
    feed = icalendar.Calendar()
    feed.add("prodid", "-//Mainstay//Calendars//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("name", calendar.name)
    feed.add("x-wr-calname", calendar.name)
    feed.add("refresh-interval", RENEWED_EVERY, parameters={"VALUE": "DURATION"})
    days = queries.exceptional(version)
    for date, day in days.items():
        feed.add_component(_day(calendar, version, date, day))
    if weekly:
        for weekday, shifts in enumerate(queries.plan(version).week):
            for shift in shifts:
                feed.add_component(_hours(calendar, version, weekday, shift, list(days)))
        feed.add_missing_timezones()
    return feed.to_ical()


def _day(calendar: Calendar, version: Version, date: dt.date, day: Exceptional) -> icalendar.Event:
    hours = ", ".join(map(str, day.shifts))
    summary = _("Open %(hours)s") % {"hours": hours} if hours else _("Closed")
    event = _event(version, f"day-{date:%Y%m%d}-{calendar.pk}", f"{summary}: {day.name}" if day.name else summary)
    event.add("dtstart", date)
    event.add("dtend", date + ONE_DAY)
    return event


def _hours(
    calendar: Calendar, version: Version, weekday: int, shift: Shift, exceptions: list[dt.date]
) -> icalendar.Event:
    zone = ZoneInfo(version.zone)
    first = dt.date(version.first_year, 1, 1)
    first += ONE_DAY * ((weekday - first.weekday()) % 7)
    event = _event(version, f"hours-{weekday}-{shift.opens}-{calendar.pk}", _("Open"))
    event.add("dtstart", _at(first, shift.opens, zone))
    event.add("dtend", _at(first, shift.closes, zone))
    event.add("rrule", {"freq": "weekly"})
    for date in exceptions:
        if date.weekday() == weekday and date >= first:
            event.add("exdate", _at(date, shift.opens, zone))
    return event


def _event(version: Version, name: str, summary: str) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{name}@mainstay")
    event.add("dtstamp", version.made_at)
    event.add("last-modified", version.made_at)
    event.add("sequence", version.number)
    event.add("summary", summary)
    event.add("transp", "TRANSPARENT")
    return event


def _at(date: dt.date, minutes: int, zone: ZoneInfo) -> dt.datetime:
    days, minutes = divmod(minutes, DAY)
    return dt.datetime.combine(date + ONE_DAY * days, dt.time(*divmod(minutes, 60)), zone)

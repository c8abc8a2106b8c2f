"""Meetings as iCalendar files (RFC 5545) that invite, move, cancel and take replies (RFC 5546). Pure; no database.

One file is for one recipient and names nobody else. A meeting keeps its UID for ever; the SEQUENCE grows with each
change of time or place, and calendars then ask their owners anew. What is only worded better keeps the number, so
that answers stay. Times stand in the zone of the meeting, with its rules beside them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import icalendar

PRODUCT = "-//Mainstay//Meetings//EN"
REQUEST, CANCEL, PUBLISH, REPLY = "REQUEST", "CANCEL", "PUBLISH", "REPLY"
LARGEST = 256 * 1024  # bytes of a reply; real ones have one or two thousand
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative", "NEEDS-ACTION": "needs_action"}


class Unreadable(ValueError):
    """This is no reply to an invitation. ``why`` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Person:
    name: str
    address: str


@dataclass(frozen=True)
class Event:
    """What a calendar shows. ``zone`` is an IANA name: the wall clock that the meeting keeps."""

    uid: str
    sequence: int
    summary: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    zone: str
    stamped_at: dt.datetime
    location: str = ""
    description: str = ""
    url: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What somebody's calendar replied. ``answer`` is accepted, declined, tentative or needs_action."""

    uid: str
    sequence: int
    address: str
    answer: str
    stamped_at: dt.datetime | None
    comment: str = ""


def invitation(event: Event, *, organizer: Person, attendee: Person, answer: str = "needs_action") -> bytes:
    """The file that puts a meeting into one person's calendar, or brings it up to date there.

    With ``answer`` somebody who had accepted need not do it again when only words have changed.
    """
    return _document(REQUEST, event, organizer, attendee, status="CONFIRMED", answer=answer)


def cancellation(event: Event, *, organizer: Person, attendee: Person) -> bytes:
    """The file that takes a meeting out of one person's calendar. Its number is higher than any before."""
    return _document(CANCEL, event, organizer, attendee, status="CANCELLED", answer="needs_action")


def feed(name: str, events: Iterable[Event], *, renewed_every: dt.timedelta = dt.timedelta(hours=1)) -> bytes:
    """Many events to subscribe to; nobody is named in them."""
    calendar = _calendar(PUBLISH)
    calendar.add("x-wr-calname", _clean(name))
    calendar.add("refresh-interval", renewed_every, parameters={"VALUE": "DURATION"})
    shown = list(events)
    _add_zones(calendar, shown)
    for event in shown:
        calendar.add_component(_event(event, "CONFIRMED"))
    return calendar.to_ical()


def moved(before: Event, after: Event) -> bool:
    """Whether a change is one of time or place, which everybody has to be asked about again."""
    return (before.starts_at, before.ends_at, before.location) != (after.starts_at, after.ends_at, after.location)


def following(before: Event, after: Event) -> Event:
    """``after`` with the number that it has to carry when ``before`` is what calendars hold."""
    return replace(after, uid=before.uid, sequence=before.sequence + moved(before, after))


def answered(document: bytes | str) -> list[Answer]:
    """What a reply says, an answer for each meeting in it. Raises Unreadable."""
    if len(document) > LARGEST:
        raise Unreadable("too_large")
    try:
        calendar = icalendar.Calendar.from_ical(document)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise Unreadable("no_calendar") from None
    if not isinstance(calendar, icalendar.Calendar) or str(calendar.get("METHOD", "")).upper() != REPLY:
        raise Unreadable("no_reply")
    answers = [_answer(event) for event in calendar.walk("VEVENT")]
    if not answers:
        raise Unreadable("no_event")
    return answers


def _answer(event: icalendar.Component) -> Answer:
    attendees = event.get("ATTENDEE")
    if isinstance(attendees, list):  # a reply is of one person (RFC 5546, 3.2.3)
        attendees = attendees[0] if len(attendees) == 1 else None
    uid = str(event.get("UID", "")).strip()
    if not uid or attendees is None:
        raise Unreadable("nobody")
    said = ANSWERS.get(str(attendees.params.get("PARTSTAT", "")).upper())
    if said is None:
        raise Unreadable("no_answer")
    try:
        sequence = int(event.get("SEQUENCE", 0))
    except (TypeError, ValueError):
        raise Unreadable("no_sequence") from None
    return Answer(uid[:255], sequence, _address(str(attendees)), said, _stamp(event), _comment(event))


def _address(value: str) -> str:
    return re.sub(r"^mailto:", "", value.strip(), flags=re.IGNORECASE).strip().lower()[:254]


def _stamp(event: icalendar.Component) -> dt.datetime | None:
    try:
        stamp = getattr(event.get("DTSTAMP"), "dt", None)
    except ValueError:  # it says something that is no date
        return None
    return stamp.astimezone(dt.UTC) if isinstance(stamp, dt.datetime) and stamp.tzinfo else None


def _comment(event: icalendar.Component) -> str:
    found = event.get("COMMENT", "")
    texts = found if isinstance(found, list) else [found]
    return _clean("\n".join(map(str, texts)))[:1000]


def _document(method: str, event: Event, organizer: Person, attendee: Person, *, status: str, answer: str) -> bytes:
    calendar = _calendar(method)
    component = _event(event, status)
    component.add("organizer", _person(organizer, {}))
    wanted = {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "RSVP": "TRUE" if method == REQUEST else "FALSE"}
    partstat = next(code for code, ours in ANSWERS.items() if ours == answer)
    component.add("attendee", _person(attendee, {**wanted, "PARTSTAT": partstat}))
    _add_zones(calendar, [event])
    calendar.add_component(component)
    return calendar.to_ical()


def _calendar(method: str) -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _event(event: Event, status: str) -> icalendar.Event:
    made, zone = icalendar.Event(), ZoneInfo(event.zone)
    made.add("uid", event.uid)
    made.add("sequence", event.sequence)
    made.add("dtstamp", event.stamped_at.astimezone(dt.UTC))
    made.add("dtstart", event.starts_at.astimezone(zone))
    made.add("dtend", event.ends_at.astimezone(zone))
    made.add("summary", _clean(event.summary))
    made.add("status", status)
    for name, text in (("location", event.location), ("description", event.description), ("url", event.url)):
        if text:
            made.add(name, _clean(text))
    if event.categories:
        made.add("categories", [_clean(one) for one in event.categories])
    return made


def _person(person: Person, parameters: dict[str, str]) -> icalendar.vCalAddress:
    address = icalendar.vCalAddress(f"mailto:{person.address}")
    if person.name:
        # A quotation mark would end the parameter, and RFC 6868 is known to few calendars.
        address.params["CN"] = _clean(person.name).replace('"', "'").replace("\n", " ")
    address.params.update(parameters)
    return address


def _clean(text: str) -> str:
    return CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def _add_zones(calendar: icalendar.Calendar, events: Sequence[Event]) -> None:
    """The rules of the zones for the years of the events, without which 15:00 in London means nothing."""
    years: dict[str, set[int]] = {}
    for event in events:
        years.setdefault(event.zone, set()).add(event.starts_at.astimezone(ZoneInfo(event.zone)).year)
    for name, found in sorted(years.items()):
        calendar.add_component(_zone(ZoneInfo(name), name, min(found), max(found)))


def _zone(zone: ZoneInfo, name: str, first: int, last: int) -> icalendar.Timezone:
    """A zone from the beginning of a year to the end of another, each change of its clocks as it is."""
    made = icalendar.Timezone()
    made.add("tzid", name)
    at, end = dt.datetime(first, 1, 1, tzinfo=dt.UTC), dt.datetime(last + 1, 1, 2, tzinfo=dt.UTC)
    made.add_component(_observance(zone, at, at))
    while at < end:
        following = at + dt.timedelta(days=1)
        if _offset(zone, following) != _offset(zone, at):
            made.add_component(_observance(zone, *_change(zone, at, following)))
        at = following
    return made


def _change(zone: ZoneInfo, before: dt.datetime, after: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The last minute of the old time of a clock that changes between the two, and the first of the new one."""
    while after - before > dt.timedelta(minutes=1):
        middle = before + (after - before) // dt.timedelta(minutes=2) * dt.timedelta(minutes=1)
        if _offset(zone, middle) == _offset(zone, before):
            before = middle
        else:
            after = middle
    return before, after


def _observance(zone: ZoneInfo, before: dt.datetime, at: dt.datetime) -> icalendar.Component:
    """From ``at`` on. It begins by the clock as it was until then, says RFC 5545 (3.6.5)."""
    local = at.astimezone(zone)
    made = icalendar.TimezoneDaylight() if local.dst() else icalendar.TimezoneStandard()
    made.add("dtstart", (at + _offset(zone, before)).replace(tzinfo=None))
    made.add("tzoffsetfrom", _offset(zone, before))
    made.add("tzoffsetto", _offset(zone, at))
    made.add("tzname", local.tzname() or "")
    return made


def _offset(zone: ZoneInfo, at: dt.datetime) -> dt.timedelta:
    return at.astimezone(zone).utcoffset() or dt.timedelta()

"""Which hours each local date has, as instants. Pure: no Django, no database.

Hours that overlap or touch are one before they become instants, however they were cut into shifts.
Wall times become instants with PEP 495 fold=0: one inside a gap moves forward by the gap, an ambiguous one is its
first occurrence. What lies between two endpoints is real time, so a shift of the night on which clocks change lasts an
hour more or less. Instants are whole seconds since 1970 in UTC, as ints: they compare and add faster than datetimes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
DAY = 24 * 60  # minutes
ONE_DAY = dt.timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# One calendar day beyond these may not be representable in another zone.
FIRST_DATE = dt.date(1, 1, 3)
LAST_DATE = dt.date(9999, 12, 28)

Minutes = tuple[int, int]  # opens and closes, minutes since local midnight
Span = tuple[int, int]  # opens and closes, seconds since 1970


class NeverOpens(ValueError):
    """There is no open time where some is asked for: the calendar has none, or none any more."""


class Timetable:
    """The rules of a calendar: a zone, hours for each weekday, closed dates, and dates with hours of their own."""

    def __init__(
        self,
        zone: ZoneInfo,
        weekly: Mapping[str, Iterable[Sequence[str]]],
        closed: Iterable[dt.date],
        special: Mapping[dt.date, Iterable[Sequence[str]]],
    ) -> None:
        self.zone = zone
        self.week: list[list[Minutes]] = _week(weekly)
        own, tails = _own_days(special)
        self.special: dict[dt.date, list[Minutes]] = own
        # After-midnight ends of special shifts, where the next date does not have hours of its own.
        self.tails: dict[dt.date, list[Minutes]] = tails
        self.closed = frozenset(closed) - own.keys()
        opening = [FIRST_DATE, LAST_DATE] if any(self.week) else [*_opening(own), *_opening(tails)]
        if not opening:
            raise NeverOpens("This calendar never opens.")
        self.first_opening, self.last_opening = min(opening), max(opening)  # nothing opens outside of these

    def minutes(self, day: dt.date) -> list[Minutes]:
        """The wall hours of a local date, in order and without overlaps."""
        if day in self.special:
            return self.special[day]
        if day in self.closed:
            return []
        usual = self.week[day.weekday()]
        return _merged(usual + self.tails[day]) if day in self.tails else usual

    def spans(self, day: dt.date) -> list[Span]:
        """The open instants of a local date, in order; none where the zone skipped the date."""
        minutes = self.minutes(day)
        if not minutes or not self._exists(day):
            return []
        spans = []
        for opens, closes in minutes:
            span = self.instant(day, opens), self.instant(day, closes)
            if span[0] < span[1]:
                spans.append(span)
        return _merged(spans)  # what lay in a gap has moved onto or behind what comes after it

    def instant(self, day: dt.date, minutes: int) -> int:
        """When the clocks of this zone show so many minutes past the midnight that begins this date."""
        if minutes == DAY:
            day, minutes = day + ONE_DAY, 0
        hour, minute = divmod(minutes, 60)
        wall = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone)
        since = wall - EPOCH
        return since.days * 86400 + since.seconds

    def date_of(self, at: dt.datetime) -> dt.date:
        return at.astimezone(self.zone).date()

    def _exists(self, day: dt.date) -> bool:
        noon = dt.datetime(day.year, day.month, day.day, 12, tzinfo=self.zone)
        return noon.astimezone(dt.UTC).astimezone(self.zone).date() == day


def from_dict(rules: Mapping[str, Any]) -> Timetable:
    """Read the plain form: ``tz``, ``weekly`` {"mon": [["09:00", "17:00"]]}, ``holidays`` and ``special`` by ISO date.

    Raises ValueError where something in it cannot be read, ``NeverOpens`` where nothing in it ever opens.
    """
    try:
        zone = ZoneInfo(rules["tz"])
    except (KeyError, OSError, TypeError, ValueError) as error:
        raise ValueError(f"There is no such time zone: {rules.get('tz')!r}.") from error
    return Timetable(
        zone,
        rules.get("weekly") or {},
        [_date(day) for day in rules.get("holidays") or ()],
        {_date(day): hours for day, hours in (rules.get("special") or {}).items()},
    )


def clock(text: str) -> int:
    """Minutes since midnight of "09:30"; "24:00" is the end of the day."""
    hours, colon, minutes = text.partition(":")
    if colon and len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdigit():
        total = int(hours) * 60 + int(minutes)
        if int(minutes) < 60 and total <= DAY:
            return total
    raise ValueError(f"A time of day is written 09:30, not {text!r}.")


def _date(day: dt.date | str) -> dt.date:
    return day if isinstance(day, dt.date) else dt.date.fromisoformat(day)


def _week(weekly: Mapping[str, Iterable[Sequence[str]]]) -> list[list[Minutes]]:
    if unknown := set(weekly) - set(WEEKDAYS):
        raise ValueError(f"Weekdays are written {', '.join(WEEKDAYS)}, not {', '.join(sorted(unknown))}.")
    week: list[list[Minutes]] = [[] for _ in WEEKDAYS]
    for number, name in enumerate(WEEKDAYS):
        for shift in weekly.get(name, ()):
            today, tomorrow = _halves(shift)
            week[number] += today
            week[(number + 1) % 7] += tomorrow
    return [_merged(hours) for hours in week]


def _own_days(
    special: Mapping[dt.date, Iterable[Sequence[str]]],
) -> tuple[dict[dt.date, list[Minutes]], dict[dt.date, list[Minutes]]]:
    own: dict[dt.date, list[Minutes]] = {}
    tails: dict[dt.date, list[Minutes]] = {}
    for day, shifts in special.items():
        halves = [_halves(shift) for shift in shifts]
        own[day] = _merged([half for today, _ in halves for half in today])
        if tail := _merged([half for _, tomorrow in halves for half in tomorrow]):
            tails[day + ONE_DAY] = tail
    return own, tails


def _halves(shift: Sequence[str]) -> tuple[list[Minutes], list[Minutes]]:
    """A shift's part of its own day and, where it runs over midnight, its part of the next."""
    opens, closes = clock(shift[0]), clock(shift[1])
    if opens == DAY:
        raise ValueError("A day cannot open at 24:00; that is 00:00 of the next.")
    if closes > opens:
        return [(opens, closes)], []
    return [(opens, DAY)], [(0, closes)] if closes else []


def _merged(hours: list[Minutes]) -> list[Minutes]:
    merged: list[Minutes] = []
    for opens, closes in sorted(hours):
        if merged and opens <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], closes)
        else:
            merged.append((opens, closes))
    return merged


def _opening(days: Mapping[dt.date, list[Minutes]]) -> list[dt.date]:
    return [day for day, hours in days.items() if hours]

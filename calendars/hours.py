"""Business time: when something is due that may take so many open hours, and how many have passed.

Pure: no Django, no database. A calendar's open time is kept as spans with running sums of their lengths, so that a due
date is two binary searches, however long the target. The table grows by itself to the dates that are asked for, in
either direction; it is replaced as a whole, so one calendar may serve many threads.

Aware datetimes go in, UTC comes out. Targets are whole seconds, instants are exact to the microsecond. Spans are
half-open: at closing time it is closed, but a target that fills the day exactly is due *at* closing time.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from calendars import dates
from calendars.dates import EPOCH, ONE_DAY, NeverOpens, Timetable
from calendars.spans import NOTHING, SECOND, Table, build, due_in, instant_of, open_time

__all__ = ["Calendar", "NeverOpens", "Pause"]

UTC = dt.UTC
Pause = tuple[dt.datetime, dt.datetime | None]  # from, to; None: not over yet

BEHIND, AHEAD = 400, 800  # days around the first date that is asked for
FAR = 100 * 366  # days; farther away than this, another table is made instead of a longer one
FIRST, LAST = dates.FIRST_DATE.toordinal(), dates.LAST_DATE.toordinal()


class Calendar:
    """Opening hours of one place, in its zone, for any year."""

    def __init__(self, timetable: Timetable) -> None:
        self.timetable = timetable
        self._table: Table = NOTHING

    @classmethod
    def from_dict(cls, rules: Mapping[str, Any]) -> Calendar:
        """A calendar from ``{"tz": …, "weekly": …, "holidays": …, "special": …}``; see ``dates.from_dict``.

        Raises ``NeverOpens`` for one without any opening hours, ValueError for one that cannot be read.
        """
        return cls(dates.from_dict(rules))

    # Clocks

    def is_open(self, at: dt.datetime) -> bool:
        table, instant = self._around(at), instant_of(at)
        i = bisect_right(table.ends, instant)
        return i < len(table.ends) and table.opens[i] <= instant

    def next_open(self, at: dt.datetime) -> dt.datetime:
        """``at`` itself where it is open then, else the next opening. Raises ``NeverOpens``."""
        return self._due(at, 0)

    def due(self, start: dt.datetime, seconds: int) -> dt.datetime:
        """The earliest instant at which ``seconds`` of open time have passed since; with 0 the next open instant.

        Raises ``NeverOpens`` where the calendar has not so much time left.
        """
        table = self._table
        since = start - EPOCH
        instant = since.days * 86400 + since.seconds
        if instant < table.begins or seconds <= 0:
            return self._due(start, seconds * SECOND)
        try:
            i = bisect_right(table.ends, instant)
            if instant < table.opens[i]:
                total, micros = table.opens[i] - table.shifts[i] + seconds, 0
            else:
                total, micros = instant - table.shifts[i] + seconds, since.microseconds
            if micros:  # a part of a second more than ``total``
                at = dt.datetime.fromtimestamp(total + table.shifts[bisect_right(table.sums, total)], UTC)
                return at.replace(microsecond=micros)
            return dt.datetime.fromtimestamp(total + table.shifts[bisect_left(table.sums, total)], UTC)
        except IndexError:  # beyond the table
            return self._due(start, seconds * SECOND)

    def due_many(self, starts: Iterable[dt.datetime], seconds: int | Sequence[int]) -> list[dt.datetime]:
        """The due instants of many starts, with one target for all or one for each. Raises as ``due`` does."""
        starts = list(starts)
        if not starts:
            return []
        targets = [seconds] * len(starts) if isinstance(seconds, int) else seconds
        if len(targets) != len(starts):
            raise ValueError("There are not as many targets as starts.")
        sample = starts[
            :: 1 + len(starts) // 16
        ]  # what lies outside of the table that serves these is found one by one
        return due_in(self._around(*sample), starts, targets, otherwise=self.due)

    def elapsed(self, a: dt.datetime, b: dt.datetime) -> int:
        """Whole seconds of open time from ``a`` up to ``b``; 0 where ``b`` is not later."""
        return self._elapsed(a, b) // SECOND

    def due_with_pauses(
        self, start: dt.datetime, seconds: int, pauses: Iterable[Pause]
    ) -> tuple[dt.datetime | None, int | None]:
        """As ``due``, but time inside a pause does not count, however the pauses overlap.

        The answer is (due, None), or (None, seconds still to go) where a pause that is not over comes first.
        """
        if seconds == 0:
            return self._first_open(start, pauses)
        target = seconds * SECOND  # open microseconds since the start, paused ones included
        for begins, ends in _merged(pauses):
            if ends is not None and ends <= start:
                continue
            done = self._elapsed(start, begins)
            if begins > start and target <= done:
                break
            if ends is None:
                return None, -((done - target) // SECOND)
            target += self._elapsed(max(begins, start), ends)
        return self._due(start, target), None

    def before(self, at: dt.datetime, seconds: int) -> dt.datetime:
        """The latest instant with ``seconds`` of open time between it and ``at``: when to warn of something due.

        Raises ``NeverOpens`` where the calendar had not so much time before.
        """
        _not_negative(seconds)
        if seconds == 0:
            return at.astimezone(UTC)
        while True:
            table = self._around(at)
            total = open_time(table, at) - seconds * SECOND
            if total >= 0:
                i = bisect_right(table.sums, total // SECOND)
                return _datetime(total + table.shifts[i] * SECOND)
            if table.first <= self.timetable.first_opening.toordinal():
                raise NeverOpens("This calendar had not so much open time before.")
            self._make(table.first - (table.last - table.first), table.last)

    # Days

    def is_business_day(self, day: dt.date) -> bool:
        """Whether a local date has any opening hours."""
        return bool(self.timetable.spans(day))

    def business_day(self, day: dt.date, n: int) -> dt.date:
        """The n-th business day after a local date, before it where n is negative; with 0 itself, or else the next.

        Raises ``NeverOpens``.
        """
        step, left = (-ONE_DAY, -n) if n < 0 else (ONE_DAY, n)
        if n == 0 and self.is_business_day(day):
            return day
        left = left or 1
        edge = self.timetable.first_opening if n < 0 else self.timetable.last_opening
        while left:
            if day == edge or (day > edge) == (n >= 0):
                raise NeverOpens("This calendar has not so many business days.")
            day += step
            left -= self.is_business_day(day)
        return day

    def close_of_business_day(self, received: dt.datetime, n: int) -> dt.datetime:
        """Closing time of the n-th local date with opening hours after the local date of receipt (n from 1).

        Raises ``NeverOpens``, and ValueError for an n below 1.
        """
        if n < 1:
            raise ValueError("Business days after receipt are counted from 1.")
        day = self.business_day(self.timetable.date_of(received), n)
        return _datetime(self.timetable.spans(day)[-1][1] * SECOND)

    def end_of_calendar_day(self, received: dt.datetime, n: int) -> dt.datetime:
        """24:00 local of the n-th calendar day after the local date of receipt (n from 0), open or not."""
        _not_negative(n)
        day = self.timetable.date_of(received) + n * ONE_DAY
        return _datetime(self.timetable.instant(day, dates.DAY) * SECOND)

    def opening_times(self, day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
        """From when to when it is open on a local date, in UTC."""
        spans = self.timetable.spans(day)
        return [(_datetime(opens * SECOND), _datetime(closes * SECOND)) for opens, closes in spans]

    # The exact way, in microseconds

    def _due(self, start: dt.datetime, target: int) -> dt.datetime:
        _not_negative(target)
        table = self._around(start)
        if target > (LAST - table.first) * 86400 * SECOND:
            raise NeverOpens("That is beyond the last year that a date can have.")
        while True:
            total = open_time(table, start) + target
            whole = -(-total // SECOND)
            i = bisect_left(table.sums, whole) if target else bisect_right(table.ends, instant_of(start))
            if i < len(table.sums):
                if target == 0:
                    return max(start.astimezone(UTC), _datetime(table.opens[i] * SECOND))
                return _datetime(total + table.shifts[i] * SECOND)
            if table.last >= self.timetable.last_opening.toordinal():
                raise NeverOpens("This calendar does not open so much any more.")
            table = self._make(table.first, table.last + (table.last - table.first))

    def _elapsed(self, a: dt.datetime, b: dt.datetime) -> int:
        if b <= a:
            return 0
        table = self._around(a, b)
        return open_time(table, b) - open_time(table, a)

    def _first_open(self, start: dt.datetime, pauses: Iterable[Pause]) -> tuple[dt.datetime | None, int | None]:
        at = start
        for begins, ends in _merged(pauses):
            if begins > at and begins > self._opens(at):
                break
            if ends is None:  # it stops the clock even where the calendar would never open again
                return None, 0
            at = max(at, ends)
        return self.next_open(at), None

    def _opens(self, at: dt.datetime) -> dt.datetime:
        try:
            return self.next_open(at)
        except NeverOpens:
            return dt.datetime.max.replace(tzinfo=UTC)

    # The table

    def _around(self, *instants: dt.datetime) -> Table:
        """A table in which these instants lie, with the dates beside them."""
        days = [_day(at) for at in instants]
        low, high = max(min(days) - 2, FIRST), min(max(days) + 2, LAST)
        table = self._table
        if table.first <= low and high <= table.last:
            return table
        length = table.last - table.first
        if length < 0 or low > table.last + FAR or high < table.first - FAR:
            return self._make(low - BEHIND, high + AHEAD)
        first = table.first if table.first <= low else min(low, table.first - length)
        last = table.last if high <= table.last else max(high, table.last + length)
        return self._make(first, last)

    def _make(self, first: int, last: int) -> Table:
        self._table = build(self.timetable, max(first, FIRST), min(last, LAST))
        return self._table


def _day(at: dt.datetime) -> int:
    return (at - EPOCH).days + EPOCH.toordinal()


def _datetime(micros: int) -> dt.datetime:
    seconds, rest = divmod(micros, SECOND)
    at = dt.datetime.fromtimestamp(seconds, UTC)
    return at.replace(microsecond=rest) if rest else at


def _not_negative(n: int) -> None:
    if n < 0:
        raise ValueError("It cannot be negative.")


def _merged(pauses: Iterable[Pause]) -> list[Pause]:
    """The pauses in order, without overlaps and without those of no length."""
    merged: list[Pause] = []
    for begins, ends in sorted((pause for pause in pauses if pause[1] is None or pause[1] > pause[0]), key=_begin):
        last_end = merged[-1][1] if merged else begins - ONE_DAY
        if last_end is None:
            break
        if begins <= last_end:
            merged[-1] = merged[-1][0], ends if ends is None else max(ends, last_end)
        else:
            merged.append((begins, ends))
    return merged


def _begin(pause: Pause) -> dt.datetime:
    return pause[0]

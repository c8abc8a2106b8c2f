"""Open time as a table: spans in order with running sums, so that instants become open time and back by searching."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from calendars.dates import EPOCH, Timetable

SECOND = 1_000_000  # microseconds


class Table(NamedTuple):
    """The open spans of the dates ``first`` to ``last`` (ordinals), which begin at the instant ``begins``.

    ``sums[i]`` is the open time up to the end of span i. ``shifts[i]`` is ``ends[i] - sums[i]``: what turns open time
    within span i into an instant, and back. All in whole seconds.
    """

    first: int
    last: int
    begins: int
    opens: list[int]
    ends: list[int]
    sums: list[int]
    shifts: list[int]


NOTHING = Table(0, -1, 1 << 62, [], [], [], [])


def build(timetable: Timetable, first: int, last: int) -> Table:
    table = Table(first, last, timetable.instant(dt.date.fromordinal(first), 0), [], [], [], [])
    days = (timetable.spans(dt.date.fromordinal(ordinal)) for ordinal in range(first, last + 1))
    total, end = 0, table.begins
    # Sorted, for where a gap over midnight moves the end of one date behind the beginning of the next.
    for opens, closes in sorted(span for spans in days for span in spans):
        begins = max(opens, end)
        if begins < closes:
            total, end = total + closes - begins, closes
            table.opens.append(begins)
            table.ends.append(closes)
            table.sums.append(total)
            table.shifts.append(closes - total)
    return table


def instant_of(at: dt.datetime) -> int:
    since = at - EPOCH
    return since.days * 86400 + since.seconds


def open_time(table: Table, at: dt.datetime) -> int:
    """Open microseconds from the beginning of the table up to an instant within it."""
    since = at - EPOCH
    instant = since.days * 86400 + since.seconds
    i = bisect_right(table.ends, instant)
    if i == len(table.ends):
        return table.sums[-1] * SECOND if table.sums else 0
    if instant < table.opens[i]:
        return (table.opens[i] - table.shifts[i]) * SECOND
    return (instant - table.shifts[i]) * SECOND + since.microseconds


def due_in(
    table: Table,
    starts: Sequence[dt.datetime],
    targets: Sequence[int],
    *,
    otherwise: Callable[[dt.datetime, int], dt.datetime],
) -> list[dt.datetime]:
    """When so many open seconds have passed since each start; ``otherwise`` answers what the table cannot.

    Faster than one by one because little is made anew: from within a span to the due instant it is one of few
    distances (the target and the nights and weekends between), and all starts before one opening are due together.
    """
    _, _, begins, opens, ends, sums, shifts = table
    spans = len(ends)
    left, right, utc = bisect_left, bisect_right, dt.UTC  # local names: this loop is what the speed is about
    distances: dict[int, dt.timedelta] = {}
    together: dict[int, dt.datetime] = {}
    due = []
    for start, seconds in zip(starts, targets, strict=True):
        since = start - EPOCH
        instant = since.days * 86400 + since.seconds
        try:
            if instant < begins or seconds <= 0 or start.tzinfo is not utc:
                due.append(otherwise(start, seconds))
                continue
            i = right(ends, instant)
            if instant < opens[i]:
                waiting = seconds * spans + i
                at = together.get(waiting)
                if at is None:
                    total = opens[i] - shifts[i] + seconds
                    at = dt.datetime.fromtimestamp(total + shifts[left(sums, total)], utc)
                    together[waiting] = at
                due.append(at)
                continue
            shift = shifts[i]
            total = instant - shift + seconds
            away = seconds - shift + shifts[right(sums, total) if since.microseconds else left(sums, total)]
            distance = distances.get(away)
            if distance is None:
                distance = distances[away] = dt.timedelta(0, away)
            due.append(start + distance)
        except IndexError:  # beyond the table
            due.append(otherwise(start, seconds))
    return due

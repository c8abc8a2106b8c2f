"""What the caps of a rule still leave to a member at one moment. Pure: days, weeks and months of the programme's zone.

Whatever arrives late counts where it happened: a cap holds for every span, in whatever order its events came.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from loyalty import arithmetic
from loyalty.rules.spec import Cap, Per, Spec


class Given(NamedTuple):
    """What a rule gave to a member at one time, net of what was taken back since (``times`` 0: nothing is left)."""

    at: datetime
    points: int
    times: int = 1


def room(spec: Spec, given: Sequence[Given], at: datetime, zone: str, *, left: int | None = None) -> int | None:
    """Points that the rule may give now: None without a limit, 0 where it may not give at all.

    ``left`` is what its budget has left.
    """
    rooms = [left] if left is not None else []
    if spec.cooldown_hours and _cooling(spec.cooldown_hours, given, at):
        return 0
    for cap in spec.limits:
        found = _room(cap, given, at, zone)
        if found is not None:
            rooms.append(found)
    return max(0, min(rooms)) if rooms else None


def _cooling(hours: int, given: Iterable[Given], at: datetime) -> bool:
    pause = timedelta(hours=hours)
    return any(each.times and abs(each.at - at) < pause for each in given)


def _room(cap: Cap, given: Sequence[Given], at: datetime, zone: str) -> int | None:
    if cap.per == Per.ORDER:
        return cap.points
    spans = _rolling(cap.days, given, at) if cap.per == Per.ROLLING else [_within(cap.per, given, at, zone)]
    rooms: list[int] = []
    if cap.points is not None:
        rooms.append(cap.points - max(sum(each.points for each in span) for span in spans))
    if cap.times is not None and max(sum(each.times for each in span) for span in spans) >= cap.times:
        rooms.append(0)
    return min(rooms) if rooms else None


def _within(per: Per, given: Iterable[Given], at: datetime, zone: str) -> list[Given]:
    if per == Per.EVER:
        return list(given)
    begins, ends = span(per, at, zone)
    return [each for each in given if begins <= each.at < ends]


def _rolling(days: int, given: Sequence[Given], at: datetime) -> list[list[Given]]:
    """What lies in each span of so many days that has this moment in it: spans (end - days, end]."""
    length = timedelta(days=days)
    near = [each for each in given if at - length < each.at < at + length]
    ends = [at, *(each.at for each in near if each.at > at)]
    return [[each for each in near if end - length < each.at <= end] for end in ends]


def span(per: Per, at: datetime, zone: str) -> tuple[datetime, datetime]:
    """The calendar day, ISO week, month or year that a moment lies in, half-open."""
    day = arithmetic.local_day(at, zone)
    first, after = _days(per, day)
    return arithmetic.start_of(first, zone), arithmetic.start_of(after, zone)


def _days(per: Per, day: date) -> tuple[date, date]:
    if per == Per.DAY:
        return day, day + timedelta(days=1)
    if per == Per.WEEK:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    first = day.replace(day=1) if per == Per.MONTH else day.replace(month=1, day=1)
    return first, arithmetic.add_months(first, 1 if per == Per.MONTH else 12)


def reach(specs: Iterable[Spec], at: datetime, zone: str) -> tuple[datetime | None, datetime | None]:
    """From when to when earlier and later awards matter for these rules; None: from the first, or to the last."""
    begins, ends = at, at
    for spec in specs:
        pause = timedelta(hours=spec.cooldown_hours)
        begins, ends = min(begins, at - pause), max(ends, at + pause)
        for cap in spec.limits:
            if cap.per == Per.EVER:
                return None, None
            if cap.per == Per.ROLLING:
                begins, ends = min(begins, at - timedelta(days=cap.days)), max(ends, at + timedelta(days=cap.days))
            elif cap.per != Per.ORDER:
                first, after = span(cap.per, at, zone)
                begins, ends = min(begins, first), max(ends, after)
    return begins, ends

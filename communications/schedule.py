"""When a step of a plan reaches a customer: the instant, or the reason why it does not. Pure; no database.

Minutes and hours are elapsed time. Days, weeks, months and years are counted on the customer's own calendar, always
from the anchor and never from the step before; the end of a month is not overrun (31 January and one month is
28 February). Business days are counted on a calendar's opening days from the customer's local date. Wall times become
instants as PEP 495 has it with fold=0: one in the missing hour of spring by the offset before it, one that comes twice
the first time. Then quiet hours, days that are not allowed and the step's patience decide, until nothing moves it
any more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from zoneinfo import ZoneInfo

from calendars.hours import Calendar, NeverOpens

UTC = dt.UTC
ONE_DAY = dt.timedelta(days=1)
ALL_WEEK = frozenset(range(7))  # Monday is 0
UNITS = ("minutes", "hours", "days", "weeks", "months", "years", "business_days")
MOST = {"minutes": 10**7, "hours": 10**6, "days": 40_000, "weeks": 5_000, "months": 1_200, "years": 100}
MOST["business_days"] = 2_500
FARTHEST = 3_700  # days that a step is moved by at most, until a day is allowed
ROUNDS = 1_000  # quiet hours and days in turn; a step that still moves then is never allowed


@dataclass(frozen=True)
class Quiet:
    """From when to when nobody is disturbed, local time. The start is quiet, the end is not; it may cross midnight."""

    starts: dt.time
    ends: dt.time

    def __post_init__(self) -> None:
        if self.starts == self.ends:
            raise ValueError("Quiet hours begin and end at different times.")

    def holds(self, wall: dt.time) -> bool:
        if self.starts < self.ends:
            return self.starts <= wall < self.ends
        return wall >= self.starts or wall < self.ends


@dataclass(frozen=True)
class Step:
    """How far from the anchor, before it where ``amount`` is negative, and when it may reach people.

    ``time`` is a local time of day for units from days on; without it the anchor's own is kept. ``patience`` is how
    much later than wanted is still worth sending. ``calendar`` is needed to count business days.
    """

    amount: int = 0
    unit: str = "days"
    time: dt.time | None = None
    calendar: Calendar | None = None
    quiet: tuple[Quiet, ...] = ()
    weekdays: frozenset[int] = ALL_WEEK
    blackout: frozenset[dt.date] = frozenset()
    patience: dt.timedelta | None = None

    def __post_init__(self) -> None:
        if self.unit not in UNITS or abs(self.amount) > MOST[self.unit]:
            raise ValueError(f"A step is at most {MOST.get(self.unit, 0)} {self.unit} from its anchor.")
        if self.unit == "business_days" and self.calendar is None:
            raise ValueError("Business days are counted on a calendar.")
        if not self.weekdays or not self.weekdays <= ALL_WEEK:
            raise ValueError("At least one weekday must be allowed.")
        if _covers_the_day(self.quiet):
            raise ValueError("Some time of the day must not be quiet.")


@dataclass(frozen=True)
class Customer:
    """Where somebody lives, for clocks. ``fallback`` is the zone of the business."""

    zone: str
    fallback: str = "UTC"


@dataclass(frozen=True)
class Due:
    """``wanted`` is the instant before anything moved it; ``moved`` says by what: ``quiet_hours``, ``day``."""

    at: dt.datetime
    wanted: dt.datetime
    moved: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Skipped:
    """``expired`` (its patience ended first), ``no_day_allowed``, ``out_of_reach``, ``frequency_cap``."""

    reason: str
    wanted: dt.datetime | None = None
    warnings: tuple[str, ...] = field(default=())


def plan(anchor: dt.datetime | dt.date, step: Step, customer: Customer) -> Due | Skipped:
    """When the step is due for this customer, in UTC, or why it is not.

    The anchor is an instant (an order, a delivery) or a date (a birthday), which begins at local midnight. A step that
    is not before its anchor is never due before it: where its time of day has passed already, it is due at once.
    """
    zone, warnings = zone_of(customer)
    try:
        wanted = _wanted(anchor, step, zone)
        at, moved = _allowed(wanted, step, zone)
    except (OverflowError, NeverOpens):
        return Skipped("out_of_reach", warnings=warnings)
    if at is None:
        return Skipped("no_day_allowed", wanted, warnings)
    if step.patience is not None and at > wanted + step.patience:
        return Skipped("expired", wanted, warnings)
    return Due(at, wanted, moved, warnings)


def allowed(at: dt.datetime, step: Step, customer: Customer) -> tuple[dt.datetime | None, tuple[str, ...]]:
    """The first instant from ``at`` on that is neither quiet nor on a day that is not allowed, and what moved it."""
    return _allowed(at, step, zone_of(customer)[0])


def under_cap(
    due: Due, sent: Iterable[dt.datetime], step: Step, customer: Customer, *, cap: int, window: dt.timedelta
) -> Due | Skipped:
    """The first instant from ``due`` on at which fewer than ``cap`` messages lie in the ``window`` before it.

    ``sent`` are the messages that count: sent, being sent, or uncertain. One sent exactly ``window`` ago no longer
    counts. What is deferred keeps quiet hours and days as the step has them.
    """
    zone, _ = zone_of(customer)
    counted, at, moved = sorted(sent), due.at, due.moved
    for _ in range(ROUNDS):
        free = first_free(counted, at, cap=cap, window=window)
        if free == at:
            break
        moved = (*moved, "frequency_cap")
        allowed, by = _allowed(free, step, zone)
        if allowed is None:
            return Skipped("no_day_allowed", due.wanted, due.warnings)
        at, moved = allowed, moved + by
    if step.patience is not None and at > due.wanted + step.patience:
        return Skipped("frequency_cap", due.wanted, due.warnings)
    return Due(at, due.wanted, _once(moved), due.warnings)


def first_free(sent: Iterable[dt.datetime], at: dt.datetime, *, cap: int, window: dt.timedelta) -> dt.datetime:
    """The first instant from ``at`` on with fewer than ``cap`` of ``sent`` in the half-open ``window`` up to it."""
    if cap < 1:
        raise ValueError("A cap lets at least one message through.")
    counted = sorted(one for one in sent if one > at - window)
    # Those after ``at`` count too: they are on their way, and their turn came first.
    return at if len(counted) < cap else max(at, counted[-cap] + window)


def birthday_in(year: int, month: int, day: int, *, leap_day: str = "feb28") -> dt.date:
    """The day on which a birthday is kept in this year; 29 February on ``feb28`` or ``mar1`` where there is none."""
    try:
        return dt.date(year, month, day)
    except ValueError:
        if (month, day) != (2, 29):
            raise
        return dt.date(year, 3, 1) if leap_day == "mar1" else dt.date(year, 2, 28)


def zone_of(customer: Customer) -> tuple[ZoneInfo, tuple[str, ...]]:
    """The customer's zone; the business's with a warning where theirs is missing or unknown."""
    if (zone := _zone(customer.zone)) is not None:
        return zone, ()
    fallback = _zone(customer.fallback)
    if fallback is None:
        raise ValueError(f"There is no such time zone: {customer.fallback!r}.")
    return fallback, ("zone_missing" if not customer.zone else "zone_unknown",)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return None


def _wanted(anchor: dt.datetime | dt.date, step: Step, zone: ZoneInfo) -> dt.datetime:
    start = anchor.astimezone(UTC) if isinstance(anchor, dt.datetime) else _instant(anchor, dt.time(0), zone)
    if step.unit in ("minutes", "hours"):
        return start + dt.timedelta(**{step.unit: step.amount})
    local = anchor.astimezone(zone) if isinstance(anchor, dt.datetime) else dt.datetime.combine(anchor, dt.time(0))
    day = _day(local.date(), step)
    wanted = _instant(day, local.time() if step.time is None else step.time, zone)
    return max(wanted, start) if step.amount >= 0 else wanted


def _day(day: dt.date, step: Step) -> dt.date:
    if step.unit == "business_days":
        assert step.calendar is not None
        return step.calendar.business_day(day, step.amount)
    if step.unit in ("days", "weeks"):
        return day + dt.timedelta(**{step.unit: step.amount})
    months = day.year * 12 + day.month - 1 + step.amount * (12 if step.unit == "years" else 1)
    year, month = divmod(months, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise OverflowError
    return dt.date(year, month + 1, min(day.day, _days_in(year, month + 1)))


def _days_in(year: int, month: int) -> int:
    """Days of a month.

    >>> _days_in(2028, 2), _days_in(2026, 12)
    (29, 31)
    """
    following = dt.date(year + month // 12, month % 12 + 1, 1) if (year, month) != (dt.MAXYEAR, 12) else None
    return (following - ONE_DAY).day if following else 31


def _instant(day: dt.date, wall: dt.time, zone: ZoneInfo, fold: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, wall.replace(tzinfo=None, fold=fold), zone).astimezone(UTC)


def _allowed(at: dt.datetime, step: Step, zone: ZoneInfo) -> tuple[dt.datetime | None, tuple[str, ...]]:
    """The first instant from ``at`` on that is neither quiet nor on a day that is not allowed, and what moved it."""
    moved: list[str] = []
    for _ in range(ROUNDS):
        local = at.astimezone(zone)
        window = next((quiet for quiet in step.quiet if quiet.holds(local.time())), None)
        if window is not None:
            at, why = _end(window, local, zone), "quiet_hours"
        elif not _day_allowed(local.date(), step):
            later, why = _next_day(local, step, zone), "day"
            if later is None:
                break
            at = later
        else:
            return at, _once(moved)
        moved.append(why)
    return None, _once(moved)


def _day_allowed(day: dt.date, step: Step) -> bool:
    return day.weekday() in step.weekdays and day not in step.blackout


def _end(window: Quiet, local: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The next end of quiet hours in which it is now; of an hour that comes twice the one that is still to come."""
    now = local.astimezone(UTC)
    for days in range(3):
        for fold in (0, 1):
            end = _instant(local.date() + days * ONE_DAY, window.ends, zone, fold)
            if end > now:
                return end
    raise OverflowError


def _next_day(local: dt.datetime, step: Step, zone: ZoneInfo) -> dt.datetime | None:
    """The same local time on the next allowed day."""
    for days in range(1, FARTHEST):
        day = local.date() + days * ONE_DAY
        if _day_allowed(day, step):
            return _instant(day, local.time(), zone)
    return None


def _covers_the_day(quiet: Iterable[Quiet]) -> bool:
    """Whether no time of the day is left: one begins wherever another ends, all the way round."""
    windows = list(quiet)
    return bool(windows) and all(any(other.holds(window.ends) for other in windows) for window in windows)


def _once(moved: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(moved))

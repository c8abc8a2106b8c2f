"""What counts for a tier, and until when. Pure: calendar arithmetic in the programme's zone, no database.

Windows are half-open at the beginning: a movement counts if ``after < at <= until``. Within a calendar year and the
one before it, the better of the two counts, which is what keeps a tier until the end of the next year.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from loyalty import arithmetic

INSTANT = timedelta(microseconds=1)  # the smallest that the database keeps


@dataclass(frozen=True)
class Counting:
    """How a tier table counts: see ``loyalty.models.TierTable``."""

    zone: str
    months: int = 12
    calendar: bool = False
    at_reviews: bool = False
    review_months: int = 12


@dataclass(frozen=True)
class Window:
    """Of what happened in (after, turn] and in (turn, until] the better half counts."""

    after: datetime
    turn: datetime
    until: datetime


def window(at: datetime, counting: Counting) -> Window:
    """What counts at that moment."""
    if counting.calendar:
        year = at.astimezone(ZoneInfo(counting.zone)).year
        return Window(_new_year(year - 1, counting) - INSTANT, _new_year(year, counting) - INSTANT, at)
    after = months_before(at, counting.months, counting.zone)
    return Window(after, after, at)


def months_before(at: datetime, months: int, zone: str) -> datetime:
    """The same time of day so many months earlier, on the month's last day where it is shorter."""
    local = at.astimezone(ZoneInfo(zone))
    return _on(arithmetic.add_months(local.date(), -months), local.time(), zone)


def leaves(earned: datetime, months: int, zone: str) -> datetime:
    """The first moment at which what happened then counts no longer, over rolling months."""
    local = earned.astimezone(ZoneInfo(zone))
    day = arithmetic.add_months(local.date(), months)
    if day.day < local.day and day.day == monthrange(day.year, day.month)[1]:  # that month is shorter
        return arithmetic.start_of(day + timedelta(days=1), zone)
    return _on(day, local.time(), zone)


def review(at: datetime, counting: Counting) -> datetime:
    """The latest review at or before that moment: the first of every so many months, counted from January."""
    local = at.astimezone(ZoneInfo(counting.zone)).date()
    month = local.month - (local.month - 1) % counting.review_months
    return arithmetic.start_of(local.replace(month=month, day=1), counting.zone)


@dataclass(frozen=True)
class Movement:
    """Something that counts: when it happened, and how much."""

    at: datetime
    amount: int


class Tally:
    """What one customer's movements sum up to at any moment, if nothing more happens."""

    def __init__(self, movements: Sequence[Movement], counting: Counting) -> None:
        ordered = sorted(movements, key=lambda movement: movement.at)
        self.counting = counting
        self.moments = [movement.at for movement in ordered]
        self.sums = [0, *accumulate(movement.amount for movement in ordered)]

    def total(self, at: datetime) -> int:
        counted = window(at, self.counting)
        return max(self._between(counted.after, counted.turn), self._between(counted.turn, counted.until), 0)

    def _between(self, after: datetime, until: datetime) -> int:
        return self.sums[bisect_right(self.moments, until)] - self.sums[bisect_right(self.moments, after)]

    def falls_below(self, threshold: int, at: datetime) -> tuple[datetime, int] | None:
        """When the sum will be too small if nothing more happens, and what it will be; None if it never will."""
        for moment in self._moments_of_change(at):
            if (left := self.total(moment)) < threshold:
                return moment, left
        return None

    def changes_next(self, at: datetime) -> datetime | None:
        """When the sum becomes smaller next if nothing more happens."""
        now = self.total(at)
        return next((moment for moment in self._moments_of_change(at) if self.total(moment) < now), None)

    def _moments_of_change(self, at: datetime) -> Iterator[datetime]:
        """When the sum can become smaller (or is looked at), soonest first, until nothing is left of it."""
        counting = self.counting
        if counting.at_reviews:
            day = review(at, counting)
            for _ in range((counting.months + 24) // counting.review_months + 1):
                day = _on(arithmetic.add_months(day.date(), counting.review_months), time(), counting.zone)
                yield day
        elif counting.calendar:
            year = at.astimezone(ZoneInfo(counting.zone)).year
            yield from (_new_year(year + n, counting) for n in (1, 2))
        else:
            first = bisect_right(self.moments, months_before(at, counting.months, counting.zone))
            yield from (leaves(moment, counting.months, counting.zone) for moment in self.moments[first:])


def _new_year(year: int, counting: Counting) -> datetime:
    return datetime(year, 1, 1, tzinfo=ZoneInfo(counting.zone))


def _on(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone))

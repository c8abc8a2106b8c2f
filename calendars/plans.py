"""What a calendar says, as plain values: what people edit, what a version keeps, what business time is reckoned by."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from calendars.dates import DAY, WEEKDAYS


@dataclass(frozen=True, order=True)
class Shift:
    """Minutes since midnight; ``closes`` beyond 1440 is on the next day."""

    opens: int
    closes: int

    @classmethod
    def between(cls, opens: int, closes: int) -> Shift:
        """A shift that ends when it begins or earlier runs over midnight."""
        return cls(opens, closes if closes > opens else closes + DAY)

    def __str__(self) -> str:
        return f"{wall(self.opens)}-{wall(self.closes)}"

    def pair(self) -> list[str]:
        return [wall(self.opens), wall(self.closes)]


Shifts = tuple[Shift, ...]


@dataclass(frozen=True, order=True)
class OwnDay:
    """A date that people chose. Without shifts it is a day off. A yearly one holds from its date on."""

    date: dt.date
    name: str
    shifts: Shifts = ()
    yearly: bool = False

    def dates(self, last_year: int) -> list[dt.date]:
        if not self.yearly:
            return [self.date]
        years = range(self.date.year, last_year + 1)
        return [found for year in years if (found := _in_year(self.date, year)) is not None]


@dataclass(frozen=True)
class Exceptional:
    """How one date is. Without shifts it is closed."""

    name: str
    shifts: Shifts
    public: bool = False


@dataclass(frozen=True)
class Plan:
    """All that a version says."""

    zone: str
    week: tuple[Shifts, ...] = ((),) * 7
    country: str = ""
    subdivision: str = ""
    own: tuple[OwnDay, ...] = ()

    def days(self, holidays: dict[dt.date, str], last_year: int) -> dict[dt.date, Exceptional]:
        """Every date that is not like its weekday, in order. What people chose wins over public holidays, one date
        over what comes every year."""
        found = {date: Exceptional(name, (), public=True) for date, name in holidays.items()}
        for day in sorted(self.own, key=lambda day: not day.yearly):
            for date in day.dates(last_year):
                found[date] = Exceptional(day.name, day.shifts)
        return dict(sorted(found.items()))

    def rules(self, holidays: dict[dt.date, str], last_year: int) -> dict[str, Any]:
        """The form that ``hours.Calendar`` reads."""
        days = self.days(holidays, last_year).items()
        return {
            "tz": self.zone,
            "weekly": {
                name: [shift.pair() for shift in shifts]
                for name, shifts in zip(WEEKDAYS, self.week, strict=True)
                if shifts
            },
            "holidays": [date.isoformat() for date, day in days if not day.shifts],
            "special": {date.isoformat(): [shift.pair() for shift in day.shifts] for date, day in days if day.shifts},
        }


def wall(minutes: int) -> str:
    """24:00 at the end of a day; the hour of the next day beyond it."""
    if minutes > DAY:
        minutes -= DAY
    return f"{minutes // 60:02}:{minutes % 60:02}"


def overlapping(shifts: Shifts) -> bool:
    ordered = sorted(shifts)
    return any(later.opens < earlier.closes for earlier, later in pairwise(ordered))


def clashing_weekdays(week: tuple[Shifts, ...]) -> list[int]:
    """Weekdays whose hours overlap each other or run into the next day's, which are hours counted twice."""
    clashing = []
    for number, shifts in enumerate(week):
        next_morning = min((shift.opens for shift in week[(number + 1) % 7]), default=DAY) + DAY
        if overlapping(shifts) or any(shift.closes > next_morning for shift in shifts):
            clashing.append(number)
    return clashing


def _in_year(day: dt.date, year: int) -> dt.date | None:
    try:
        return day.replace(year=year)
    except ValueError:  # the 29th of February
        return None

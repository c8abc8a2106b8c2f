"""The hours of a week as bars, to be drawn."""

from typing import NamedTuple

from django.utils.dates import WEEKDAYS

from calendars.dates import DAY
from calendars.plans import Shifts


class Bar(NamedTuple):
    """Minutes since midnight, and how many."""

    left: int
    width: int


class Weekday(NamedTuple):
    name: object
    shifts: Shifts
    bars: list[Bar]


def bars(week: tuple[Shifts, ...]) -> list[Weekday]:
    """What runs over midnight is drawn on the next day as well."""
    drawn: list[list[Bar]] = [[] for _ in range(7)]
    for day, shifts in enumerate(week):
        for shift in shifts:
            drawn[day].append(_bar(shift.opens, min(shift.closes, DAY)))
            if shift.closes > DAY:
                drawn[(day + 1) % 7].append(_bar(0, shift.closes - DAY))
    return [Weekday(WEEKDAYS[day], week[day], drawn[day]) for day in range(7)]


def _bar(opens: int, closes: int) -> Bar:
    return Bar(opens, closes - opens)

"""Policies and opening hours for tests of clocks."""

from datetime import date, time

from calendars.actions import calendars
from calendars.models import Calendar
from calendars.plans import OwnDay, Shift
from feedback.actions import policies
from feedback.actions.policies import Goal, Rung, Terms
from feedback.models import Case, Policy

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL = (
    ("first_response", 4, "hours", ()),
    ("next_response", 8, "hours", ()),
    ("update", 5, "business_days", ("customer",)),
    ("resolution", 24, "hours", ("customer", "third")),
)


def goals(*rows, priorities=Case.Priority.values, calendar: Calendar | None = None) -> list[Goal]:
    """Targets of (metric, amount, unit, pauses), the same for these priorities."""
    return [
        Goal(metric, priority, amount, unit, calendar, pauses)
        for metric, amount, unit, pauses in rows or USUAL
        for priority in priorities
    ]


def policy(
    name: str = "Usual", *rows, rungs: tuple[Rung, ...] = (), calendar: Calendar | None = None, **terms
) -> Policy:
    """Four hours to answer, a day to answer again, five days to tell something, three days to resolve."""
    return policies.create(name, Terms(goals(*rows, calendar=calendar), rungs, **terms))


def hours_from(rules: dict, name: str = "Vector") -> Calendar:
    """A calendar in the database from the form that business time reads."""
    week = tuple(tuple(_shift(pair) for pair in rules["weekly"].get(day, ())) for day in DAYS)
    own = [OwnDay(date.fromisoformat(day), "Holiday") for day in rules["holidays"] if day not in rules["special"]]
    own += [
        OwnDay(date.fromisoformat(day), "Special", tuple(_shift(pair) for pair in pairs))
        for day, pairs in rules["special"].items()
    ]
    return calendars.create(name, zone=rules["tz"], week=week, own=own)


def _shift(pair: list[str]) -> Shift:
    return Shift.between(*(_minutes(wall) for wall in pair))


def _minutes(wall: str) -> int:
    if wall == "24:00":
        return 1440
    at = time.fromisoformat(wall)
    return at.hour * 60 + at.minute

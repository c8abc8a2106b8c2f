"""Calendars for tests: Monday to Friday from 9 to 17 in UTC, without holidays, changed by keyword."""

from calendars import queries
from calendars.actions import calendars
from calendars.models import Calendar
from calendars.plans import Shift

NINE_TO_FIVE = Shift(9 * 60, 17 * 60)
WEEK = ((NINE_TO_FIVE,),) * 5 + ((), ())


def calendar(name: str = "Office", **changes) -> Calendar:
    return calendars.create(name, **{"zone": "UTC", "week": WEEK} | changes)


def rules(one: Calendar) -> dict:
    """What it says now, as business time reads it."""
    one.refresh_from_db()
    return queries.rules(queries.current(one))

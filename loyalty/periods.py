"""Calendar periods in a zone: the day, the ISO week, the month and the year that a moment lies in. Pure."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from loyalty.arithmetic import add_months, start_of


def bounds(at: datetime, period: str, zone: str) -> tuple[datetime, datetime]:
    """Where the period begins, and where the next one does."""
    first = _first_day(at.astimezone(ZoneInfo(zone)).date(), period)
    return start_of(first, zone), start_of(_next(first, period), zone)


def _first_day(day: date, period: str) -> date:
    if period == "week":
        return day - timedelta(days=day.weekday())
    if period == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if period == "year" else day


def _next(first: date, period: str) -> date:
    if period in ("month", "year"):
        return add_months(first, 12 if period == "year" else 1)
    return first + timedelta(days=7 if period == "week" else 1)

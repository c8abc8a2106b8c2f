"""Opening hours for the invented company: its office, and a support desk that also works on Saturday mornings."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from calendars.actions import calendars, versions
from calendars.models import Calendar
from calendars.plans import OwnDay, Shift

ZONE, COUNTRY, REGION = "Europe/Berlin", "DE", "BE"
OFFICE = ((Shift(9 * 60, 18 * 60),),) * 5 + ((), ())
DESK = ((Shift(8 * 60, 20 * 60),),) * 5 + ((Shift(9 * 60, 13 * 60),), ())


def fill(count: int, *, today: date, tell: Callable[[str], None]) -> None:
    """Make two calendars as they were two years ago, and change one since. ``count`` does not matter."""
    if Calendar.objects.filter(code="support-desk").exists():
        return
    long_ago = datetime(today.year - 2, 1, 2, 8, tzinfo=UTC)
    place: dict[str, Any] = {"zone": ZONE, "country": COUNTRY, "subdivision": REGION, "at": long_ago}
    eve = date(today.year - 2, 12, 24)
    half_days = [
        OwnDay(eve, "Christmas Eve", (Shift(9 * 60, 12 * 60),), yearly=True),
        OwnDay(eve + timedelta(7), "New Year's Eve", yearly=True),
    ]
    calendars.create("Office", code="office", week=OFFICE, own=half_days, **place)
    desk = calendars.create("Support desk", code="support-desk", week=OFFICE, own=half_days, **place)
    versions.set_week(desk, DESK, zone=ZONE, at=long_ago + timedelta(days=300))
    stocktaking = today + timedelta(days=21)
    versions.add_days(desk, stocktaking, name="Stocktaking", shifts=(Shift(12 * 60, 18 * 60),))
    tell("an office and a support desk")

from datetime import UTC, datetime

import pytest

from loyalty.periods import bounds
from tests.factories.loyalty import on


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("day", "2026-05-31", "2026-06-01"),
        ("week", "2026-05-25", "2026-06-01"),
        ("month", "2026-05-01", "2026-06-01"),
        ("year", "2026-01-01", "2027-01-01"),
    ],
)
def test_a_period_is_that_of_the_calendar(period, start, end):
    assert bounds(on("2026-05-31", "23:59:59"), period, "UTC") == (on(start), on(end))


def test_a_period_is_that_of_the_zone_also_where_the_day_has_23_hours():
    start, end = bounds(datetime(2026, 3, 29, 12, tzinfo=UTC), "day", "Europe/Berlin")

    assert (start.astimezone(UTC), end.astimezone(UTC)) == (on("2026-03-28", "23:00:00"), on("2026-03-29", "22:00:00"))

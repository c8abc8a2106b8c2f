"""What counts for a tier, and until when: calendar arithmetic without a database."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.qualification import INSTANT, Counting, Movement, Tally, leaves, months_before, review, window
from tests.factories.loyalty import on

YEAR = Counting("UTC")
moments = st.integers(0, 6 * 365 * 24 * 60).map(lambda minutes: on("2023-01-01") + timedelta(minutes=minutes))


def test_rolling_months_end_now_and_leave_out_their_first_moment():
    seen = window(on("2026-03-10"), YEAR)

    assert (seen.after, seen.turn, seen.until) == (on("2025-03-10"), on("2025-03-10"), on("2026-03-10"))


def test_months_are_counted_in_the_programmes_zone_and_end_on_shorter_ones():
    assert months_before(on("2024-03-31", "12:00:00"), 1, "UTC") == on("2024-02-29", "12:00:00")
    assert months_before(on("2026-06-30", "15:00:00"), 4, "Asia/Seoul") == on("2026-02-28", "15:00:00")


@pytest.mark.parametrize(
    ("earned", "months", "gone"),
    [
        (("2025-03-10", "10:00:00"), 12, ("2026-03-10", "10:00:00")),
        (("2024-02-29", "10:00:00"), 12, ("2025-03-01", "00:00:00")),
        (("2026-01-31", "10:00:00"), 1, ("2026-03-01", "00:00:00")),
        (("2026-01-28", "10:00:00"), 1, ("2026-02-28", "10:00:00")),
    ],
)
def test_what_was_earned_counts_until(earned, months, gone):
    assert leaves(on(*earned), months, "UTC") == on(*gone)


@given(earned=moments, months=st.integers(1, 30), zone=st.sampled_from(["UTC", "Asia/Seoul"]))
def test_something_leaves_at_the_first_moment_at_which_the_window_is_without_it(earned, months, zone):
    gone = leaves(earned, months, zone)

    assert months_before(gone, months, zone) >= earned
    assert months_before(gone - INSTANT, months, zone) < earned


def test_reviews_are_on_the_first_of_every_so_many_months():
    quarterly = Counting("Europe/Berlin", review_months=3)

    assert review(on("2026-06-30", "21:59:59"), quarterly) == on("2026-03-31", "22:00:00")
    assert review(on("2026-06-30", "22:00:00"), quarterly) == on("2026-06-30", "22:00:00")
    assert review(on("2026-11-23"), YEAR) == on("2026-01-01")


def test_a_calendar_year_stands_beside_the_one_before():
    seen = window(on("2026-07-01"), Counting("UTC", calendar=True))

    assert (seen.after, seen.turn) == (on("2025-01-01") - INSTANT, on("2026-01-01") - INSTANT)


def tally(counting, *moves):
    return Tally([Movement(on(day), amount) for day, amount in moves], counting)


def test_a_sum_falls_below_a_threshold_when_enough_of_it_has_left():
    mine = tally(YEAR, ("2025-03-10", 1200), ("2025-09-01", 900), ("2026-02-01", 1000))

    assert mine.total(on("2026-02-01")) == 3100
    assert mine.falls_below(3000, on("2026-02-01")) == (on("2026-03-10"), 1900)
    assert mine.falls_below(1000, on("2026-02-01")) == (on("2027-02-01"), 0)
    assert mine.falls_below(1500, on("2026-02-01")) == (on("2026-09-01"), 1000)
    assert mine.falls_below(0, on("2026-02-01")) is None
    assert mine.changes_next(on("2026-02-01")) == on("2026-03-10")


def test_a_calendar_tier_falls_at_a_new_year():
    mine = tally(Counting("UTC", calendar=True), ("2025-11-01", 1000), ("2026-02-01", 400))

    assert mine.falls_below(1000, on("2026-05-01")) == (on("2027-01-01"), 400)


def test_with_reviews_only_their_days_matter():
    quarterly = Counting("UTC", at_reviews=True, review_months=3)
    mine = tally(quarterly, ("2025-03-10", 1000))

    assert mine.falls_below(1000, on("2025-03-11")) == (on("2026-04-01"), 0)


@given(
    moves=st.lists(st.tuples(st.integers(0, 800), st.integers(1, 50)), max_size=20),
    threshold=st.integers(1, 200),
    calendar=st.booleans(),
)
def test_before_it_falls_the_sum_is_enough_and_then_it_is_not(moves, threshold, calendar):
    counting = Counting("Europe/Berlin", months=12 if calendar else 6, calendar=calendar)
    mine = Tally([Movement(on("2024-01-01") + timedelta(days=day), amount) for day, amount in moves], counting)
    now = on("2024-01-01") + timedelta(days=800)
    falls = mine.falls_below(threshold, now) if mine.total(now) >= threshold else None

    if falls:
        assert mine.total(falls[0]) == falls[1] < threshold
        assert mine.total(falls[0] - INSTANT) >= threshold

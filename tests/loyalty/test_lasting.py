"""How long points last, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty import arithmetic
from loyalty.lasting import Lasting, days_of_year, in_words, next_of, read
from tests.factories.loyalty import on

MARCH = Lasting(3, dates=((3, 31),))
days = st.dates(date(2023, 1, 1), date(2032, 12, 31))
dates = st.sets(st.sampled_from([(1, 31), (2, 28), (2, 29), (3, 31), (6, 30), (12, 31)]), min_size=1).map(tuple)


@pytest.mark.parametrize("earned", ["2026-01-01", "2026-06-15", "2026-12-31"])
def test_all_points_of_a_year_expire_on_the_31st_of_march_of_the_next(earned):
    assert MARCH.until(on(earned, "23:59:59"), "UTC") == on("2027-04-01")
    assert MARCH.until(on("2027-01-01"), "UTC") == on("2028-04-01")


def test_the_programmes_zone_says_which_day_it_is():
    assert MARCH.until(on("2026-12-31", "15:00:00"), "Asia/Seoul") == on("2028-03-31", "15:00:00")
    assert MARCH.until(on("2026-12-31", "14:59:59"), "Asia/Seoul") == on("2027-03-31", "15:00:00")


@given(dates, days)
def test_a_fixed_day_is_the_first_that_has_not_passed(chosen, day):
    found = next_of(chosen, day)

    named = [date(year, *each) for year in range(day.year, day.year + 2) for each in chosen if each != (2, 29)]
    leap = [date(year, 3, 1) - timedelta(days=1) for year in range(day.year, day.year + 2) if (2, 29) in chosen]
    assert found == min(each for each in named + leap if each >= day)


@given(dates, st.integers(0, 30), days)
def test_they_last_so_many_months_at_least(chosen, months, day):
    ends = Lasting(months or None, dates=chosen).until(arithmetic.start_of(day, "UTC"), "UTC")

    assert arithmetic.add_months(day, months) < ends.date() <= arithmetic.add_months(day, months + 12) + timedelta(2)


def test_days_of_a_year_are_read_or_refused():
    assert days_of_year(" 12-31, 3-31,03-31") == ((3, 31), (12, 31))
    for wrong in ("31-03", "02-30", "3", "march", "0-1", "-3-1"):
        with pytest.raises(ValueError, match=r".*"):
            days_of_year(wrong)


@pytest.mark.parametrize(
    ("lasting", "words"),
    [
        (Lasting(), "never"),
        (Lasting(days=1), "1 day after they were earned"),
        (Lasting(12, at_month_end=True), "12 months after they were earned, at the end of that month"),
        (Lasting(6, slides=True), "6 months after the last activity"),
        (Lasting(dates=((3, 31), (9, 30))), "on the next 31 March, 30 September"),
        (MARCH, "on the first 31 March that is at least 3 months after they were earned"),
    ],
)
def test_it_can_be_said_in_words_and_kept_as_json(lasting, words):
    assert in_words(lasting) == words
    assert read(lasting.as_json()) == lasting

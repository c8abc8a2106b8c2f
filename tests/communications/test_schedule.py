"""When a step reaches a customer: worked cases, and what must hold in every zone there is."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.hours import Calendar
from communications.buckets import BUCKETS, bucket, within
from communications.schedule import (
    ALL_WEEK,
    Customer,
    Due,
    Quiet,
    Skipped,
    Step,
    birthday_in,
    first_free,
    plan,
    under_cap,
)
from tests.examples import examples

WORKDAYS = frozenset(range(5))
NIGHT = (Quiet(time(21), time(8)),)
LONG_NIGHT = (*NIGHT, Quiet(time(8), time(9)))
SHORT_NIGHT = (Quiet(time(22), time(2, 30)),)
TEN = time(10)


def at(text: str) -> datetime:
    """An instant from "2026-04-02 15:00" in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def closed_on(*days: str) -> Calendar:
    week = {name: [["09:00", "17:00"]] for name in ("mon", "tue", "wed", "thu", "fri")}
    return Calendar.from_dict({"tz": "UTC", "weekly": week, "holidays": days})


GERMANY = closed_on(
    "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25", "2026-10-03", "2026-12-25", "2026-12-26"
)
KOREA = closed_on("2026-09-24", "2026-09-25", "2026-09-26", "2026-10-03", "2026-10-05", "2026-10-09")
THAILAND = closed_on("2026-04-06", "2026-04-13", "2026-04-14", "2026-04-15")


@pytest.mark.parametrize(
    ("case", "zone", "calendar", "anchor", "days", "wall", "due"),
    [
        ("B1", "Europe/Berlin", GERMANY, "2026-04-02 15:00", 1, TEN, "2026-04-07 08:00"),
        ("B2", "Europe/Berlin", GERMANY, "2026-04-02 15:00", 3, TEN, "2026-04-09 08:00"),
        ("B4", "Europe/Berlin", GERMANY, "2026-05-02 09:00", 0, TEN, "2026-05-04 08:00"),
        ("B5", "Europe/Berlin", GERMANY, "2026-05-02 09:00", 1, TEN, "2026-05-04 08:00"),
        ("B6", "Europe/Berlin", GERMANY, "2026-04-07 09:00", -1, TEN, "2026-04-02 08:00"),
        ("B8", "Asia/Seoul", KOREA, "2026-09-23 05:00", 1, TEN, "2026-09-28 01:00"),
        ("B10", "Asia/Bangkok", THAILAND, "2026-04-10 04:00", 2, time(9, 30), "2026-04-17 02:30"),
        ("B13", "Europe/Berlin", GERMANY, "2026-05-13 09:00", 1, TEN, "2026-05-15 08:00"),
    ],
)
def test_business_days_skip_holidays(case, zone, calendar, anchor, days, wall, due):
    step = Step(days, "business_days", wall, calendar)

    assert plan(at(anchor), step, Customer(zone)).at == at(due)


@pytest.mark.parametrize(
    ("case", "zone", "anchor", "step", "due"),
    [
        ("C1", "Europe/Berlin", "2026-01-31 09:00", Step(1, "months", TEN), "2026-02-28 09:00"),
        ("C2", "Europe/Berlin", "2028-01-31 09:00", Step(1, "months", TEN), "2028-02-29 09:00"),
        ("C4", "Europe/Berlin", "2028-02-29 09:00", Step(1, "years", TEN), "2029-02-28 09:00"),
        ("C5", "America/New_York", "2026-03-07 17:00", Step(24, "hours"), "2026-03-08 17:00"),
        ("C6", "America/New_York", "2026-03-07 17:00", Step(1, "days"), "2026-03-08 16:00"),
        ("C7", "America/New_York", "2026-10-31 16:00", Step(1, "days"), "2026-11-01 17:00"),
        ("C11", "America/Los_Angeles", "2026-03-07 18:00", Step(1, "days", time(9)), "2026-03-08 16:00"),
        ("C13", "America/New_York", "2026-11-03 15:00", Step(-3, "days", TEN), "2026-10-31 14:00"),
        ("C14", "Europe/Berlin", "2026-03-20 09:00", Step(2, "weeks"), "2026-04-03 08:00"),
        ("C16", "Europe/Berlin", "2026-08-31 08:00", Step(6, "months", TEN), "2027-02-28 09:00"),
        ("C17 before the move", "Asia/Seoul", "2026-06-12 00:00", Step(0, "days", TEN), "2026-06-12 01:00"),
        ("C17 after it", "Europe/Berlin", "2026-06-12 00:00", Step(0, "days", TEN), "2026-06-12 08:00"),
        ("A1 call", "Europe/Berlin", "2026-06-01 09:00", Step(5, "business_days", TEN, GERMANY), "2026-06-08 08:00"),
        ("A1 letter", "Europe/Berlin", "2026-06-01 09:00", Step(30, "days"), "2026-07-01 09:00"),
        ("A12", "Europe/Berlin", "2026-01-10 09:00", Step(120, "days", TEN), "2026-05-10 08:00"),
        ("missing hour", "Europe/Berlin", "2026-03-28 09:00", Step(1, "days", time(2, 30)), "2026-03-29 01:30"),
        ("doubled hour", "Europe/Berlin", "2026-10-24 09:00", Step(1, "days", time(2, 30)), "2026-10-25 00:30"),
        ("missing day", "Pacific/Apia", "2011-12-30 09:00", Step(1, "days", time(12)), "2011-12-30 22:00"),
        ("its hour has passed", "Europe/Berlin", "2026-06-12 15:00", Step(0, "days", TEN), "2026-06-12 15:00"),
        ("a minute before", "Europe/Berlin", "2026-06-12 15:00", Step(-90, "minutes"), "2026-06-12 13:30"),
    ],
)  # fmt: skip
def test_days_are_counted_on_the_customers_calendar(case, zone, anchor, step, due):
    assert plan(at(anchor), step, Customer(zone)).at == at(due)


@pytest.mark.parametrize(
    ("case", "zone", "wanted", "limits", "due"),
    [
        ("Q1", "Europe/Berlin", "2026-06-10 20:30", {}, "2026-06-11 06:00"),
        ("Q2", "America/New_York", "2026-06-10 20:30", {}, "2026-06-10 20:30"),
        ("Q3", "Asia/Seoul", "2026-06-10 20:30", {}, "2026-06-10 23:00"),
        ("Q4", "Europe/Berlin", "2026-06-10 19:00", {}, "2026-06-11 06:00"),
        ("Q5", "Europe/Berlin", "2026-06-10 06:00", {}, "2026-06-10 06:00"),
        ("Q8", "Europe/Berlin", "2026-06-12 20:00", {"weekdays": WORKDAYS}, "2026-06-15 06:00"),
        ("Q9", "Pacific/Auckland", "2026-06-05 21:00", {"weekdays": WORKDAYS}, "2026-06-07 21:00"),
        ("Q11", "Europe/Berlin", "2026-06-10 10:30", {"quiet": (Quiet(time(12), time(14)),)}, "2026-06-10 12:00"),
        ("Q15", "Europe/Berlin", "2026-06-10 21:00", {"quiet": (Quiet(time(22), time(6)),)}, "2026-06-11 04:00"),
        ("Q15", "Europe/Berlin", "2026-06-10 10:00", {"quiet": (Quiet(time(22), time(6)),)}, "2026-06-10 10:00"),
        ("blackout", "Europe/Berlin", "2026-06-10 10:00", {"blackout": {date(2026, 6, 10)}}, "2026-06-11 10:00"),
        ("two windows meet", "Europe/Berlin", "2026-06-10 19:30", {"quiet": LONG_NIGHT}, "2026-06-11 07:00"),
        ("doubled end", "Europe/Berlin", "2026-10-25 01:10", {"quiet": SHORT_NIGHT}, "2026-10-25 01:30"),
    ],
)  # fmt: skip
def test_nobody_is_disturbed(case, zone, wanted, limits, due):
    answer = plan(at(wanted), Step(0, "minutes", **{"quiet": NIGHT} | limits), Customer(zone))

    assert answer.at == at(due)
    assert answer.wanted == at(wanted)
    assert bool(answer.moved) == (due != wanted)


def test_what_comes_too_late_is_not_sent():
    """Q14."""
    step = Step(0, "minutes", quiet=NIGHT, weekdays=WORKDAYS, patience=timedelta(hours=48))
    answer = plan(at("2026-06-12 20:00"), step, Customer("Europe/Berlin"))

    assert answer == Skipped("expired", at("2026-06-12 20:00"))


def test_a_zone_that_is_missing_or_unknown_is_the_businesss_with_a_warning():
    """C18."""
    step = Step(0, "days", TEN)
    for zone, warning in (("", "zone_missing"), ("Mars/Phobos", "zone_unknown"), ("../etc", "zone_unknown")):
        answer = plan(date(2026, 6, 10), step, Customer(zone, "Europe/Berlin"))
        assert (answer.at, answer.warnings) == (at("2026-06-10 08:00"), (warning,))
    with pytest.raises(ValueError, match="no such time zone"):
        plan(date(2026, 6, 10), step, Customer("", "Mars/Phobos"))


@pytest.mark.parametrize(
    ("year", "leap_day", "kept"),
    [
        (2026, "feb28", date(2026, 2, 28)),
        (2027, "mar1", date(2027, 3, 1)),
        (2028, "feb28", date(2028, 2, 29)),
        (2028, "mar1", date(2028, 2, 29)),
    ],
)
def test_birthdays_of_leap_days_are_kept_every_year(year, leap_day, kept):
    """F1, F2."""
    assert birthday_in(year, 2, 29, leap_day=leap_day) == kept


def test_a_card_leaves_a_week_before_the_birthday():
    """F4, F8: the year of birth is not needed."""
    due = plan(birthday_in(2028, 2, 29), Step(-7, "days", time(9)), Customer("Europe/Berlin"))

    assert due.at == at("2028-02-22 08:00")


def test_no_more_than_the_cap_in_any_window():
    """X1, X2."""
    sent = [at("2026-06-01 08:00"), at("2026-06-03 08:00")]
    week = {"cap": 2, "window": timedelta(hours=168)}
    for patience, answer in ((None, at("2026-06-08 08:00")), (timedelta(hours=48), "frequency_cap")):
        step = Step(0, "minutes", patience=patience)
        due = plan(at("2026-06-05 08:00"), step, Customer("UTC"))
        later = under_cap(due, sent, step, Customer("UTC"), **week)
        assert (later.at if isinstance(later, Due) else later.reason) == answer
    assert later.wanted == due.at


def test_what_the_cap_defers_is_not_sent_at_night():
    sent = [at("2026-06-03 20:00")]
    step = Step(0, "minutes", quiet=NIGHT)
    due = plan(at("2026-06-03 21:00"), step, Customer("UTC"))
    later = under_cap(due, sent, step, Customer("UTC"), cap=1, window=timedelta(hours=25))

    assert (later.at, later.moved) == (at("2026-06-05 08:00"), ("quiet_hours", "frequency_cap"))


def test_two_workers_see_one_free_place_a_day():
    """X10: once one is sent, the other is free a day later."""
    day = {"cap": 1, "window": timedelta(days=1)}
    noon = at("2026-06-05 12:00")

    assert first_free([], noon, **day) == noon
    assert first_free([noon], noon, **day) == noon + timedelta(days=1)
    with pytest.raises(ValueError, match="at least one"):
        first_free([], noon, cap=0, window=timedelta(days=1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit": "fortnights"},
        {"amount": 101, "unit": "years"},
        {"unit": "business_days"},
        {"weekdays": frozenset()},
        {"weekdays": frozenset({7})},
        {"quiet": (Quiet(time(8), time(20)), Quiet(time(20), time(8)))},
    ],
)
def test_a_step_that_could_never_reach_anybody_is_refused(wrong):
    with pytest.raises(ValueError, match=r"\w"):
        Step(**wrong)


def test_quiet_hours_are_not_the_whole_day_and_days_without_end_are_told():
    with pytest.raises(ValueError, match="different times"):
        Quiet(time(8), time(8))
    years = frozenset(date(2026, 1, 1) + timedelta(days) for days in range(4_000))
    assert plan(at("2026-06-10 08:00"), Step(blackout=years), Customer("UTC")).reason == "no_day_allowed"
    assert plan(datetime(9999, 12, 30, tzinfo=UTC), Step(1, "years"), Customer("UTC")).reason == "out_of_reach"


def test_who_is_held_out_is_the_same_on_every_machine():
    """H1, H3."""
    places = [bucket("holdout-2026", f"c-{number}") for number in range(1, 100_001)]

    assert [places[number - 1] for number in (9, 28, 1, 42)] == [351, 330, 7635, 5108]
    assert sum(place < 500 for place in places) == 5_024
    assert sum(place < 1_000 for place in places) == 9_998
    assert max(places) < BUCKETS
    assert within("holdout-2026", "c-9", 3.52)
    assert not within("holdout-2026", "c-9", 3.51)


ZONES = sorted(zoneinfo.available_timezones())
walls = st.times().map(lambda wall: wall.replace(microsecond=0))
instants = st.timedeltas(timedelta(days=1_800), timedelta(days=24_800)).map(lambda since: at("1970-01-01") + since)
windows = st.builds(lambda a, b: Quiet(a, b) if a != b else Quiet(time(21), time(8)), walls, walls)
units = st.sampled_from(["minutes", "hours", "days", "weeks", "months", "years"])
weekdays = st.frozensets(st.integers(0, 6), min_size=1) | st.just(ALL_WEEK)


@settings(max_examples=examples(300))
@given(st.sampled_from(ZONES), instants, st.integers(-60, 60), units, walls | st.none(), windows, weekdays)
def test_in_every_zone_nobody_is_disturbed_and_nothing_comes_before_its_anchor(
    zone, anchor, amount, unit, wall, quiet, days
):
    step, customer = Step(amount, unit, wall, quiet=(quiet,), weekdays=days), Customer(zone)
    due = plan(anchor, step, customer)

    local = due.at.astimezone(zoneinfo.ZoneInfo(zone))
    assert not quiet.holds(local.time())
    assert local.weekday() in days
    assert due.at >= due.wanted
    assert amount < 0 or due.at >= anchor
    assert plan(due.at, Step(0, "minutes", quiet=(quiet,), weekdays=days), customer).at == due.at
    assert plan(anchor, step, customer) == due


def test_no_zone_is_left_out():
    """Each zone there is, at both ends of a night and on a day when clocks may change."""
    step = Step(1, "days", time(22), quiet=NIGHT)
    for zone in ZONES:
        for anchor in (at("2026-03-28 12:00"), at("2026-10-24 12:00")):
            local = plan(anchor, step, Customer(zone)).at.astimezone(zoneinfo.ZoneInfo(zone))
            assert time(8) <= local.time() < time(21)

"""Caps, cooldowns and what they leave, whatever order things arrive in. No database."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.rules import caps, reading
from loyalty.rules.caps import Given
from loyalty.rules.spec import Per
from tests.factories.loyalty import on
from tests.factories.rules import fixed, when


def spec(*limits: dict, **more):
    return reading.read(fixed(1, caps=list(limits), **more))


def give(says, wishes, zone="UTC") -> list[int]:
    """What a rule gives of these (time, points), one after the other."""
    given_: list[Given] = []
    told = []
    for at, wanted in wishes:
        room = caps.room(says, given_, at, zone)
        got = wanted if room is None else (0 if says.rejects and wanted > room else min(wanted, room))
        told.append(got)
        if got:
            given_.append(Given(at, got))
    return told


def test_a_day_is_a_calendar_day_of_the_zone():  # B1
    day = on("2026-04-01", "01:00:00")  # 10:00 in Seoul
    wishes = [(day, 200), (day + timedelta(hours=1), 150), (day + timedelta(hours=2), 50)]
    wishes.append((on("2026-04-01", "15:00:00"), 50))  # midnight in Seoul

    assert give(spec({"per": "day", "points": 300}), wishes, "Asia/Seoul") == [200, 100, 0, 50]


def test_rejecting_gives_nothing_where_truncating_gives_the_rest():
    wishes = [(on("2026-04-01", f"0{hour}:00:00"), points) for hour, points in ((1, 200), (2, 150), (3, 50))]

    assert give(spec({"per": "day", "points": 300}, over="reject"), wishes) == [200, 0, 50]


def test_a_week_goes_from_monday_to_sunday():  # B2
    wishes = [(on("2026-03-01", "10:00:00"), 400), (on("2026-03-01", "18:00:00"), 200), (on("2026-03-02"), 400)]

    assert give(spec({"per": "week", "points": 500}), wishes) == [400, 100, 400]


def test_a_cooldown_is_over_after_its_hours_and_not_before():  # B5
    wishes = [(on("2026-03-01", "09:00:00"), 1), (on("2026-03-01", "20:00:00"), 1), (on("2026-03-02", "09:00:00"), 1)]

    assert give(spec(cooldown_hours=24), wishes) == [1, 0, 1]


def test_what_arrives_late_does_not_get_round_a_cooldown():
    wishes = [(on("2026-03-01", "20:00:00"), 1), (on("2026-03-01", "09:00:00"), 1)]

    assert give(spec(cooldown_hours=24), wishes) == [1, 0]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 27, 23, tzinfo=UTC), 28),
        (datetime(2026, 3, 28, 23, tzinfo=UTC), 29),
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), 29),
        (datetime(2026, 3, 29, 22, tzinfo=UTC), 30),
    ],
)
def test_days_follow_the_zone_through_daylight_saving(moment, day):  # B8
    begins, ends = caps.span(Per.DAY, moment, "Europe/Berlin")

    assert begins.astimezone().astimezone(begins.tzinfo).date() == date(2026, 3, day)
    assert begins <= moment < ends
    assert (ends - begins.astimezone(UTC)) == timedelta(hours=23 if day == 29 else 24)


@pytest.mark.parametrize(
    ("per", "moment", "begins", "ends"),
    [
        (Per.MONTH, "2026-02-28", "2026-02-01", "2026-03-01"),
        (Per.YEAR, "2026-12-31", "2026-01-01", "2027-01-01"),
        (Per.WEEK, "2027-01-01", "2026-12-28", "2027-01-04"),
    ],
)
def test_spans_are_half_open_calendar_spans(per, moment, begins, ends):
    assert caps.span(per, on(moment, "23:59:59"), "UTC") == (on(begins), on(ends))


def test_once_a_year_holds_whatever_day_it_is_now():  # B9: the second birthday of a year, however it came to be
    birthday = reading.read(fixed(100, when("birthday"), caps=[{"per": "year", "times": 1}]))
    wishes = [(on("2026-03-05"), 100), (on("2026-09-05"), 100), (on("2027-03-05"), 100)]

    assert give(birthday, wishes) == [100, 0, 100]


def test_a_bonus_for_the_first_purchase_is_given_once_without_a_cap():
    first = reading.read(fixed(100, when("nth", 1)))

    assert give(first, [(on("2026-03-05"), 100), (on("2026-03-01"), 100)]) == [100, 0]


def test_rolling_days_count_back_from_every_moment():
    rolling = spec({"per": "rolling", "days": 7, "points": 100})
    wishes = [(on("2026-03-01"), 60), (on("2026-03-05"), 60), (on("2026-03-08"), 60), (on("2026-03-12"), 60)]

    # On the 8th that of the 1st, exactly seven days ago, is out of the span again
    assert give(rolling, wishes) == [60, 40, 60, 40]


def test_several_caps_leave_what_the_tightest_leaves_and_a_budget_is_one_of_them():
    tight = spec({"per": "day", "points": 300}, {"per": "ever", "points": 120})

    assert caps.room(tight, [Given(on("2020-01-01"), 20)], on("2026-01-01"), "UTC") == 100
    assert caps.room(tight, [], on("2026-01-01"), "UTC", left=7) == 7
    assert caps.room(tight, [], on("2026-01-01"), "UTC", left=-3) == 0
    assert caps.room(spec(), [], on("2026-01-01"), "UTC") is None


def test_what_was_taken_back_leaves_room_again():
    day = spec({"per": "day", "points": 100}, {"per": "month", "times": 1})

    assert caps.room(day, [Given(on("2026-03-01"), 100)], on("2026-03-01"), "UTC") == 0
    assert caps.room(day, [Given(on("2026-03-01"), 0, 0)], on("2026-03-01"), "UTC") == 100


moments = st.integers(0, 60 * 24 * 3).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours))
wishes = st.lists(st.tuples(moments, st.integers(1, 400)), max_size=25)


@given(wishes, st.sampled_from(["day", "week", "month", "year", "ever"]), st.integers(1, 600))
def test_no_calendar_span_ever_holds_more_than_its_cap(wished, per, points):
    given_ = give(spec({"per": per, "points": points}), wished, "Asia/Seoul")
    sums: dict = {}
    for (at, _wanted), got in zip(wished, given_, strict=True):
        span = None if per == "ever" else caps.span(Per(per), at, "Asia/Seoul")
        sums[span] = sums.get(span, 0) + got

    assert all(total <= points for total in sums.values())
    for (at, wanted), got in zip(wished, given_, strict=True):
        span = None if per == "ever" else caps.span(Per(per), at, "Asia/Seoul")
        assert got == wanted or sums[span] == points  # nothing is cut where there was room


@given(wishes, st.integers(1, 20), st.integers(1, 600))
def test_no_rolling_span_ever_holds_more_than_its_cap(wished, days, points):
    got = give(spec({"per": "rolling", "days": days, "points": points}), wished)
    had = [(at, number) for (at, _wanted), number in zip(wished, got, strict=True)]

    for end, _number in had:
        within = sum(number for at, number in had if end - timedelta(days=days) < at <= end)
        assert within <= points


@given(wishes, st.integers(1, 200))
def test_two_bonuses_are_never_closer_than_the_cooldown(wished, hours):
    got = give(spec(cooldown_hours=hours), wished)
    times = sorted(at for (at, _wanted), number in zip(wished, got, strict=True) if number)

    assert all(later - earlier >= timedelta(hours=hours) for earlier, later in itertools.pairwise(times))


@given(moments, st.sampled_from(["day", "week", "month", "year"]))
def test_what_matters_for_a_cap_lies_within_its_reach(at, per):
    begins, ends = caps.reach([spec({"per": per, "points": 1})], at, "Asia/Seoul")
    first, after = caps.span(Per(per), at, "Asia/Seoul")

    assert begins <= first
    assert after <= ends

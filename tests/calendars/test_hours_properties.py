"""Business time beside a slow and plain walk, for any hours in zones whose clocks are odd."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calendars.dates import EPOCH
from calendars.hours import Calendar
from tests.calendars.oracle import NAMES, Walker
from tests.examples import examples

# The weeks in which the clocks of these zones change, one by half an hour, one over a date that does not exist.
WEEKS = [
    ("Europe/Berlin", date(2026, 3, 25)),
    ("Europe/Berlin", date(2026, 10, 21)),
    ("America/St_Johns", date(2006, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 1)),
    ("Africa/Cairo", date(2026, 4, 20)),
    ("America/Havana", date(2026, 10, 28)),
    ("Pacific/Apia", date(2011, 12, 26)),
    ("Asia/Bangkok", date(2026, 12, 28)),
]
DAYS = 14

# Times near each other are more likely to meet, to overlap, and to fall into the hour that is missing or comes twice.
walls = st.sampled_from(["00:00", "00:15", "01:30", "02:00", "02:10", "02:30", "03:00", "09:00", "17:00", "23:30"])
shifts = st.lists(st.tuples(walls, walls | st.just("24:00")).map(list), max_size=3)


@st.composite
def places(draw):
    zone, first = draw(st.sampled_from(WEEKS))
    days = [(first + timedelta(n)).isoformat() for n in range(DAYS)]
    rules = {
        "tz": zone,
        "weekly": draw(st.dictionaries(st.sampled_from(NAMES), shifts)),
        "holidays": draw(st.lists(st.sampled_from(days), max_size=3)),
        "special": draw(st.dictionaries(st.sampled_from(days), shifts, max_size=3)),
    }
    assume(any(rules["weekly"].values()) or any(rules["special"].values()))
    return rules, first


def minute_within(first, days=DAYS - 4):
    begins = datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(days=2)
    return st.integers(0, days * 24 * 60).map(lambda minute: begins + timedelta(minutes=minute))


def test_shifts_that_touch_are_one_in_the_missing_hour_too():
    whole, cut = (
        Calendar.from_dict({"tz": "Europe/Berlin", "weekly": {"sun": shifts, "mon": [["09:00", "17:00"]]}})
        for shifts in ([["02:00", "03:00"]], [["02:00", "02:10"], ["02:10", "03:00"]])
    )
    midnight = datetime(2026, 3, 29, tzinfo=UTC)

    assert whole.opening_times(date(2026, 3, 29)) == cut.opening_times(date(2026, 3, 29)) == []
    assert whole.next_open(midnight) == cut.next_open(midnight) == datetime(2026, 3, 30, 7, tzinfo=UTC)


@settings(max_examples=examples(60))
@given(places(), st.data())
def test_answers_are_those_of_a_walk(place, data):
    rules, first = place
    hours, walk = Calendar.from_dict(rules), Walker(rules, first, DAYS)
    start, other = data.draw(minute_within(first)), data.draw(minute_within(first))
    minutes = data.draw(st.integers(0, 2000))

    assert hours.is_open(start) == walk.is_open(start)
    assert hours.elapsed(start, other) == walk.elapsed(start, other)
    if (due := walk.due(start, minutes)) is not None:
        assert hours.due(start, minutes * 60) == due
        assert hours.due(start, minutes * 60) == due
        assert hours.due_many([start, start], minutes * 60) == [due, due]
        assert hours.due_many([start, start], [minutes * 60] * 2) == [due, due]


@settings(max_examples=examples(60))
@given(places(), st.data())
def test_answers_with_pauses_are_those_of_a_walk(place, data):
    rules, first = place
    hours, walk = Calendar.from_dict(rules), Walker(rules, first, DAYS)
    start, minutes = data.draw(minute_within(first, 3)), data.draw(st.integers(0, 600))
    pause = st.tuples(minute_within(first, 6), minute_within(first, 6) | st.none())
    paused = data.draw(st.lists(pause, max_size=4))

    due = walk.due(start, minutes, paused)
    if due is not None:
        assert hours.due_with_pauses(start, minutes * 60, paused) == (due, None)
    elif stopped := [begins for begins, ends in paused if ends is None]:
        within = [minute for minute in walk.minutes if start <= minute < min(stopped) and walk.counts(minute, paused)]
        answer = hours.due_with_pauses(start, minutes * 60, paused)
        assert answer == (None, (minutes - len(within)) * 60)


seconds = st.integers(0, 30 * 86400)
instants = st.timedeltas(timedelta(days=-7000), timedelta(days=66000)).map(lambda since: EPOCH + since)
OFFICE = Calendar.from_dict(
    {
        "tz": "America/New_York",
        "weekly": {name: [["08:30", "12:00"], ["13:00", "17:30"], ["22:00", "03:00"]] for name in NAMES[:6]},
        "holidays": ["2026-01-01"],
    }
)


@settings(max_examples=examples(100))
@given(instants, seconds)
def test_what_has_elapsed_when_it_is_due_is_the_target(start, target):
    due = OFFICE.due(start, target)

    assert OFFICE.elapsed(start, due) == target
    assert due >= start
    assert not target or OFFICE.elapsed(start, due - timedelta(microseconds=1)) < target


@settings(max_examples=examples(100))
@given(instants, instants)
def test_what_has_elapsed_is_due_no_later(a, b):
    a, b = sorted([a, b.replace(year=a.year) if b.month != 2 else a + timedelta(days=b.day)])

    assert (passed := OFFICE.elapsed(a, b)) >= 0
    assert not passed or OFFICE.due(a, passed) <= b


@settings(max_examples=examples(100))
@given(instants, st.timedeltas(timedelta(0), timedelta(days=60)), seconds, seconds)
def test_a_later_start_or_a_longer_target_is_never_due_earlier(start, wait, target, more):
    assert OFFICE.due(start, target) <= OFFICE.due(start + wait, target)
    assert OFFICE.due(start, target) <= OFFICE.due(start, target + more)


@settings(max_examples=examples(100))
@given(instants, seconds)
def test_the_time_before_is_the_other_way_round(at, lead):
    early = OFFICE.before(at, lead)

    assert early <= at
    assert OFFICE.elapsed(early, at) == lead
    assert not lead or OFFICE.due(early, lead) <= at


@settings(max_examples=examples(80))
@given(st.lists(st.tuples(instants, seconds), max_size=20), st.sampled_from([UTC, OFFICE.timetable.zone]))
def test_many_at_once_are_due_as_each_alone(cases, zone):
    starts, targets = [start.astimezone(zone) for start, _ in cases], [target for _, target in cases]
    due = OFFICE.due_many(starts, targets)

    assert due == [OFFICE.due(start, target) for start, target in cases]
    assert all(at.tzinfo is UTC for at in due)
    for target in targets[:2]:
        assert OFFICE.due_many(starts, target) == [OFFICE.due(start, target) for start in starts]


def test_many_at_once_need_as_many_targets():
    with pytest.raises(ValueError, match="not as many targets"):
        OFFICE.due_many([datetime(2026, 3, 2, tzinfo=UTC)], [])

import json
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from calendars.hours import Calendar, NeverOpens

CASES = json.loads((Path(__file__).parents[1] / "data" / "business_time.json").read_text())
OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def of(kind):
    return [pytest.param(case, id=case["id"]) for case in CASES["vectors"] if case["type"] == kind]


def calendar(name):
    return Calendar.from_dict(CASES["calendars"][name])


def utc(text):
    return text and datetime.fromisoformat(text)


def pauses(case):
    return [(utc(begins), utc(ends)) for begins, ends in case["pauses_utc"]]


def office(**rules):
    return Calendar.from_dict({"tz": "Europe/Berlin", "weekly": OFFICE} | rules)


@pytest.mark.parametrize("case", of("due"))
def test_due(case):
    hours, start, expected = calendar(case["calendar"]), utc(case["start_utc"]), utc(case["expected_due_utc"])

    assert hours.due(start, case["duration_seconds"]) == expected
    assert hours.due(start, case["duration_seconds"]) == expected  # by the short way: the table is there now
    assert hours.due_many([start], case["duration_seconds"]) == [expected]
    assert hours.due_many([start], [case["duration_seconds"]]) == [expected]


@pytest.mark.parametrize("case", of("elapsed"))
def test_elapsed(case):
    hours = calendar(case["calendar"])

    assert hours.elapsed(utc(case["from_utc"]), utc(case["to_utc"])) == case["expected_seconds"]


@pytest.mark.parametrize("case", of("due_with_pauses"))
def test_due_with_pauses(case):
    due = calendar(case["calendar"]).due_with_pauses(utc(case["start_utc"]), case["duration_seconds"], pauses(case))

    assert due == (utc(case["expected_due_utc"]), case["expected_remaining_seconds_if_frozen"])


@pytest.mark.parametrize("case", of("policy_change"))
def test_due_again_from_the_first_start_when_target_or_calendar_change(case):
    for step in case["steps"]:
        due, _ = calendar(step["calendar"]).due_with_pauses(
            utc(case["start_utc"]), step["duration_seconds"], pauses(case)
        )

        assert due == utc(step["expected_due_utc"])
        assert max(due, utc(step["at_utc"])) == utc(step["expected_breach_at_utc"])


@pytest.mark.parametrize("case", of("business_days_close"))
def test_close_of_business_day(case):
    hours = calendar(case["calendar"])

    assert hours.close_of_business_day(utc(case["received_utc"]), case["business_days"]) == utc(
        case["expected_due_utc"]
    )


@pytest.mark.parametrize("case", of("calendar_days_end"))
def test_end_of_calendar_day(case):
    hours = calendar(case["calendar"])

    assert hours.end_of_calendar_day(utc(case["received_utc"]), case["calendar_days"]) == utc(case["expected_due_utc"])


@pytest.mark.parametrize("case", of("is_open"))
def test_is_open(case):
    assert calendar(case["calendar"]).is_open(utc(case["at_utc"])) is case["expected_open"]


def test_every_case_of_the_file_is_tried():
    tried = [
        "due",
        "elapsed",
        "due_with_pauses",
        "policy_change",
        "business_days_close",
        "calendar_days_end",
        "is_open",
    ]

    assert {case["type"] for case in CASES["vectors"]} == set(tried)
    assert len(CASES["vectors"]) == 95


@pytest.mark.parametrize(
    "rules",
    [
        {"weekly": {}},
        {"weekly": {"mon": []}},
        {"weekly": {}, "special": {"2026-03-14": []}},
        {"weekly": {}, "holidays": ["2026-01-01"]},
    ],
)
def test_a_calendar_that_never_opens_is_refused(rules):
    with pytest.raises(NeverOpens):
        Calendar.from_dict({"tz": "Europe/Berlin"} | rules)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"tz": "Mars/Olympus"}, "time zone"),
        ({"tz": "../etc/passwd"}, "time zone"),
        ({"tz": None}, "time zone"),
        ({"weekly": {"monday": [["09:00", "17:00"]]}}, "Weekdays are written mon"),
        ({"weekly": {"mon": [["9", "17:00"]]}}, "written 09:30, not '9'"),
        ({"weekly": {"mon": [["09:60", "17:00"]]}}, "written 09:30"),
        ({"weekly": {"mon": [["09:00", "24:01"]]}}, "written 09:30"),
        ({"weekly": {"mon": [["24:00", "06:00"]]}}, "cannot open at 24:00"),
        ({"holidays": ["2026-02-30"]}, "day is out of range"),
    ],
)
def test_rules_that_cannot_be_read_are_refused(rules, words):
    with pytest.raises(ValueError, match=words):
        office(**rules)


def test_naive_datetimes_are_refused():
    with pytest.raises(TypeError):
        office().due(datetime(2026, 3, 2, 9), 60)  # noqa: DTZ001


def test_a_target_below_zero_is_refused():
    monday = datetime(2026, 3, 2, 9, tzinfo=UTC)

    for ask in (office().due, office().before, office().end_of_calendar_day):
        with pytest.raises(ValueError, match="cannot be negative"):
            ask(monday, -1)
    with pytest.raises(ValueError, match="counted from 1"):
        office().close_of_business_day(monday, 0)


def test_hours_that_end_some_day_have_a_last_due_date():
    fair = Calendar.from_dict({"tz": "UTC", "special": {"2026-05-01": [["10:00", "12:00"]]}})
    before, noon = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 5, 1, 12, tzinfo=UTC)

    assert fair.due(before, 7200) == noon
    assert fair.elapsed(before, datetime(2090, 1, 1, tzinfo=UTC)) == 7200
    assert not fair.is_open(datetime(2400, 1, 1, tzinfo=UTC))
    for refused in (
        lambda: fair.due(before, 7201),
        lambda: fair.next_open(noon),
        lambda: fair.before(noon, 7201),
        lambda: fair.close_of_business_day(noon, 1),
        lambda: fair.business_day(date(2026, 5, 1), -1),
        lambda: fair.business_day(date(2026, 5, 2), 0),
    ):
        with pytest.raises(NeverOpens):
            refused()
    assert fair.business_day(date(2026, 4, 30), 1) == date(2026, 5, 1)
    assert fair.business_day(date(2026, 5, 2), -1) == date(2026, 5, 1)


def test_more_than_all_time_is_refused_at_once():
    started = time.process_time()

    with pytest.raises(NeverOpens):
        office().due(datetime(2026, 3, 2, 9, tzinfo=UTC), 10**15)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("year", [2, 1583, 1899, 1969, 2037, 2038, 2400, 9990])
def test_any_year(year):
    hours = office()
    monday = date(year, 3, 1)
    while monday.weekday() != 0:
        monday += timedelta(1)
    nine, _ = hours.opening_times(monday)[0]

    assert hours.due(nine - timedelta(hours=1), 40 * 3600) == hours.opening_times(monday + timedelta(4))[-1][1]
    assert hours.elapsed(nine, nine + timedelta(7)) == 40 * 3600


def test_years_far_apart_in_one_calendar():
    hours = office()
    for year in (2026, 1700, 2026, 3000, 2029, 2023, 2026):
        monday = date(year, 3, 1)
        while monday.weekday() != 0:
            monday += timedelta(1)
        nine, five = hours.opening_times(monday)[0]

        assert hours.due(nine, 8 * 3600) == five


def test_a_target_of_many_years():
    hours = Calendar.from_dict({"tz": "UTC", "weekly": {"mon": [["00:00", "24:00"]]}})

    assert hours.due(datetime(2026, 3, 2, tzinfo=UTC), 86400 * 1001) == datetime(2026, 3, 3, tzinfo=UTC) + timedelta(
        weeks=1000
    )


def test_own_hours_win_over_a_holiday_and_over_last_nights_shift():
    rules = {"weekly": {"thu": [["22:00", "06:00"]]}, "holidays": ["2026-12-25"], "tz": "UTC"}
    opened = Calendar.from_dict(rules | {"special": {"2026-12-25": [["10:00", "12:00"]]}})
    friday = date(2026, 12, 25)

    assert Calendar.from_dict(rules).opening_times(friday) == []
    assert opened.opening_times(friday) == [
        (datetime(2026, 12, 25, 10, tzinfo=UTC), datetime(2026, 12, 25, 12, tzinfo=UTC))
    ]


def test_a_special_night_ends_on_the_next_day_unless_that_is_a_holiday():
    rules = {"weekly": {"mon": [["09:00", "17:00"]]}, "tz": "UTC", "special": {"2026-12-24": [["20:00", "02:00"]]}}
    start = datetime(2026, 12, 24, 12, tzinfo=UTC)

    assert Calendar.from_dict(rules).due(start, 6 * 3600) == datetime(2026, 12, 25, 2, tzinfo=UTC)
    assert Calendar.from_dict(rules | {"holidays": ["2026-12-25"]}).due(start, 6 * 3600) == datetime(
        2026, 12, 28, 11, tzinfo=UTC
    )


def test_microseconds_are_kept_where_the_clock_runs_and_lost_where_it_waits():
    hours, half = office(tz="UTC"), timedelta(microseconds=500_000)
    nine, five = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 17, tzinfo=UTC)

    assert hours.due(nine + half, 3600) == nine + half + timedelta(hours=1)
    assert hours.due(five - half, 1) == nine + timedelta(1) + half
    assert hours.due(nine - half, 3600) == nine + timedelta(hours=1)
    assert hours.next_open(nine + half) == nine + half
    assert hours.elapsed(nine + half, nine + timedelta(seconds=2)) == 1
    assert hours.due_with_pauses(nine + half, 60, [(five, five + timedelta(hours=9))])[0] == nine + half + timedelta(
        minutes=1
    )


def test_microseconds_are_kept_among_many():
    hours, half = office(tz="UTC"), timedelta(microseconds=500_000)
    nine, five = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 17, tzinfo=UTC)

    assert hours.due_many([nine + half, five - timedelta(1) + half], 8 * 3600) == [nine + timedelta(1) + half, five]


def test_hours_that_the_clocks_skip_move_onto_those_that_follow_and_count_once():
    night = {"sun": [["02:10", "02:30"], ["03:00", "04:00"]]}  # Sunday 29 March 2026 has no 02:10
    hours, midnight = office(weekly=night), datetime(2026, 3, 29, tzinfo=UTC)

    assert hours.opening_times(date(2026, 3, 29)) == [(midnight + timedelta(hours=1), midnight + timedelta(hours=2))]
    assert hours.elapsed(midnight, midnight + timedelta(days=1)) == 3600
    assert hours.is_open(midnight + timedelta(hours=1, minutes=5))


def test_a_gap_over_midnight_moves_an_evening_onto_the_next_morning():
    rules = {"weekly": {"sun": [["23:30", "23:45"]], "mon": [["00:30", "02:00"]]}, "tz": "America/Toronto"}
    hours = Calendar.from_dict(rules)  # on Sunday 30 March 1919 at 23:30 it became 00:30
    sunday = datetime(1919, 3, 30, 12, tzinfo=UTC)

    assert hours.elapsed(sunday, sunday + timedelta(days=1)) == 90 * 60
    assert hours.next_open(sunday) == datetime(1919, 3, 31, 4, 30, tzinfo=UTC)


def test_a_date_that_a_zone_skipped_has_no_hours():
    hours = Calendar.from_dict({"tz": "Pacific/Apia", "weekly": {"fri": [["09:00", "17:00"]]}})
    thursday = datetime(2011, 12, 29, tzinfo=UTC)

    assert hours.opening_times(date(2011, 12, 30)) == []
    assert not hours.is_business_day(date(2011, 12, 30))
    assert hours.elapsed(thursday, thursday + timedelta(days=5)) == 0


def test_what_is_zero_is_due_at_the_next_open_time_that_is_not_paused():
    hours, nine = office(tz="UTC"), datetime(2026, 3, 2, 9, tzinfo=UTC)
    hour = timedelta(hours=1)

    assert hours.due_with_pauses(nine - hour, 0, []) == (nine, None)
    assert hours.due_with_pauses(nine, 0, [(nine - hour, nine + hour)]) == (nine + hour, None)
    assert hours.due_with_pauses(nine, 0, [(nine - hour, None)]) == (None, 0)
    assert hours.due_with_pauses(nine, 0, [(nine + hour, None)]) == (nine, None)


def test_a_clock_stopped_from_the_start_keeps_all_its_time():
    nine = datetime(2026, 3, 2, 9, tzinfo=UTC)

    assert office(tz="UTC").due_with_pauses(nine, 3600, [(nine - timedelta(1), None)]) == (None, 3600)


def test_due_just_as_a_pause_begins_is_due():
    hours, nine = office(tz="UTC"), datetime(2026, 3, 2, 9, tzinfo=UTC)

    assert hours.due_with_pauses(nine, 3600, [(nine + timedelta(hours=1), None)]) == (nine + timedelta(hours=1), None)


def test_business_days_are_counted_forward_and_back_over_holidays():
    hours = office(holidays=["2026-04-03", "2026-04-06"])
    thursday, good_friday = date(2026, 4, 2), date(2026, 4, 3)

    assert hours.business_day(thursday, 0) == thursday
    assert hours.business_day(good_friday, 0) == date(2026, 4, 7)
    assert hours.business_day(thursday, 1) == date(2026, 4, 7)
    assert hours.business_day(good_friday, -1) == thursday
    assert hours.business_day(date(2026, 4, 7), -2) == date(2026, 4, 1)


def test_the_time_before_something_is_due():
    hours, monday = office(tz="UTC"), datetime(2026, 3, 2, 10, tzinfo=UTC)
    friday = datetime(2026, 2, 27, 16, tzinfo=UTC)

    assert hours.before(monday, 2 * 3600) == friday
    assert hours.before(monday, 3600) == monday - timedelta(hours=1)  # nine, not Friday's closing
    assert hours.before(monday, 0) == monday


def test_many_threads_may_ask_one_calendar_for_different_years():
    hours, wrong = office(), []
    plain = {year: office().due(datetime(year, 3, 1, tzinfo=UTC), 400_000) for year in range(2000, 2060)}

    def ask(years):
        for year in years:
            if hours.due(datetime(year, 3, 1, tzinfo=UTC), 400_000) != plain[year]:
                wrong.append(year)

    threads = [threading.Thread(target=ask, args=(list(plain)[start::4] * 5,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []

"""What a calendar says is changed by its next version; versions never change."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from calendars import holidays, queries
from calendars.actions import calendars, versions
from calendars.actions.refusals import CalendarRefused
from calendars.models import Calendar, Day, Opening, Version
from calendars.plans import OwnDay, Shift
from calendars.tasks import learn_holidays
from tests.factories.calendars import NINE_TO_FIVE, WEEK, calendar, rules

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NIGHT = Shift(22 * 60, 30 * 60)


def refused(reason, act, *arguments, **options):
    with pytest.raises(CalendarRefused) as refusal:
        act(*arguments, **options)
    assert refusal.value.code == reason
    return refusal.value


def test_a_change_makes_the_next_version_and_the_old_one_stays(manager):
    one = calendar(at=NOW)
    first = queries.ready(one.pk)
    start = datetime(2026, 11, 23, 15, tzinfo=UTC)

    made = versions.set_week(one, [(Shift(8 * 60, 16 * 60),)] * 5 + [()] * 2, zone="Europe/Berlin", by=manager, at=NOW)
    second = queries.ready(one.pk)

    assert (made.number, made.by, made.made_at) == (2, manager, NOW)
    assert (first.number, second.number, second.version_id) == (1, 2, made.pk)
    assert first.hours.due(start, 3 * 3600) == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert queries.hours_of(first.version_id).due(start, 3 * 3600) == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert second.hours.due(start, 3 * 3600) == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert second.hours.due(start, 0) == datetime(2026, 11, 24, 7, tzinfo=UTC)


def test_a_change_that_changes_nothing_makes_no_version():
    one = calendar()

    assert versions.set_week(one, WEEK, zone="UTC").number == 1
    assert versions.choose_holidays(one, "").number == 1


def test_hours_over_midnight_and_round_the_clock():
    one = calendar(week=[(NIGHT,)] * 5 + [()] + [(Shift(0, 1440),)])

    weekly = rules(one)["weekly"]

    assert weekly["mon"] == [["22:00", "06:00"]]
    assert weekly["sun"] == [["00:00", "24:00"]]


@pytest.mark.parametrize(
    ("week", "days"),
    [
        ([(Shift(540, 780), Shift(720, 1020))] + [()] * 6, "Monday"),
        ([(NIGHT,), (Shift(300, 600),)] + [()] * 5, "Monday"),
        ([(Shift(300, 600),)] + [()] * 5 + [(NIGHT,)], "Sunday"),
    ],
)
def test_hours_that_overlap_are_refused(week, days):
    one = calendar()

    assert days in str(refused("hours_overlap", versions.set_week, one, week, zone="UTC"))
    assert queries.current(one).number == 1


def test_who_saw_an_older_version_does_not_write_over_a_newer_one():
    one = calendar()
    versions.choose_holidays(one, "DE")

    refused("changed_meanwhile", versions.set_week, one, WEEK, zone="Asia/Seoul", expected=1)
    assert versions.set_week(one, WEEK, zone="Asia/Seoul", expected=2).number == 3


def test_a_retired_calendar_is_not_changed():
    calendar()
    other = calendars.retire(calendar("Other"))

    refused("retired", versions.choose_holidays, other, "DE")


def test_public_holidays_of_a_region_are_known_for_years():
    one = calendar(at=NOW)

    version = versions.choose_holidays(one, "DE", subdivision="BY", at=NOW)

    assert (version.first_year, version.last_year) == (2016, 2031)
    closed = rules(one)["holidays"]
    assert {"2016-01-06", "2026-01-06", "2031-12-25"} <= set(closed)
    assert "2026-01-06" not in [str(day) for day in holidays.between("DE", "BE", [2026])]
    hours = queries.ready(one.pk).hours
    assert hours.due(datetime(2026, 12, 24, 16, tzinfo=UTC), 7200) == datetime(2026, 12, 28, 10, tzinfo=UTC)


def test_holidays_of_a_place_that_has_none_are_refused():
    one = calendar()

    refused("holidays_unknown", versions.choose_holidays, one, "DE", subdivision="TX")
    refused("holidays_unknown", versions.choose_holidays, one, "ZZ")


def test_days_of_its_own_are_closed_or_have_hours():
    one = calendar(at=NOW)

    versions.add_days(one, date(2026, 12, 28), last=date(2026, 12, 30), name="Stocktaking", at=NOW)
    versions.add_days(one, date(2026, 12, 24), name="Christmas Eve", shifts=(Shift(540, 720),), yearly=True, at=NOW)

    said = rules(one)
    assert said["holidays"] == ["2026-12-28", "2026-12-29", "2026-12-30"]
    assert said["special"] == {f"{year}-12-24": [["09:00", "12:00"]] for year in range(2026, 2032)}


def test_what_people_chose_wins_over_public_holidays_and_one_date_over_every_year():
    one = calendar(
        country="DE",
        own=[
            OwnDay(date(2026, 12, 25), "Open this time", (NINE_TO_FIVE,)),
            OwnDay(date(2020, 12, 26), "Open each year", (NINE_TO_FIVE,), yearly=True),
            OwnDay(date(2026, 12, 26), "But not now"),
        ],
        at=NOW,
    )

    said = rules(one)

    assert [day for day in said["holidays"] if day.startswith("2026-12")] == ["2026-12-26"]
    assert {"2026-12-25", "2025-12-26", "2027-12-26"} <= said["special"].keys()
    assert "2026-12-26" not in said["special"]
    assert "2027-12-26" not in said["holidays"]


def test_the_last_of_february_comes_every_fourth_year():
    one = calendar(own=[OwnDay(date(2024, 2, 29), "Leap day", yearly=True)], at=NOW)

    assert rules(one)["holidays"] == ["2024-02-29", "2028-02-29"]


def test_days_that_make_no_sense_are_refused():
    one = calendar(at=NOW)
    day = date(2026, 12, 24)
    versions.add_days(one, day, at=NOW)

    refused("date_taken", versions.add_days, one, date(2026, 12, 23), last=date(2026, 12, 25), at=NOW)
    refused("dates_too_many", versions.add_days, one, day, last=date(2026, 12, 23), at=NOW)
    refused("dates_too_many", versions.add_days, one, day, last=day + timedelta(62), at=NOW)
    refused("hours_overlap", versions.add_days, one, date(2027, 1, 2), shifts=(NINE_TO_FIVE, Shift(600, 660)), at=NOW)
    refused("date_out_of_reach", versions.add_days, one, date(1900, 1, 1), at=NOW)
    refused("date_free", versions.remove_day, one, date(2026, 12, 23), at=NOW)


def test_a_removed_day_is_like_its_weekday_or_the_holiday_it_is():
    one = calendar(country="DE", at=NOW)
    christmas = date(2026, 12, 25)
    versions.add_days(one, christmas, shifts=(NINE_TO_FIVE,), at=NOW)
    assert not Day.objects.filter(version=queries.current(fresh(one)), date=christmas, kind="holiday").exists()

    versions.remove_day(one, christmas, at=NOW)

    assert str(christmas) in rules(one)["holidays"]
    assert rules(one)["special"] == {}


def test_a_calendar_that_would_never_open_again_is_refused():
    one = calendar(week=((),) * 7, own=[OwnDay(date(2026, 12, 1), "Fair", (NINE_TO_FIVE,))], at=NOW)

    refused("never_opens", versions.remove_day, one, date(2026, 12, 1), at=NOW)


def test_holidays_of_coming_years_are_learned_in_time():
    one = calendar(country="DE", at=NOW)

    assert versions.renew(one, at=NOW + timedelta(days=365)).number == 1
    renewed = versions.renew(one, at=NOW + timedelta(days=3 * 365))

    assert (renewed.number, renewed.last_year, renewed.by) == (2, 2034, None)
    assert "2034-12-25" in rules(one)["holidays"]
    assert learn_holidays() == 1


def test_a_holiday_that_a_government_moved_is_learned(monkeypatch):
    one = calendar(country="DE", at=NOW)
    plain = holidays.between
    monkeypatch.setattr(
        holidays, "between", lambda *place: plain(*place) | {date(2027, 6, 1): "Football"} if place[0] else {}
    )

    assert versions.renew(one, at=NOW).number == 2
    assert "2027-06-01" in rules(one)["holidays"]
    assert versions.renew(one, at=NOW).number == 2


def test_days_of_its_own_on_holidays_are_no_reason_to_learn_again():
    one = calendar(country="DE", own=[OwnDay(date(2026, 12, 25), "Open", (NINE_TO_FIVE,))], at=NOW)

    assert versions.renew(one, at=NOW).number == 1


def test_a_calendar_is_read_once_and_asked_with_one_query(django_assert_num_queries):
    one, two = calendar("One", at=NOW), calendar("Two", country="DE", at=NOW)
    queries.forget()

    queries.ready_all([one.pk, two.pk])
    with django_assert_num_queries(1):
        ready = queries.ready_all([one.pk, two.pk])
    with django_assert_num_queries(1):
        assert queries.ready(one.pk) == ready[one.pk]
    with django_assert_num_queries(0):
        assert queries.hours_of(ready[two.pk].version_id) is ready[two.pk].hours


def test_a_calendar_that_is_not_there_is_not_found():
    for ask in (queries.main, lambda: queries.ready(7)):
        with pytest.raises(Calendar.DoesNotExist):
            ask()


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_are_two_versions():
    one, start = calendar(at=NOW), Barrier(2)

    def close(day):
        try:
            start.wait()
            versions.add_days(one, day, at=NOW)
        finally:
            connection.close()

    threads = [Thread(target=close, args=(date(2026, 12, day),)) for day in (28, 29)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert rules(one)["holidays"] == ["2026-12-28", "2026-12-29"]
    assert fresh(one).version == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE calendars_version SET zone = 'UTC'",
        "DELETE FROM calendars_version",
        "UPDATE calendars_day SET name = ''",
        "DELETE FROM calendars_day",
        "UPDATE calendars_opening SET opens = 0",
        "DELETE FROM calendars_opening",
    ],
)
def test_versions_never_change(statement):
    calendar(own=[OwnDay(date(2026, 12, 1), "Fair", (NINE_TO_FIVE,))], at=NOW)

    with pytest.raises(DatabaseError, match="a change makes a new version"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"weekday": 0, "opens": 600, "closes": 660}, "hours_of_a_week_do_not_overlap"),
        ({"weekday": 6, "opens": 600, "closes": 600}, "opening_lasts_a_day_at_most"),
        ({"weekday": 6, "opens": 1440, "closes": 1500}, "opening_lasts_a_day_at_most"),
        ({"weekday": 6, "opens": 60, "closes": 1501}, "opening_lasts_a_day_at_most"),
        ({"weekday": 7, "opens": 60, "closes": 120}, "opening_is_of_a_weekday_or_a_date"),
        ({"opens": 60, "closes": 120}, "opening_is_of_a_weekday_or_a_date"),
    ],
)
def test_the_database_refuses_hours_that_cannot_be(wrong, constraint):
    one = calendar()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Opening.objects.create(version=queries.current(one), **wrong)


def test_the_database_refuses_two_hours_at_once_on_a_date():
    one = calendar(own=[OwnDay(date(2026, 12, 1), "Fair", (NINE_TO_FIVE,))], at=NOW)
    version = queries.current(one)

    with pytest.raises(IntegrityError, match="hours_of_a_date_do_not_overlap"), transaction.atomic():
        Opening.objects.create(version=version, day=version.days.get(), opens=600, closes=660)


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 1},
        {"country": "", "subdivision": "BY"},
        {"first_year": 2027, "last_year": 2026},
        {"zone": ""},
    ],
)
def test_the_database_refuses_versions_that_cannot_be(wrong):
    one = calendar()
    right = {"calendar": one, "number": 2, "zone": "UTC", "first_year": 2026, "last_year": 2026}

    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(**right | wrong)


@pytest.mark.parametrize("wrong", [{"kind": "odd"}, {"kind": "holiday", "yearly": True}, {"date": date(2026, 12, 1)}])
def test_the_database_refuses_days_that_cannot_be(wrong):
    one = calendar(own=[OwnDay(date(2026, 12, 1), "Fair")], at=NOW)
    right = {"version": queries.current(one), "date": date(2026, 12, 2), "kind": "off", "name": ""}

    with pytest.raises(IntegrityError), transaction.atomic():
        Day.objects.create(**right | wrong)


def fresh(one):
    return Calendar.objects.get(pk=one.pk)

"""Calendars are made, named, retired; one of them is the main one."""

from threading import Thread

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from calendars import queries
from calendars.actions import calendars
from calendars.actions.refusals import CalendarRefused
from calendars.models import Calendar
from tests.factories.calendars import WEEK, calendar, rules

pytestmark = pytest.mark.django_db


def refused(reason, act, *arguments, **options):
    with pytest.raises(CalendarRefused) as refusal:
        act(*arguments, **options)
    assert refusal.value.code == reason


def test_the_first_calendar_is_the_main_one():
    first, second = calendar("Office"), calendar("Support desk")

    assert (first.main, second.main) == (True, False)
    assert (first.code, second.code, second.version) == ("office", "support-desk", 1)
    assert queries.main().calendar_id == first.pk


def test_a_new_calendar_is_open_in_office_hours_of_the_business(settings):
    settings.BUSINESS_ZONE = "Asia/Bangkok"

    said = rules(calendars.create("Bangkok"))

    assert said["tz"] == "Asia/Bangkok"
    assert said["weekly"] == {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def test_a_calendar_needs_a_name_and_a_code_of_its_own():
    calendar("Office", code="desk")

    refused("name_missing", calendars.create, "  ")
    refused("code_taken", calendars.create, "Desk", code="desk")
    for code in ("Desk", "a b", "-a", "a" * 41):
        refused("code_invalid", calendars.create, "Desk", code=code)


def test_codes_come_from_names_and_are_told_apart():
    codes = [calendar(name).code for name in ("Öffnung", "Öffnung", "고객 지원", "고객 지원", "Shop_floor 2")]

    assert codes == ["offnung", "offnung-2", "calendar", "calendar-2", "shop-floor-2"]


def test_what_makes_no_sense_is_refused_and_leaves_nothing():
    refused("zone_unknown", calendars.create, "Moon", zone="Moon/Tycho")
    refused("holidays_unknown", calendars.create, "Moon", country="XX")
    refused("holidays_unknown", calendars.create, "Moon", country="DE", subdivision="XX")
    refused("holidays_unknown", calendars.create, "Moon", subdivision="BY")
    refused("never_opens", calendars.create, "Moon", week=((),) * 7)

    assert not Calendar.objects.exists()


def test_another_calendar_becomes_the_main_one():
    first, second = calendar("One"), calendar("Two")

    assert calendars.make_main(second).main
    first.refresh_from_db()
    assert not first.main
    assert calendars.make_main(second).main


def test_a_retired_calendar_is_not_offered_and_still_answers():
    first, second = calendar("One"), calendar("Two")

    refused("main_stays", calendars.retire, first)
    gone = calendars.retire(second)
    assert gone.retired_at
    assert calendars.retire(second).retired_at == gone.retired_at
    refused("retired", calendars.make_main, second)

    assert list(queries.calendars()) == [first]
    assert list(queries.calendars(retired=True)) == [first, second]
    assert queries.ready(second.pk).number == 1
    assert calendars.restore(second).retired_at is None


def test_a_calendar_gets_another_name():
    one = calendar("One")

    assert calendars.rename(one, " Two ").name == "Two"
    refused("name_missing", calendars.rename, one, "")


def test_the_feed_gets_another_address():
    one = calendar()

    assert calendars.move_feed(one).feed == one.feed + 1


def test_the_main_calendar_is_made_where_there_is_none(settings):
    settings.BUSINESS_COUNTRY = "DE"

    made = calendars.main()

    assert made.main
    assert calendars.main() == made
    assert f"{made.made_at.year}-12-25" in rules(made)["holidays"]


@pytest.mark.django_db(transaction=True)
def test_two_first_calendars_at_once_make_one_main_one():
    def make(name):
        try:
            calendar(name)
        finally:
            connection.close()

    threads = [Thread(target=make, args=(name,)) for name in ("One", "Two", "Three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Calendar.objects.count() == 3
    assert Calendar.objects.filter(main=True).count() == 1


@pytest.mark.parametrize(
    "broken", [{"main": True, "retired_at": "2026-01-01T00:00:00Z"}, {"name": ""}, {"code": ""}, {"code": "one"}]
)
def test_the_database_refuses_what_no_calendar_can_be(broken):
    calendar("One", code="one")

    Calendar.objects.filter(main=True).update(main=False)

    with pytest.raises(IntegrityError), transaction.atomic():
        Calendar.objects.create(**{"name": "Two", "code": "two"} | broken)


def test_calendars_are_never_deleted():
    one = calendar(week=WEEK)

    with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM calendars_calendar WHERE id = %s", [one.pk])

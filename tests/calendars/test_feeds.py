"""The iCalendar feed, read by two parsers."""

from datetime import UTC, date, datetime

import icalendar
import pytest
import vobject
from django.test import Client
from django.urls import reverse

from calendars import feeds
from calendars.actions import calendars, versions
from calendars.plans import OwnDay, Shift
from tests.factories.calendars import NINE_TO_FIVE, calendar

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def address(one, **query):
    return reverse("calendar_feed", args=[feeds.address_of(one)])


def fetch(one, **options):
    return Client().get(address(one), **options)


@pytest.fixture
def desk():
    return calendar(
        "고객 지원, Desk; 1",
        zone="Europe/Berlin",
        country="DE",
        own=[
            OwnDay(
                date(2026, 12, 24),
                "Heiligabend; nur vormittags, danach Weihnachtsfeier mit allen, die da sind",
                (Shift(540, 720),),
            ),
            OwnDay(date(2026, 12, 28), "Inventur"),
        ],
        at=NOW,
    )


def events(answer):
    return {str(event["UID"]): event for event in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")}


def test_the_feed_tells_days_that_are_different(desk):
    answer = fetch(desk)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    found = events(answer)
    half, off, holiday = (found[f"day-{day}-{desk.pk}@mainstay"] for day in ("20261224", "20261228", "20261225"))
    assert half["SUMMARY"].startswith("Open 09:00-12:00: Heiligabend; nur vormittags, danach")
    assert off["SUMMARY"] == "Closed: Inventur"
    assert holiday["SUMMARY"] == "Closed: Christmas Day"
    assert (off.decoded("DTSTART"), off.decoded("DTEND")) == (date(2026, 12, 28), date(2026, 12, 29))
    assert icalendar.Calendar.from_ical(answer.content)["X-WR-CALNAME"] == "고객 지원, Desk; 1"


def test_every_line_is_short_and_ends_as_the_standard_says(desk):
    lines = fetch(desk).content.split(b"\r\n")

    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line for line in lines)
    assert lines[0] == b"BEGIN:VCALENDAR"


def test_a_second_parser_reads_the_same(desk):
    answer = Client().get(address(desk), {"hours": "1"})
    read = vobject.readOne(answer.content.decode())

    read.validate()
    assert {event.uid.value for event in read.vevent_list} == set(events(answer))


def test_with_hours_it_tells_the_week_without_the_days_that_are_different(desk):
    answer = Client().get(address(desk), {"hours": "1"})
    thursday = events(answer)[f"hours-3-540-{desk.pk}@mainstay"]

    assert thursday.decoded("RRULE") == {"FREQ": ["WEEKLY"]}
    assert thursday.decoded("DTSTART").isoformat() == "2016-01-07T09:00:00+01:00"
    excluded = [at.dt.isoformat() for entry in thursday["EXDATE"] for at in entry.dts]
    assert "2026-12-24T09:00:00+01:00" in excluded
    assert b"BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin" in answer.content


def test_a_shift_over_midnight_ends_on_the_next_day():
    one = calendar(week=((Shift(22 * 60, 30 * 60),), *((),) * 6), at=NOW)

    [night] = events(Client().get(address(one), {"hours": "1"})).values()

    assert night.decoded("DTEND") - night.decoded("DTSTART") == NOW - NOW.replace(hour=4)


def test_a_change_has_a_higher_sequence(desk):
    versions.remove_day(desk, date(2026, 12, 28))

    assert {event["SEQUENCE"] for event in events(fetch(desk)).values()} == {2}


def test_who_has_it_already_is_told_so(desk):
    tag = fetch(desk)["ETag"]

    again = fetch(desk, headers={"If-None-Match": tag})
    versions.add_days(desk, date(2026, 12, 29))

    assert (again.status_code, again.content) == (304, b"")
    assert fetch(desk, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("forged", ["1-1:x", "x", "1-1", "%00"])
def test_an_address_that_was_never_given_out_finds_nothing(desk, forged):
    assert Client().get(f"/feeds/calendars/{forged}.ics").status_code == 404


def test_an_old_address_finds_nothing(desk):
    old = address(desk)
    moved = calendars.move_feed(desk)

    assert Client().get(old).status_code == 404
    assert fetch(moved).status_code == 200
    assert Client().post(address(moved)).status_code == 405


def test_a_retired_calendar_has_no_feed(desk):
    other = calendars.retire(calendar("Other", week=((NINE_TO_FIVE,),) * 7))

    assert fetch(other).status_code == 404

"""Calendars over the API."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from calendars.actions import calendars
from calendars.plans import OwnDay, Shift
from integrations.scopes import Scope
from integrations.throttling import Rate
from tests.factories.calendars import NINE_TO_FIVE, calendar
from tests.factories.integrations import Caller, codes

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
HERE = "/api/v1/calendars/"


@pytest.fixture
def caller():
    Rate._shares.clear()
    with time_machine.travel(MONDAY, tick=False):
        yield Caller(Scope.CALENDARS_READ)


def test_calendars_are_listed(caller):
    calendar("Office")
    calendars.retire(calendar("Old"))
    calendar("Desk")

    body = caller.get(HERE).json()

    assert [(row["code"], row["main"], row["version"]) for row in body["results"]] == [
        ("office", True, 1),
        ("desk", False, 1),
    ]
    assert caller.get(f"{HERE}?limit=1").json()["next"]


def test_a_calendar_says_what_it_says(caller):
    calendar(country="DE", own=[OwnDay(date(2026, 12, 24), "Eve", (Shift(540, 720),))])

    body = caller.get(f"{HERE}office/").json()

    assert body["weekly"]["mon"] == [["09:00", "17:00"]]
    assert body["special"] == {"2026-12-24": [["09:00", "12:00"]]}
    assert "2026-12-25" in body["holidays"]
    assert (body["tz"], body["known_from"], body["known_through"]) == ("UTC", 2016, 2031)


@pytest.mark.parametrize(
    ("ask", "due", "seconds"),
    [
        ("amount=8", "2026-11-24T10:00:00Z", 28800),
        ("amount=90&unit=minutes&start=2026-11-23T16:30:00Z", "2026-11-24T10:00:00Z", 5400),
        ("amount=1&unit=hours&start=2026-11-28T00:00:00%2B07:00", "2026-11-30T10:00:00Z", 3600),
        ("amount=3&unit=business_days", "2026-11-26T17:00:00Z", 7 * 3600 + 3 * 8 * 3600),
        ("amount=1&unit=calendar_days", "2026-11-25T00:00:00Z", 15 * 3600),
    ],
)
def test_when_something_is_due(caller, ask, due, seconds):
    calendar()

    body = caller.get(f"{HERE}office/due/?{ask}").json()

    assert (body["due"], body["open_seconds"], body["version"]) == (due, seconds, 1)


def test_whether_it_is_open(caller):
    calendar()
    night = "2026-11-23T20:00:00Z"

    assert caller.get(f"{HERE}office/open/").json() == {
        "at": "2026-11-23T10:00:00Z",
        "open": True,
        "next_open": "2026-11-23T10:00:00Z",
    }
    assert caller.get(f"{HERE}office/open/?at={night}").json() == {
        "at": night,
        "open": False,
        "next_open": "2026-11-24T09:00:00Z",
    }


def test_what_never_opens_again_has_no_next_opening(caller):
    calendar(week=((),) * 7, own=[OwnDay(date(2026, 11, 2), "Fair", (NINE_TO_FIVE,))])

    assert caller.get(f"{HERE}office/open/").json()["next_open"] is None
    assert codes(caller.get(f"{HERE}office/due/?amount=1")) == ["never_opens"]


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        ("", "required"),
        ("amount=x", "invalid"),
        ("amount=-1", "min_value"),
        ("amount=0&unit=business_days", "amount_out_of_reach"),
        ("amount=9000000&unit=hours", "amount_out_of_reach"),
        ("amount=1&unit=years", "invalid_choice"),
        ("amount=1&start=soon", "invalid"),
        ("amount=1&start=1066-10-14T09:00:00Z", "start_out_of_reach"),
    ],
)
def test_questions_that_make_no_sense_are_refused(caller, ask, code):
    calendar()

    answer = caller.get(f"{HERE}office/due/?{ask}")

    assert (answer.status_code, codes(answer)) == (400, [code])


def test_an_instant_out_of_reach_is_refused(caller):
    calendar()

    assert codes(caller.get(f"{HERE}office/open/?at=1066-10-14T09:00:00Z")) == ["start_out_of_reach"]


def test_a_calendar_that_is_not_there_or_retired_is_not_found(caller):
    calendar()
    calendars.retire(calendar("Old"))

    for path in ("nobody/", "old/", "old/due/?amount=1", "nobody/open/"):
        assert caller.get(HERE + path).status_code == 404


@pytest.mark.parametrize("path", ["", "office/", "office/due/?amount=1", "office/open/"])
def test_without_its_scope_a_call_is_refused(path):
    calendar()

    answer = Caller(Scope.POINTS_READ).get(HERE + path)

    assert (answer.status_code, codes(answer)) == (403, ["permission_denied"])


def test_a_due_date_takes_as_many_queries_the_second_time(caller, django_assert_max_num_queries):
    calendar(country="DE")
    caller.get(f"{HERE}office/due/?amount=1")

    with django_assert_max_num_queries(6) as seen:
        caller.get(f"{HERE}office/due/?amount=1")
    assert len([query for query in seen if "calendars_" in query["sql"]]) == 1

"""Calendars in the back office: seen by support, edited by managers."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from calendars import queries
from calendars.actions import calendars, versions
from calendars.models import Calendar
from calendars.plans import OwnDay, Shift
from tests.factories.calendars import NINE_TO_FIVE, calendar, rules

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(MONDAY, tick=False):
        yield


def page(client, name, *arguments, **query):
    return client.get(reverse(f"admin:{name}", args=arguments), query)


def send(client, name, /, *arguments, **fields):
    return client.post(reverse(f"admin:{name}", args=arguments), fields)


def text(response):
    return " ".join(response.content.decode().split())


def test_without_calendars_managers_are_invited_to_make_one(manager_client, agent_client):
    assert reverse("admin:calendar_new") in text(page(manager_client, "calendars"))
    assert reverse("admin:calendar_new") not in text(page(agent_client, "calendars"))


def test_the_list_says_what_is_open_now(agent_client):
    calendar("Office", country="DE")
    calendar("Nights", week=((Shift(22 * 60, 30 * 60),),) * 7)

    shown = text(page(agent_client, "calendars"))

    for words in ("Office", "Mon-Fri: 09:00-17:00", "Germany", "until 17:00", "Mon-Sun: 22:00-06:00", "opens Mon, 23"):
        assert words in shown


def test_retired_calendars_are_shown_when_asked(agent_client):
    calendar("Office")
    calendars.retire(calendar("Old shop"))

    assert "Old shop" not in text(page(agent_client, "calendars"))
    assert "Old shop" in text(page(agent_client, "calendars", retired=""))


def test_the_list_takes_as_many_queries_for_three_calendars_as_for_one(agent_client, django_assert_max_num_queries):
    def taken():
        with django_assert_max_num_queries(60) as seen:
            page(agent_client, "calendars")
        return len(seen)

    calendar("One", country="DE", own=[OwnDay(date(2026, 12, 1), "Fair", (NINE_TO_FIVE,))])
    one = taken()
    for name in ("Two", "Three"):
        calendar(name, country="KR", own=[OwnDay(date(2026, 12, 1), "Fair", (NINE_TO_FIVE,))])

    assert taken() == one


def test_a_calendar_shows_its_week_and_what_comes(agent_client):
    one = calendar(country="DE", own=[OwnDay(date(2026, 12, 24), "Christmas Eve", (Shift(540, 720),), yearly=True)])

    answer = page(agent_client, "calendar", one.pk)

    shown = text(answer)
    for words in ("Christmas Eve", "09:00-12:00", "Christmas Day", "Germany", "/feeds/calendars/"):
        assert words in shown
    assert [day for day, _ in answer.context["days"]][:2] == [date(2026, 12, 24), date(2026, 12, 25)]
    assert reverse("admin:calendar_week", args=[one.pk]) not in shown


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        ({"amount": 8, "unit": "hours"}, "Tue, 24 Nov 2026 10:00"),
        ({"amount": 0, "unit": "minutes"}, "Mon, 23 Nov 2026 10:00"),
        ({"amount": 3, "unit": "business_days"}, "Thu, 26 Nov 2026 17:00"),
        ({"amount": 56, "unit": "calendar_days"}, "Tue, 19 Jan 2027 00:00"),
        ({"amount": 1, "unit": "hours", "start": "2026-11-28T12:00"}, "Mon, 30 Nov 2026 10:00"),
    ],
)
def test_when_a_case_would_be_due_is_told_at_once(agent_client, ask, expected):
    one = calendar()

    shown = text(page(agent_client, "calendar_due", one.pk, **ask))

    assert expected in shown
    assert "<html" not in shown


def test_when_a_case_would_be_due_is_told_on_the_clock_of_the_calendar(agent_client):
    one = calendar(zone="Asia/Bangkok")

    shown = text(page(agent_client, "calendar_due", one.pk, amount=1, unit="hours", start="2026-11-24T09:30"))

    assert "Tue, 24 Nov 2026 10:30" in shown
    assert "Tue 03:30 on your clock (UTC)" in shown


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        ({"amount": "", "unit": "hours"}, "required"),
        ({"amount": -1, "unit": "hours"}, "from 0 to"),
        ({"amount": 0, "unit": "business_days"}, "from 1 to"),
        ({"amount": 10**9, "unit": "hours"}, "from 0 to"),
        ({"amount": 1, "unit": "years"}, "not one of the available choices"),
        ({"amount": 1, "unit": "hours", "start": "1066-10-14T09:00"}, "in the years"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(agent_client, ask, words):
    assert words in text(page(agent_client, "calendar_due", calendar().pk, **ask))


def test_a_target_beyond_the_last_opening_is_refused(agent_client):
    fair = calendar(week=((),) * 7, own=[OwnDay(date(2026, 12, 1), "Fair", (NINE_TO_FIVE,))])

    assert "does not open" in text(page(agent_client, "calendar_due", fair.pk, amount=9, unit="hours"))
    assert "opens Tue, 1 Dec 09:00" in text(page(agent_client, "calendars"))


def test_a_new_calendar_is_made_and_its_hours_are_asked_for(manager_client, manager):
    answer = send(manager_client, "calendar_new", name="Desk", zone="Asia/Seoul", country="KR")

    made = Calendar.objects.get()
    assert answer["Location"] == reverse("admin:calendar_week", args=[made.pk])
    version = queries.current(made)
    assert (made.name, version.zone, version.country, version.by) == ("Desk", "Asia/Seoul", "KR", manager)


def test_a_refused_new_calendar_says_why(manager_client):
    assert "This field is required" in text(send(manager_client, "calendar_new", name=" ", zone="UTC"))
    assert not Calendar.objects.exists()


def week(one, **changes):
    return {
        "zone": "UTC",
        "version": one.version,
        "opens-0": ["9", "13:00"],
        "closes-0": ["1200", "24:00"],
    } | changes


def test_the_week_is_edited_as_a_grid(manager_client, manager):
    one = calendar()

    answer = send(manager_client, "calendar_week", one.pk, **week(one, **{"opens-4": "22:00", "closes-4": "06:00"}))

    assert answer.status_code == 302
    assert rules(one)["weekly"] == {"mon": [["09:00", "12:00"], ["13:00", "24:00"]], "fri": [["22:00", "06:00"]]}
    assert queries.current(one).by == manager


def test_the_grid_shows_what_holds(manager_client):
    one = calendar(week=((Shift(540, 1440),), *((),) * 6))

    answer = page(manager_client, "calendar_week", one.pk)

    assert answer.context["form"].state()[0] == [{"opens": "09:00", "closes": "24:00"}]
    assert '[{"opens": "09:00", "closes": "24:00"}]' in text(answer)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"closes-0": ["14:00", "18:00"]}, "Hours overlap on: Monday"),
        ({"closes-0": ["12:00", ""]}, "needs both times"),
        ({"closes-0": ["12:00", "25:00"]}, "needs both times"),
        ({"opens-0": ["24:00"], "closes-0": ["12:00"]}, "needs both times"),
        ({"opens-0": [], "closes-0": []}, "never open"),
        ({"zone": "Moon/Tycho"}, "not one of the available choices"),
        ({"version": 7}, "changed this calendar meanwhile"),
    ],
)
def test_a_refused_week_says_why_and_keeps_what_was_written(manager_client, changes, words):
    one = calendar()

    answer = send(manager_client, "calendar_week", one.pk, **week(one, **changes))

    assert answer.status_code == 200
    assert words in text(answer)
    assert len(answer.context["form"].state()[0]) == len(week(one, **changes)["opens-0"])
    assert queries.current(one).number == 1


def test_public_holidays_are_chosen_with_a_preview(manager_client):
    one = calendar()
    region = {"country": "DE", "subdivision": "BY"}

    before = page(manager_client, "calendar_holidays", one.pk)
    preview = page(manager_client, "calendar_holidays_preview", one.pk, year=2027, **region)
    answer = send(manager_client, "calendar_holidays", one.pk, year=2027, **region)

    assert "open on public holidays" in text(before)
    assert (date(2027, 1, 6), "Epiphany") in preview.context["found"]
    assert "Wed, 6 Jan" in text(preview)
    assert "Bayern" in text(preview)
    assert answer.status_code == 302
    assert "2027-01-06" in rules(one)["holidays"]


def test_a_preview_drops_the_region_of_another_country(manager_client):
    preview = page(manager_client, "calendar_holidays_preview", calendar().pk, country="FR", subdivision="BY")

    assert (date(2026, 7, 14), "National Day") in preview.context["found"]


@pytest.mark.parametrize("year", ["soon", "1066", "9999"])
def test_there_is_no_preview_of_years_far_away(manager_client, year):
    assert page(manager_client, "calendar_holidays_preview", calendar().pk, country="FR", year=year).status_code == 404


def test_holidays_that_are_not_known_are_refused(manager_client):
    answer = send(manager_client, "calendar_holidays", calendar().pk, country="FR", subdivision="BY")

    assert "No public holidays are known" in text(answer)


def test_days_off_and_half_days_come_and_go(manager_client):
    one = calendar()

    send(manager_client, "calendar_days", one.pk, date="2026-12-28", until="2026-12-29", name="Stocktaking")
    half = {"date": "2026-12-24", "hours": "9-12, 13:00 \u2013 15:00", "yearly": "on"}
    send(manager_client, "calendar_days", one.pk, **half)

    said = rules(one)
    assert said["holidays"] == ["2026-12-28", "2026-12-29"]
    assert said["special"]["2031-12-24"] == [["09:00", "12:00"], ["13:00", "15:00"]]
    assert "Stocktaking" in text(page(manager_client, "calendar_days", one.pk))
    assert send(manager_client, "calendar_day_remove", one.pk, "2026-12-28").status_code == 302
    assert rules(one)["holidays"] == ["2026-12-29"]
    assert "no rule of its own" in text(
        manager_client.post(reverse("admin:calendar_day_remove", args=[one.pk, "2026-12-28"]), follow=True)
    )
    assert send(manager_client, "calendar_day_remove", one.pk, "soon").status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"date": "2026-12-24", "hours": "morning"}, "written as 09:00-17:30"),
        ({"date": "2026-12-24", "hours": "09:00-12:00, 11:00-13:00"}, "overlap"),
        ({"date": "2026-12-24", "until": "2026-12-23"}, "Not more than 62"),
        ({"date": ""}, "required"),
        ({"date": "2026-12-31"}, "has a rule of its own already"),
    ],
)
def test_a_refused_day_says_why(manager_client, fields, words):
    one = calendar(own=[OwnDay(date(2026, 12, 31), "Closed")])

    assert words in text(send(manager_client, "calendar_days", one.pk, **fields))


def test_versions_tell_what_changed(agent_client, manager):
    one = calendar(country="DE")
    versions.set_week(one, ((Shift(480, 960),),) * 4 + ((), (), ()), zone="Europe/Berlin", by=manager)
    versions.choose_holidays(one, "DE", subdivision="BY")
    versions.add_days(one, date(2026, 12, 24), name="Christmas Eve", yearly=True)
    versions.remove_day(one, date(2026, 12, 24))

    rows = page(agent_client, "calendar_versions", one.pk).context["rows"]

    assert [(version.number, told) for version, told in rows] == [
        (5, ["Removed: 24 Dec, every year, Christmas Eve, closed"]),
        (4, ["Added: 24 Dec, every year, Christmas Eve, closed"]),
        (3, ["Public holidays: Germany, Bayern"]),
        (2, ["Zone: Europe/Berlin", "Mon-Thu: 08:00-16:00", "Fri: closed"]),
        (1, ["Zone: UTC", "Mon-Fri: 09:00-17:00", "Public holidays: Germany"]),
    ]


def test_versions_are_shown_twenty_at_a_time(agent_client):
    one = calendar()
    for day in range(1, 23):
        versions.add_days(one, date(2026, 12, day))

    first = page(agent_client, "calendar_versions", one.pk)
    second = page(agent_client, "calendar_versions", one.pk, before=first.context["older"])

    assert [row[0].number for row in first.context["rows"]] == list(range(23, 3, -1))
    assert [row[0].number for row in second.context["rows"]] == [3, 2, 1]
    assert [len(told) for _, told in first.context["rows"]] == [1] * 20
    assert second.context["older"] is None
    odd = page(agent_client, "calendar_versions", one.pk, before="x")
    assert odd.context["rows"][0][0].number == 23


def test_a_calendar_is_renamed_made_main_retired_and_restored(manager_client):
    calendar("Office")
    other = calendar("Desk")

    assert send(manager_client, "calendar_settings", other.pk, name="Help desk").status_code == 302
    assert "required" in text(send(manager_client, "calendar_settings", other.pk, name=""))
    for verb in ("retire", "restore", "main", "feed"):
        assert send(manager_client, "calendar_verb", other.pk, verb).status_code == 302
    other.refresh_from_db()
    assert (other.name, other.main, other.retired_at, other.feed) == ("Help desk", True, None, 2)
    assert send(manager_client, "calendar_verb", other.pk, "delete").status_code == 404
    refused = manager_client.post(reverse("admin:calendar_verb", args=[other.pk, "retire"]), follow=True)
    assert "cannot be retired" in text(refused)


def test_a_retired_calendar_is_not_edited(manager_client):
    calendar()
    other = calendars.retire(calendar("Desk"))

    assert "Offer it again" in text(page(manager_client, "calendar", other.pk))
    for name in ("calendar_week", "calendar_holidays", "calendar_days"):
        assert page(manager_client, name, other.pk).status_code == 404


@pytest.mark.parametrize("name", ["calendar", "calendar_due", "calendar_versions"])
def test_who_may_not_see_calendars_sees_none(intern_client, name):
    assert page(intern_client, name, calendar().pk).status_code == 403


@pytest.mark.parametrize(
    "name", ["calendar_week", "calendar_holidays", "calendar_holidays_preview", "calendar_days", "calendar_settings"]
)
def test_who_only_looks_changes_nothing(agent_client, name):
    one = calendar()

    assert page(agent_client, name, one.pk).status_code == 403
    assert page(agent_client, "calendar_new").status_code == 403
    assert send(agent_client, "calendar_verb", one.pk, "feed").status_code == 403
    assert send(agent_client, "calendar_day_remove", one.pk, "2026-12-24").status_code == 403


def test_days_that_are_over_are_told_from_coming_ones_by_the_calendars_own_zone(manager_client):
    made = calendar(zone="Pacific/Kiritimati")  # fourteen hours ahead of UTC
    today = timezone.now().astimezone(ZoneInfo("Pacific/Kiritimati")).date()
    for day in (today, today - timedelta(days=1)):
        versions.add_days(made, day)

    shown = manager_client.get(reverse("admin:calendar_days", args=[made.pk]))
    assert [day.date for day in shown.context["coming"]] == [today]
    assert [day.date for day in shown.context["past"]] == [today - timedelta(days=1)]

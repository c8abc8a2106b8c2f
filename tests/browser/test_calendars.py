"""Business hours in a real browser: the week by keyboard, holidays by year, due dates while one types."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from calendars.models import Calendar
from calendars.plans import OwnDay, Shift
from people.roles import Role
from tests.factories.calendars import NINE_TO_FIVE, calendar, rules
from tests.factories.people import person

LONG = "Kundenbetreuungsabteilung für besonders langwierige Angelegenheiten in der Zweigniederlassung"


@pytest.fixture
def manager(transactional_db):
    return person("manager", role=Role.MANAGERS, first_name="Mia", last_name="Manager")


@pytest.fixture
def desk(manager) -> Calendar:
    half = OwnDay(date(2026, 12, 24), LONG * 2, (Shift(540, 720),), yearly=True)
    past = OwnDay(date(2020, 1, 2), "Past")
    return calendar(LONG, country="DE", own=[half, past], week=((NINE_TO_FIVE, Shift(1320, 1800)),) * 6 + ((),))


def test_the_pages_of_calendars_are_accessible_and_fit(open_browser, flaws, manager, desk):
    page = open_browser(manager)
    here = f"/admin/calendars/{desk.pk}/"
    pages = [here + rest for rest in ("", "week/", "holidays/", "days/", "versions/", "settings/")]

    for address in ["/admin/calendars/", "/admin/calendars/new/", *pages]:
        assert flaws(page, address) == []


def test_the_week_is_edited_by_keyboard(open_browser, manager):
    one = calendar()
    page = open_browser(manager)
    page.goto(f"/admin/calendars/{one.pk}/week/")

    page.get_by_label("Monday, closes").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("12")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Monday, closes")).to_have_value("12:00")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Monday, opens").nth(1)).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("1330")
    page.keyboard.press("Tab")
    page.keyboard.type("24:00")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Same for Monday to Friday").press("Enter")
    expect(page.get_by_text("Hours a week:")).to_contain_text("67:30")
    page.get_by_role("button", name="Remove Friday").first.press("Enter")
    page.get_by_role("button", name="Save").press("Enter")

    expect(page.get_by_text("The hours are saved.")).to_be_visible()
    days = {day: [["09:00", "12:00"], ["13:30", "24:00"]] for day in ("mon", "tue", "wed", "thu")}
    assert rules(one)["weekly"] == days | {"fri": [["13:30", "24:00"]]}


def test_a_refused_week_keeps_what_was_written(open_browser, manager):
    one = calendar()
    page = open_browser(manager)
    page.goto(f"/admin/calendars/{one.pk}/week/")

    page.get_by_role("button", name="Add a shift Monday").click()
    page.get_by_label("Monday, opens").nth(1).fill("16:00")
    page.get_by_label("Monday, closes").nth(1).fill("18:00")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Hours overlap on: Monday.")).to_be_visible()
    expect(page.get_by_label("Monday, opens").nth(1)).to_have_value("16:00")


def test_holidays_are_seen_year_by_year_before_they_are_chosen(open_browser, manager):
    one = calendar()
    year = one.made_at.year
    page = open_browser(manager)
    page.goto(f"/admin/calendars/{one.pk}/holidays/")

    page.get_by_label("Country").select_option("KR")
    expect(page.get_by_text("Liberation Day").first).to_be_visible()
    page.get_by_label("Country").select_option("DE")
    expect(page.get_by_text("German Unity Day")).to_be_visible()
    page.get_by_label("Region").select_option("BY")
    expect(page.get_by_text("Epiphany")).to_be_visible()
    page.get_by_role("button", name=str(year + 1)).click()
    expect(page.get_by_role("heading", name=re.compile(rf"holidays in {year + 1}"))).to_be_visible()
    expect(page.get_by_label("Region")).to_have_value("BY")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("The public holidays are chosen.")).to_be_visible()
    assert f"{year}-01-06" in rules(one)["holidays"]


def test_when_a_case_would_be_due_is_told_while_one_types(open_browser, manager):
    one = calendar()
    page = open_browser(manager)
    page.goto(f"/admin/calendars/{one.pk}/")
    answer = page.locator("#due")
    expect(answer).to_contain_text("after it is opened")

    page.get_by_label("Opened").fill("2026-11-27T16:00")
    page.get_by_label("Due within").fill("2")
    expect(answer).to_contain_text("Mon, 30 Nov 2026 10:00")
    page.get_by_label("Counted in").select_option("business_days")
    expect(answer).to_contain_text("Tue, 1 Dec 2026 17:00")
    page.get_by_label("Due within").fill("-1")
    expect(answer).to_contain_text("from 1 to")

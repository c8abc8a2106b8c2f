"""The frame of the back office: by keyboard, on a phone, dark, for each role."""

import re

import pytest
from playwright.sync_api import expect

from customers.actions import segments
from customers.models import Segment
from people.roles import Role
from tests.browser.conftest import PHONE
from tests.factories.people import person

OWN_PAGES = ["/admin/", "/admin/my-account/", "/account/2fa/", "/account/sessions/", "/account/password/change/"]


@pytest.fixture
def manager(transactional_db):
    return person("manager", role=Role.MANAGERS, first_name="Mia", last_name="Manager")


def test_the_managers_pages_are_accessible_and_fit(open_browser, flaws, manager):
    page = open_browser(manager)

    for address in [*OWN_PAGES, "/admin/people/", f"/admin/people/{manager.pk}/", "/admin/people/invite/"]:
        assert flaws(page, address) == []


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MARKETING, Role.BOARD_MANAGERS, None])
def test_the_first_page_of_each_role_is_accessible(open_browser, violations, transactional_db, role):
    page = open_browser(person(role=role, first_name="Somebody"))

    page.goto("/admin/")

    assert violations(page) == []


def test_the_description_of_the_api_is_dark_where_the_machine_or_the_back_office_is(open_browser, transactional_db):
    page = open_browser(dark=True)
    page.goto("/api/docs/")
    expect(page.get_by_role("heading", name="Mainstay")).to_be_visible()
    expect(page.locator("html")).to_have_css("background-color", "rgb(28, 32, 34)")

    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_css("background-color", "rgba(0, 0, 0, 0)")

    page.evaluate("""() => localStorage.setItem("adminTheme", '"dark"')""")
    page.reload()
    expect(page.locator("html")).to_have_css("background-color", "rgb(28, 32, 34)")


def test_a_button_that_cannot_be_undone_asks_first(open_browser, manager, answer):
    made = segments.make("Everybody", {"groups": []})
    page, asked = open_browser(manager), answer("dismiss", "accept")
    page.goto(f"/admin/segments/{made.pk}/")

    for heading in ("Everybody", "Segments"):
        page.get_by_role("button", name="Remove", exact=True).click()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()

    assert asked == ["Remove this segment?", "Remove this segment?"]
    assert not Segment.objects.exists()


TWICE = """() => {
    const stopped = [];
    window.addEventListener("submit", (event) => { stopped.push(event.defaultPrevented); event.preventDefault(); });
    const form = document.querySelector("form.ms-card");
    form.noValidate = true;
    form.requestSubmit();
    form.requestSubmit();
    form.requestSubmit(form.querySelector("button[type=submit]"));
    return stopped;
}"""


def test_a_form_that_is_sent_twice_in_a_moment_is_sent_once_and_by_another_button_again(open_browser, manager):
    page = open_browser(manager)
    page.goto("/admin/customers/new/")

    assert page.evaluate(TWICE) == [False, True, False]


def test_the_keyboard_gets_past_the_menu_at_once(open_browser, manager):
    page = open_browser(manager)
    page.goto("/admin/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_be_focused()


def test_on_a_phone_the_menu_opens_and_closes_by_keyboard(open_browser, manager):
    page = open_browser(manager, size=PHONE)
    page.goto("/admin/")
    people = page.get_by_role("link", name="People and roles")
    expect(people).to_be_hidden()

    page.get_by_role("button", name="Open the menu").press("Enter")
    expect(people).to_be_visible()
    page.get_by_role("button", name="Close the menu").press("Enter")
    expect(people).to_be_hidden()


def test_one_signs_out_from_under_ones_own_name(open_browser, manager):
    page = open_browser(manager)
    page.goto("/admin/")

    page.get_by_role("button", name="Mia Manager").press("Enter")
    page.get_by_role("button", name="Sign out").press("Enter")

    expect(page).to_have_url(re.compile(r"/account/login/"))


def test_a_page_is_found_by_its_name(open_browser, manager):
    page = open_browser(manager)
    page.goto("/admin/")

    button = page.get_by_role("button", name="Go to")
    button.press("Enter")
    box = page.locator("#search-input-command")
    expect(box).to_be_focused()  # some milliseconds later: what is typed before does not come into it
    box.press_sequentially("köhler")
    link = page.get_by_role("link", name="Customers with “köhler”")
    expect(link).to_have_attribute("href", "/admin/customers/?query=k%C3%B6hler")
    for _stop in range(4):  # the focus stays in the dialog, and goes back to where it came from
        page.keyboard.press("Tab")
    expect(page.locator(".ms-command :focus")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()

    page.keyboard.press("Control+k")
    expect(box).to_be_focused()
    box.press_sequentially("roles")
    expect(page.locator("#command-results-list a").first).to_contain_text("People and roles")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/admin/people/$"))

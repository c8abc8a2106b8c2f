"""Signing in, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from people.models import User
from tests.browser.conftest import PHONE, WIDE

PASSWORD = "a-long-enough-password-2026"


@pytest.fixture
def newcomer(transactional_db) -> User:
    return User.objects.create_user("newcomer", "newcomer@example.com", PASSWORD, is_staff=True)


def test_who_asks_for_the_back_office_signs_in_with_the_keyboard_and_arrives(open_browser, newcomer):
    page = open_browser()

    page.goto("/admin/")
    page.locator("input[type=text], input[type=email]").first.press_sequentially("newcomer")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/admin/$"))
    assert page.locator("input[type=password]").count() == 0


def test_a_wrong_password_is_told_beside_the_form(open_browser, newcomer):
    page = open_browser()

    page.goto("/admin/")
    page.locator("input[type=text], input[type=email]").first.fill("newcomer")
    page.locator("input[type=password]").fill("not the password")
    page.keyboard.press("Enter")

    expect(page.get_by_text(re.compile("correct", re.IGNORECASE)).first).to_be_visible()
    assert page.locator("input[type=password]").count() == 1


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_sign_in_page_is_accessible_and_fits(open_browser, violations, scrolls_sideways, size, dark):
    page = open_browser(size=size, dark=dark)

    page.goto("/admin/")

    assert violations(page) == []
    assert not scrolls_sideways(page)


def test_somebody_with_a_session_needs_no_password(open_browser, newcomer):
    page = open_browser(newcomer)

    page.goto("/admin/")

    expect(page).to_have_url(re.compile(r"/admin/$"))
    assert page.locator("input[type=password]").count() == 0

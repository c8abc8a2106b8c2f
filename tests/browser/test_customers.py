"""The customer's pages in a real browser: found by keyboard, on a phone, in the dark."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.actions import consents, customers, duplicates, timeline
from customers.models import Customer, Verb
from customers.newcomers import Address, Birthday, Knowledge, Newcomer
from people.roles import Role
from tests.factories import purchases
from tests.factories.customers import customer as make
from tests.factories.people import person

LONG = "Maria Wilhelmina Konstantina von und zu Hohenzollern-Sigmaringen-Papadopoulou-Wickramasinghe" * 2


@pytest.fixture
def manager(transactional_db):
    return person("manager", role=Role.MANAGERS, first_name="Mia", last_name="Manager")


@pytest.fixture
def maria(manager) -> Customer:
    made = customers.add(
        Newcomer(
            number="M-1",
            name=LONG,
            emails=("a-very-long-address-that-never-seems-to-end-anywhere@subdomain.of.a.long.example.com",),
            phones=("+49301234567", "+821012345678"),
            addresses=(Address("Hauptstr. 1", "DE", postcode="10115", city="Berlin"),),
            traits=(Knowledge("like", "tea"), Knowledge("trait", "38", "shoe size")),
            birthday=Birthday(2, 29),
            country="DE",
        ),
        by=manager,
    )
    for n in range(3):
        purchases.purchase(made, 1000, 2500, number=f"R-{n}", at=timezone.now() - timedelta(days=40 - n))
    for n in range(25):
        timeline.record(made, Verb.VISITED, at=timezone.now() - timedelta(days=n))
    consents.decide(made, channel="email", purpose="offers", granted=True, source="web", by=manager)
    consents.decide(made, channel="sms", purpose="care", granted=False, source="call", by=manager)
    make(number="M-2", name="M. Hohenzollern", phone="+49301234567")
    duplicates.find()
    return made


def test_the_pages_about_a_customer_are_accessible_and_fit(open_browser, flaws, manager, maria):
    page = open_browser(manager)
    here = f"/admin/customers/{maria.pk}/"
    bought = maria.purchases.first()
    pages = ["/admin/customers/", "/admin/customers/?query=hohen", "/admin/customers/?query=zebedee", here]
    pages += [here + rest for rest in ("timeline/", "purchases/", "details/", "merge/?into=M-2", "erase/")]
    pages += [here + "purchases/new/", here + "facts/new/"]
    pages += [f"/admin/purchases/{bought.pk}/{rest}/" for rest in ("bill-again", "return", "cancel")]
    pages += ["/admin/customers/new/", f"/admin/purchases/{bought.pk}/", "/admin/duplicates/", "/admin/audit/"]

    for address in pages:
        assert flaws(page, address) == []


def test_a_customer_is_found_while_one_writes_and_opened_by_keyboard(open_browser, manager, maria):
    page = open_browser(manager)
    page.goto("/admin/customers/")

    page.get_by_label("Find a customer").press_sequentially("konstantina")
    expect(page.locator(".ms-hit")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(".ms-hit")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(rf"/admin/customers/{maria.pk}/"))
    expect(page.get_by_role("heading", name="Purchases")).to_be_visible()


def test_whoever_builds_a_segment_by_keyboard_stays_where_they_are(open_browser, violations, manager):
    page = open_browser(manager)
    page.goto("/admin/segments/new/")

    for button, then in (("add-group", "g0-r0"), ("g0-add", "g0-r1"), ("g0-add-group", "g0-r2-r0")):
        page.locator(f"#{button}").press("Enter")
        expect(page.locator(f"#{then}-field")).to_be_visible()
        expect(page.locator(f"#{button}")).to_be_focused()
    page.locator("#g0-r0-drop").press("Enter")
    expect(page.locator("#g0-r2-r0-field")).to_have_count(0)
    expect(page.locator("#g0-r0-drop")).to_be_focused()

    assert violations(page) == []


def test_more_of_the_timeline_is_loaded_in_place_and_shown_by_kind(open_browser, manager, maria):
    page = open_browser(manager)
    page.goto(f"/admin/customers/{maria.pk}/")
    facts = page.locator("#timeline .ms-timeline-what")
    expect(facts).to_have_count(20)

    page.locator("#timeline").get_by_role("link", name="Load more").press("Enter")
    expect(facts).to_have_count(31)
    expect(page.locator("#timeline li").nth(20)).to_be_focused()  # the button is gone: its focus goes on with the list
    page.get_by_role("link", name="Consent", exact=True).click()

    expect(facts).to_have_count(2)
    expect(facts.first).to_contain_text("withdrew consent", ignore_case=True)

"""A marketer builds a segment and a rule in a real browser, on a screen and on a phone."""

import pytest
from django.urls import reverse

from customers.models import Segment
from loyalty.models import RuleVersion
from tests.browser.conftest import PHONE
from tests.factories import customers, purchases
from tests.factories.loyalty import programme

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shop(transactional_db):
    programme(currency="EUR")
    for country in ("DE", "DE", "FR"):
        purchases.purchase(customers.customer(country=country), 1_000)


def redrawn(page, act, *args, **options) -> None:
    """Do what makes the page draw its rows again, and wait until it has."""
    with page.expect_response(lambda response: response.url.endswith("/draft/")):
        act(*args, **options)
    page.wait_for_function("!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")


def test_a_segment_is_built_row_by_row_and_counted_meanwhile(open_browser, marketer, violations):
    page = open_browser(marketer)
    page.goto(reverse("admin:new_segment"))
    page.fill("#id_name", "German")
    redrawn(page, page.get_by_role("button", name="Add a condition").click)
    redrawn(page, page.select_option, "#g0-r0-field", "country")
    page.fill("#g0-r0-value", "DE")

    page.get_by_text("Customers with country DE.").wait_for()
    assert "of 3 customers now (67%)" in page.inner_text("#verdict")
    assert violations(page) == []
    page.get_by_role("button", name="Save").last.click()
    page.get_by_role("link", name="Change").wait_for()

    assert Segment.objects.get().conditions["groups"][0]["conditions"][0]["values"] == ["DE"]


@pytest.mark.parametrize("dark", [False, True])
def test_a_rule_is_built_on_a_phone_and_says_what_it_does(dark, open_browser, marketer, violations, scrolls_sideways):
    page = open_browser(marketer, size=PHONE, dark=dark)
    page.goto(reverse("admin:new_rule"))
    page.fill("#id_name", "Tea")
    redrawn(page, page.get_by_role("button", name="Add a condition").click)
    redrawn(page, page.select_option, "#w0-what", "category")
    page.fill("#w0-value", "tea")
    redrawn(page, page.get_by_role("button", name="Add a cap").click)
    page.fill("#c0-number", "500")

    page.get_by_text("A purchase on goods of tea earns 2 times the points; at most 500 points").wait_for()
    assert violations(page) == []
    assert not scrolls_sideways(page)
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_role("button", name="Try the draft").click()
    page.get_by_text("it would have given").wait_for()
    assert violations(page) == []
    assert not scrolls_sideways(page)
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("The rule counts from").wait_for()

    assert RuleVersion.objects.get().begun_by == marketer

"""A marketer's month in a real browser: segment, plan, approval, conflict, move by mouse and by keyboard, calls."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from communications.models import FrequencyCap, HumanTask, Plan, PlanVersion
from customers.models import Segment
from tests.browser.conftest import PHONE
from tests.factories import plans as made
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = date(2027, 6, 1)


def campaign(name: str, day: int, **changes) -> Plan:
    plan = made.campaign(made.letter(), made.letter("reminder", amount=2), live=False,
                         starts_on=MONTH.replace(day=day), **changes)  # fmt: skip
    Plan.objects.filter(pk=plan.pk).update(name=name)
    plan.refresh_from_db()
    return plan


def start_of(plan: Plan) -> date:
    return PlanVersion.objects.filter(plan=plan).latest("number").starts_on


def month(page: Page) -> None:
    page.goto(f"{reverse('admin:plan_calendar')}?day={MONTH.isoformat()}")


def test_a_campaign_is_dragged_and_moved_by_keyboard_after_its_effect_was_shown(
    open_browser, marketer, violations, scrolls_sideways
):
    """K1 and K4: the same window, the same answer, whichever hand moved it."""
    for _n in range(3):
        customer(country="DE")
    FrequencyCap.objects.create(channel="email", most=1, hours=168)
    first, second = campaign("Summer letter", 10), campaign("Tea tasting", 10)
    page = open_browser(marketer)
    month(page)

    expect(page.locator("#clashes")).to_contain_text("3 customers get several of Summer letter, Tea tasting")
    expect(page.locator("#clashes")).to_contain_text("3 exceed the cap")
    assert violations(page) == []
    page.drag_and_drop("text=Summer letter: Letter", "td[data-day='2027-06-14']")
    expect(page.locator("#peek")).to_contain_text("All steps move together")
    assert start_of(first) == MONTH.replace(day=10)
    assert violations(page) == []
    page.get_by_role("button", name="Move it").click()
    expect(page.locator("td[data-day='2027-06-14']")).to_contain_text("Summer letter: Letter")
    expect(page.locator("td[data-day='2027-06-16']")).to_contain_text("Summer letter: Reminder")
    assert start_of(first) == MONTH.replace(day=14)

    page.get_by_role("link", name="Tea tasting: Letter").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#peek-box")).to_be_visible()
    page.locator("#move-to").fill("2027-06-21")
    page.get_by_role("button", name="Move…").press("Enter")
    expect(page.locator("#peek")).to_contain_text("10:00, as before")
    Plan.objects.filter(pk=second.pk).update(version=second.version + 1)  # somebody else was quicker
    page.get_by_role("button", name="Move it").press("Enter")
    expect(page.locator("#peek [role=alert]")).to_contain_text("Somebody else has changed this plan meanwhile.")
    page.get_by_role("button", name="Move it all the same").press("Enter")
    expect(page.locator("td[data-day='2027-06-21']")).to_contain_text("Tea tasting: Letter")
    assert start_of(second) == MONTH.replace(day=21)

    phone = open_browser(marketer, size=PHONE, dark=True)
    month(phone)
    expect(phone.locator("td[data-day='2027-06-14']")).to_be_visible()
    expect(phone.locator("td[data-day='2027-06-15']")).to_be_hidden()
    assert not scrolls_sideways(phone)
    assert violations(phone) == []


def test_a_marketers_month(open_browser, marketer, manager, violations):
    """From a segment that is ready made to what came of it."""
    for _n in range(2):
        customer(country="DE")
    template = made.letter().template_id
    page = open_browser(marketer)
    page.goto(f"{reverse('admin:new_segment')}?from=newcomers")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("h1")).to_contain_text("Known, not yet bought")
    segment = Segment.objects.get()

    page.goto(f"{reverse('admin:new_plan')}?kind=campaign&day=2027-06-10")
    page.locator("#id_name").fill("First steps")
    page.locator("#id_at_time").fill("10:00")
    page.locator("#id_segment").select_option(str(segment.pk))
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Add a step").click()
    page.locator("#id_name").fill("Hello")
    page.locator("#id_amount").fill("0")
    page.locator("#id_template").select_option(str(template))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#page")).to_contain_text("Nothing stands in its way.")
    assert violations(page) == []
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.locator("#page")).to_contain_text("Somebody else approves what you asked for.")

    page = open_browser(manager)
    page.goto(reverse("admin:my_day"))
    assert violations(page) == []
    page.get_by_role("link", name="First steps").click()
    page.get_by_role("button", name="Approve").click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Let it go live").click()
    expect(page.locator("#page")).to_contain_text("It is live.")
    plan = Plan.objects.get(name="First steps")
    assert plan.status == Plan.Status.LIVE

    HumanTask.objects.create(
        kind="call", customer=customer(name="Ada Byron"), title="Ask", due_at=timezone.now() - timedelta(hours=1),
        assignee=marketer,
    )  # fmt: skip
    page = open_browser(marketer)
    page.goto(reverse("admin:calls"))
    assert violations(page) == []
    page.get_by_label("What was said").fill("All is well")
    page.get_by_role("button", name="Reached", exact=True).click()
    expect(page.locator("#page")).to_contain_text("It is written down.")
    assert HumanTask.objects.get().outcome == "reached"
    page.goto(reverse("admin:plan_results", args=[plan.pk]))
    expect(page.locator("#page")).to_contain_text("Nothing has come of it yet")

"""A marketer's month in a real browser, from the segment to what came of it; moves by mouse and by keyboard."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from communications.actions import dispatching, materialising, sending, touchpoints
from communications.models import FrequencyCap, Plan, PlanVersion
from customers.models import Customer, EmailAddress, Segment
from tests.browser.conftest import PHONE
from tests.factories import plans as made
from tests.factories.customers import customer
from tests.factories.mail import mail_server

pytestmark = pytest.mark.django_db(transaction=True)
YEAR = timezone.localdate().year + 1
MONTH = date(YEAR, 6, 1)


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
    page.drag_and_drop("text=Summer letter: Letter", f"td[data-day='{YEAR}-06-14']")
    expect(page.locator("#peek")).to_contain_text("All steps move together")
    assert start_of(first) == MONTH.replace(day=10)
    assert violations(page) == []
    page.get_by_role("button", name="Move it").click()
    expect(page.locator(f"td[data-day='{YEAR}-06-14']")).to_contain_text("Summer letter: Letter")
    expect(page.locator(f"td[data-day='{YEAR}-06-16']")).to_contain_text("Summer letter: Reminder")
    assert start_of(first) == MONTH.replace(day=14)

    page.get_by_role("link", name="Tea tasting: Letter").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#peek-box")).to_be_visible()
    page.locator("#move-to").fill(f"{YEAR}-06-21")
    page.get_by_role("button", name="Move…").press("Enter")
    expect(page.locator("#peek")).to_contain_text("10:00, as before")
    Plan.objects.filter(pk=second.pk).update(version=second.version + 1)  # somebody else was quicker
    page.get_by_role("button", name="Move it").press("Enter")
    expect(page.locator("#peek [role=alert]")).to_contain_text("Somebody else has changed this plan meanwhile.")
    page.get_by_role("button", name="Move it all the same").press("Enter")
    expect(page.locator(f"td[data-day='{YEAR}-06-21']")).to_contain_text("Tea tasting: Letter")
    assert start_of(second) == MONTH.replace(day=21)

    page.get_by_role("link", name="Later").click()
    page.get_by_role("link", name="New campaign: Thu 8 July").press("Enter")
    expect(page.locator("#id_starts_on")).to_have_value(f"{YEAR}-07-08")

    phone = open_browser(marketer, size=PHONE, dark=True)
    month(phone)
    expect(phone.locator(f"td[data-day='{YEAR}-06-14']")).to_be_visible()
    expect(phone.locator(f"td[data-day='{YEAR}-06-15']")).to_be_hidden()
    assert not scrolls_sideways(phone)
    assert violations(phone) == []


def test_whoever_was_signed_out_meanwhile_signs_in_and_comes_back(open_browser, marketer):
    plan = campaign("Summer letter", 10)
    item = reverse("admin:calendar_item", args=[plan.pk, "letter"])
    page = open_browser(marketer)
    for name, back in (("Summer letter: Letter", item), ("Later", reverse("admin:plan_calendar"))):
        month(page)
        cookies = page.context.cookies()
        page.context.clear_cookies()
        page.get_by_role("link", name=name).first.click()
        expect(page.get_by_label("Password")).to_be_visible()
        expect(page.locator("#calendar, #peek")).to_have_count(0)
        assert f"next={back}" in page.url.replace("%2F", "/")
        page.context.add_cookies(cookies)


def test_a_marketers_month(open_browser, marketer, manager, violations, settings, answer):
    """Segment, plan, preview, conflict, drag, approval, send, call list, results: one hand after the other."""
    ada, _bob = (made.consenting(name=name, zone=settings.BUSINESS_ZONE) for name in ("Ada Byron", "Bob Byron"))
    FrequencyCap.objects.create(channel="email", most=1, hours=168)
    today = timezone.localdate()
    other = today + timedelta(days=-1 if today.weekday() == 6 else 1)  # in the same week of the month's page
    made.campaign(made.letter(), live=False, starts_on=other)
    text = made.letter().template_id

    page = open_browser(marketer)
    page.goto(f"{reverse('admin:new_segment')}?from=offers")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("h1")).to_contain_text("May get offers by e-mail")
    segment = Segment.objects.get()

    write_a_plan(page, segment, text, day=other)
    preview(page, text, ada)
    plan = Plan.objects.get(name="First steps")
    page.goto(reverse("admin:plan_calendar"))
    expect(page.locator("#clashes")).to_contain_text("2 exceed the cap")
    page.drag_and_drop("text=First steps: Hello", f"td[data-day='{today}']")
    page.get_by_role("button", name="Move it").click()
    expect(page.locator(f"td[data-day='{today}']")).to_contain_text("First steps: Hello")

    page.goto(reverse("admin:plan", args=[plan.pk]))
    expect(page.locator("#page")).to_contain_text("Nothing stands in its way.")
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.locator("#page")).to_contain_text("Somebody else approves what you asked for.")
    approve(open_browser(manager), violations, answer)
    with mail_server(settings) as server:
        materialising.materialise_due()
        dispatching.dispatch_due()
        sending.send_due()
    touchpoints.follow()
    assert sorted(to for to, _letter in server.got) == sorted(EmailAddress.objects.values_list("address", flat=True))

    page = open_browser(marketer)
    page.goto(reverse("admin:calls"))
    assert violations(page) == []
    called = page.locator("article", has_text="Ada Byron")
    expect(called).to_contain_text("Ask how it was.")
    called.get_by_label("What was said").fill("All is well")
    called.get_by_role("button", name="Reached", exact=True).click()
    expect(page.locator("#page")).to_contain_text("It is written down.")
    page.goto(reverse("admin:plan_results", args=[plan.pk]))
    rows = page.get_by_role("region", name="By step").locator("tbody tr")
    expect(rows.filter(has_text="Hello").locator("td").nth(1)).to_have_text("2")  # reached
    expect(rows.filter(has_text="Ring").locator("td").nth(1)).to_have_text("1")
    expect(rows.filter(has_text="Ring").locator("td").nth(5)).to_have_text("1")  # answered
    assert violations(page) == []


def write_a_plan(page: Page, segment: Segment, text: int, *, day: date) -> None:
    """A letter and a call on the same day, right after midnight; begun late they go all the same."""
    page.goto(f"{reverse('admin:new_plan')}?kind=campaign&day={day}")
    page.locator("#id_name").fill("First steps")
    page.locator("#id_at_time").fill("00:00")
    page.locator("#id_grace_hours").fill("100")
    page.locator("#id_segment").select_option(str(segment.pk))
    page.get_by_role("button", name="Save", exact=True).click()
    for name, kind in (("Hello", "email"), ("Ring", "call")):
        page.get_by_role("link", name="Add a step").click()
        page.locator("#id_name").fill(name)
        page.locator("#id_kind").select_option(kind)
        page.locator("#id_amount").fill("0")
        if kind == "email":
            page.locator("#id_template").select_option(str(text))
        else:
            page.locator("#id_script").fill("Ask how it was.")
        page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#steps ~ ol")).to_contain_text("Ring")


def preview(page: Page, text: int, someone: Customer) -> None:
    page.goto(reverse("admin:template", args=[text]))
    page.locator("#preview-customer").fill(someone.number)
    expect(page.locator("#preview")).to_contain_text("Dear Ada, good day.")


def approve(page: Page, violations, answer) -> None:
    """Somebody else, from their own day."""
    page.goto(reverse("admin:my_day"))
    assert violations(page) == []
    page.get_by_role("link", name="First steps").click()
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    widths = page.locator(".ms-list dd:visible").evaluate_all("all => all.map(one => one.clientWidth)")
    assert min(widths) > 100  # beside the longest name of a term
    page.get_by_role("button", name="Approve").click()
    asked = answer("accept")
    page.get_by_role("button", name="Let it go live").click()
    expect(page.locator("#page")).to_contain_text("It is live.")
    assert len(asked) == 1

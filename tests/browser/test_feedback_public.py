"""What customers see without an account: the form, and the page of what they sent, on a phone and in the dark."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from feedback import links
from feedback.actions import complaints, conversation, forms, redress
from feedback.models import Case
from people.roles import Role
from tests.browser.conftest import PHONE, WIDE
from tests.factories import feedback
from tests.factories.people import person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def offered() -> Case:
    """A complaint with a conversation and an offer that waits for an answer."""
    agent = person("agent", role=Role.SUPPORT)
    case = feedback.case(language="ko", subject="Kettle", sender_name="K" * 80)
    conversation.reply(case, "See https://shop.example/" + "track" * 30, by=agent)
    case = complaints.decide(case, outcome="upheld", reason="It leaks.", by=agent)
    redress.propose(case, "apology", words="We are sorry.", by=agent)
    return complaints.offer(case, by=agent)


@pytest.mark.parametrize(("size", "dark"), [(WIDE, True), (PHONE, False)], ids=["wide-dark", "phone-light"])
def test_the_form_and_the_page_of_a_case_are_accessible_and_fit(
    open_browser, violations, scrolls_sideways, offered, size, dark
):
    page = open_browser(size=size, dark=dark)
    for address in ("/feedback/", "/feedback/?lang=ko", links.path(offered)):
        page.goto(address)
        assert violations(page) == [], address
        assert not scrolls_sideways(page), address


def test_somebody_writes_in_thai_by_keyboard_and_adds_to_it(open_browser, violations, monkeypatch):
    monkeypatch.setattr(forms, "AT_LEAST", timedelta(0))  # a browser that is driven is faster than people
    page = open_browser(size=PHONE)
    page.goto("/feedback/?lang=th")
    page.get_by_role("button", name="ส่ง").click()  # empty: the browser says what is missing
    page.get_by_label("ข้อความของคุณ").fill("พัสดุยังไม่มา")
    page.get_by_label("อีเมลของคุณ").fill("kim@example.org")
    page.get_by_label("อีเมลของคุณ").press("Enter")

    expect(page.get_by_role("status")).to_have_text("ขอบคุณ เราได้รับแล้ว")
    expect(page).to_have_url(re.compile(r"/feedback/.+/\?sent=1"))
    assert violations(page) == []
    page.get_by_label("เพิ่มข้อความ").fill("เบอร์โทรคือ 02")
    page.get_by_role("button", name="ส่ง").click()
    expect(page.get_by_text("เบอร์โทรคือ 02")).to_be_visible()
    assert Case.objects.get().entries.filter(kind="received").count() == 2

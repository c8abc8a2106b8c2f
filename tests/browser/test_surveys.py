"""A customer answers a survey on a phone, and staff look at what came of it."""

import pytest
from django.urls import reverse

from feedback.models import Invitation
from tests.browser.conftest import PHONE
from tests.factories.surveys import asked, invitation, survey, token

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_customer_answers_on_a_phone_by_keyboard_and_staff_see_it(
    open_browser, marketer, violations, scrolls_sideways
):
    made = survey()
    link = reverse("survey", args=[token(invitation(made, asked()))])
    phone = open_browser(size=PHONE)

    phone.goto(f"{link}?answer=2")
    assert phone.locator("input[value='2']").is_checked()
    assert violations(phone) == []
    assert not scrolls_sideways(phone)
    phone.locator("input[value='2']").focus()
    phone.keyboard.press("ArrowRight")
    phone.keyboard.press("Enter")
    phone.get_by_label("What went wrong?").fill("Late")
    assert violations(phone) == []
    phone.get_by_role("button", name="Send").click()
    phone.get_by_role("heading", name="Thank you!").wait_for()
    assert (Invitation.objects.get().score, Invitation.objects.get().state) == (3, "answered")

    desk = open_browser(marketer)
    for page, said in (
        (reverse("admin:survey_results", args=[made.pk]), "n = 1"),
        (reverse("admin:change_survey", args=[made.pk]), "Preview in"),
        (reverse("admin:voice"), "Why customers leave"),
    ):
        desk.goto(page)
        desk.get_by_text(said).first.wait_for()
        assert violations(desk) == []

"""Figures in a real browser: dashboard, board, customers at risk and experiments, on a phone in the dark, by axe."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from insights.actions import snapshots
from insights.models import Risk
from tests.browser.conftest import PHONE
from tests.factories.insights import reachable, shop

pytestmark = pytest.mark.django_db(transaction=True)


def test_pages_of_figures_hold_on_a_phone_in_the_dark_and_for_axe(open_browser, manager, violations, scrolls_sideways):
    today = timezone.localdate()
    months = [date(today.year - (today.month <= n), (today.month - n - 1) % 12 + 1, 5) for n in range(1, 5)]
    shop([[f"{day}" for day in months[n % 3 :]] for n in range(6)])
    snapshots.take_all()
    kim = reachable()
    Risk.objects.create(
        customer=kim, repeats=3, last_day=months[3], known_days=200, chance=0.9, band="high", expected=2,
        value=5000, at_stake=4500, gap_low=20, gap_high=40,
    )  # fmt: skip
    pages = [
        (reverse("admin:index"), "Figures of last month"), (reverse("admin:figures"), "Every figure leads to"),
        (f"{reverse('admin:figure', args=['retention'])}?by=tier", "By tier"),
        (reverse("admin:retention_board"), "Cohorts: who comes back in later months"),
        (reverse("admin:risk"), str(kim)), (reverse("admin:experiments"), "No experiment yet"),
    ]  # fmt: skip
    for size in ({"size": PHONE, "dark": True}, {}):
        desk = open_browser(manager, **size)
        for page, said in pages:
            desk.goto(page)
            desk.get_by_text(said).first.wait_for()
            assert violations(desk) == [], page
            assert not scrolls_sideways(desk), page
    desk.emulate_media(color_scheme="dark")
    desk.goto(reverse("admin:retention_board"))
    desk.emulate_media(media="print")  # paper is white, whatever the screen was
    desk.wait_for_function("matchMedia('print').matches")
    title = "getComputedStyle(document.querySelector('.ms-section-title')).getPropertyValue('color')"
    white = "getComputedStyle(document.documentElement).getPropertyValue('--ms-ground')"
    assert desk.evaluate(title) == desk.evaluate(title.replace(".ms-section-title", "h1"))
    assert desk.evaluate(white).strip() == "#fff"
    desk.emulate_media(media="screen", color_scheme="light")
    desk.goto(reverse("admin:risk"))
    desk.get_by_label(str(kim)).check()
    desk.get_by_role("button", name="Do it").click()
    desk.get_by_text("1 customer was taken.").wait_for()
    desk.goto(reverse("admin:calls"))
    desk.get_by_text("At risk of leaving").wait_for()

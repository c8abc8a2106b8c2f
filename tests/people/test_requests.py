"""What a request says is read with care: a page answers, whatever stands in its address."""

from datetime import date

import pytest
from django.urls import reverse

from people.requests import LARGEST, day, number, numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("17", 17), (str(LARGEST), LARGEST), (str(LARGEST + 1), None), ("9" * 5_000, None)]
    + [(text, None) for text in ("", "-1", "+1", "1.5", "²", "\u0661", "1_0", " 1", "\0")],
)
def test_a_number_is_what_the_database_takes_for_one(text, value):
    assert number(text) == value
    assert number(text, -1) == (-1 if value is None else value)


def test_of_several_the_numbers_are_kept_in_their_order():
    assert numbers(["3", "x", "1", "²"]) == [3, 1]


@pytest.mark.parametrize("text", ["", "May", "2026-02-30", "2026-13-01", "0001-01-01", "9999-12-31", "\0"])
def test_what_is_no_day_or_too_far_away_is_none(text):
    assert day(text) is None
    assert day("2026-03-02") == date(2026, 3, 2)


def test_a_page_opens_whatever_its_address_says(manager_client):
    pages = [reverse("admin:new_survey") + "?kind=x", reverse("admin:risk") + "?page=²&band=x"]
    pages.append(reverse("admin:recommendations") + f"?board={'9' * 30}")
    pages += [
        f"{reverse('admin:new_plan')}?kind=campaign&day=2026-13-01",
        f"{reverse('admin:liability')}?since=9999-12-31",
    ]
    pages += [f"{reverse('admin:case_reports')}?until=9999-12-31&report={key}" for key in ("metric", "regulation")]

    assert {page: manager_client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)

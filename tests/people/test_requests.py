"""What a request says is read with care: a page answers, whatever stands in its address."""

import pytest
from django.urls import reverse

from people.requests import LARGEST, number, numbers


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


def test_a_page_opens_whatever_its_address_says(manager_client):
    pages = [reverse("admin:new_survey") + "?kind=x", reverse("admin:risk") + "?page=²&band=x"]
    pages.append(reverse("admin:recommendations") + f"?board={'9' * 30}")

    assert [manager_client.get(page).status_code for page in pages] == [200, 200, 200]

"""Occasions stand on the calendar for some days."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from communications.actions import shop_days
from communications.actions.shop_days import ShopDayRefused
from communications.models import ShopDay
from communications.queries import calendar

pytestmark = pytest.mark.django_db


def test_an_occasion_stands_on_each_of_its_days_and_can_be_taken_off(marketer):
    fair = shop_days.add(" Fair ", kind="event", starts_on=date(2026, 6, 29), ends_on=date(2026, 7, 2), by=marketer)
    shop_days.add("Launch", kind="launch", starts_on=date(2026, 6, 30))

    layer = calendar.layer(date(2026, 6, 1), date(2026, 6, 30))

    assert {day: [one.name for one in found] for day, found in layer.occasions.items()} == {
        date(2026, 6, 29): ["Fair"],
        date(2026, 6, 30): ["Fair", "Launch"],
    }
    shop_days.remove(fair)
    assert [one.name for one in ShopDay.objects.all()] == ["Launch"]


@pytest.mark.parametrize(
    ("name", "ends_on", "code"),
    [(" ", None, "no_name"), ("x", date(2026, 5, 31), "days_unfit"), ("x", date(2027, 6, 3), "days_unfit")],
)
def test_an_occasion_without_a_name_or_with_impossible_days_is_refused(name, ends_on, code):
    with pytest.raises(ShopDayRefused) as refused:
        shop_days.add(name, kind="event", starts_on=date(2026, 6, 1), ends_on=ends_on)
    assert refused.value.code == code
    with pytest.raises(IntegrityError, match="shop_day_ends_after_it_starts"), transaction.atomic():
        ShopDay.objects.create(name="x", kind="event", starts_on=date(2026, 6, 2), ends_on=date(2026, 6, 1))

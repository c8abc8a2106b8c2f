"""Trees of themes grow by what files name."""

import pytest

from feedback.actions import themes
from feedback.models import RootCause, Theme

pytestmark = pytest.mark.django_db


def test_branches_grow_once_and_hang_on_what_is_there():
    delivery = Theme.objects.create(code="delivery", name="Delivery")

    first = themes.grown(Theme, {("Delivery", "Late"), ("결제",)})
    again = themes.grown(Theme, {("Delivery", "Late"), ("Delivery",), ("Delivery", "Lost")})

    assert first["Delivery", "Late"] == again["Delivery", "Late"]
    assert (first["Delivery", "Late"].parent, again["Delivery",]) == (delivery, delivery)
    assert sorted(Theme.objects.values_list("name", flat=True)) == ["Delivery", "Late", "Lost", "결제"]
    assert Theme.objects.exclude(code="").count() == 4


def test_the_same_name_on_two_branches_is_two():
    grown = themes.grown(RootCause, {("Carrier", "Other"), ("Shop", "Other")})

    assert len({cause.pk for cause in grown.values()}) == 2

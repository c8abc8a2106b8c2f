"""Trees of themes grow by what files name."""

import pytest

from customers.models import Profile
from feedback.actions import themes
from feedback.models import Case, RootCause, Theme
from tests.factories import feedback

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


def test_segments_learn_what_customers_complained_about_and_what_that_is_part_of():
    late = themes.grown(Theme, {("Delivery", "ÜBERFÄLLIG")})["Delivery", "ÜBERFÄLLIG"]
    complaint, again = feedback.case(theme=late), feedback.case(theme=late.parent)
    feedback.case(Case.Kind.PRAISE, theme=late)
    spam = feedback.case(theme=late)
    Case.objects.filter(pk=spam.pk).update(spam=True)

    def known() -> dict[int, list[str]]:
        return dict(Profile.objects.filter(themes__isnull=False).values_list("customer", "themes"))

    assert themes.show() == 2
    assert known() == {
        complaint.customer_id: sorted([late.code, late.parent.code, "überfällig", "delivery"]),
        again.customer_id: sorted([late.parent.code, "delivery"]),
    }  # fmt: skip
    assert themes.show() == 0
    Case.objects.filter(pk=again.pk).update(theme=None)
    assert themes.show() == 1
    assert set(known()) == {complaint.customer_id}

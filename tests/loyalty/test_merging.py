"""Merging two customers moves their points with everything else, or nothing."""

import pytest

from customers.actions import merging as customers_merging
from customers.models import Profile
from loyalty.actions import merging, points, redemptions
from loyalty.actions.refusals import OpenHold
from loyalty.queries import balance
from tests.factories import purchases
from tests.factories.customers import customer as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    old, new = make(number="OLD"), make(number="NEW")
    points.grant(old, 100, reason="welcome", key="old")
    points.grant(new, 40, reason="welcome", key="new")
    purchases.purchase(old, 1000)
    return old, new


def test_points_and_everything_else_end_up_with_the_survivor(two, agent):
    old, new = two

    survivor = merging.merge(old, into=new, by=agent)

    assert balance(survivor).available == 140
    assert Profile.objects.get().points_available == 140
    assert survivor.purchases.count() == 1
    old.refresh_from_db()
    assert old.merged_into == survivor
    assert old.timeline.count() == 0


def test_a_merge_waits_for_an_open_hold(two):
    old, new = two
    redemptions.hold(old, 30, key="basket")

    with pytest.raises(OpenHold):
        merging.merge(old, into=new)

    old.refresh_from_db()
    assert (old.status, old.purchases.count(), balance(old).available) == ("active", 1, 70)


def test_points_stay_where_the_rest_of_the_merge_fails(two, monkeypatch):
    old, new = two

    def fail(*args, **kwargs):
        raise RuntimeError("the power went")

    monkeypatch.setattr(customers_merging, "merge", fail)
    with pytest.raises(RuntimeError):
        merging.merge(old, into=new)

    assert (balance(old).available, balance(new).available) == (100, 40)

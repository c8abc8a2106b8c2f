"""One purchase by one statement: the same as the long way writes."""

import pytest
from django.db import transaction

from customers.actions import purchases, single
from customers.models import Fact, Line, Profile, Purchase
from tests.factories.customers import customer
from tests.factories.purchases import line, order

pytestmark = pytest.mark.django_db
OWN = {"id", "number", "customer_id", "fingerprint", "recorded_at", "purchase_id", "key", "about", "refreshed_at"}


def written(one, number: str) -> list:
    """All rows about a purchase, but for what differs between any two."""
    bought = Purchase.objects.filter(number=number)
    facts = Fact.objects.filter(customer=one, verb="bought")
    rows = [*bought.values(), *Line.objects.filter(purchase__in=bought).order_by("position").values()]
    rows += [*facts.values(), *Profile.objects.filter(customer=one).values()]
    return [{name: value for name, value in row.items() if name not in OWN} for row in rows]


def test_the_short_way_writes_what_the_long_way_writes(agent):
    short, long = customer(), customer()
    lines = (line(1000, quantity="2", brand="Acme"), line(555, discount=5, tax=3, category="tea"))
    fields = {"lines": lines, "shipping": 490, "gift_card": 100, "channel": "web", "store": "Berlin"}

    outcome = single.record(order(short, number="S", **fields), by=agent)
    purchases.record(order(long, number="L", **fields), by=agent)

    assert outcome.created
    assert written(short, "S") == written(long, "L")
    fact = Fact.objects.get(customer=short, verb="bought")
    assert fact.key == f"bought:{outcome.purchase_id}"
    assert fact.about == {"purchase": outcome.purchase_id, "number": "S", "total": 2040, "currency": "EUR"}


@pytest.mark.parametrize("changes", [{"source": "nowhere"}, {"currency": "euro"}, {"lines": ()}])
def test_what_is_unusual_is_left_alone(changes):
    with transaction.atomic():
        wish = order(customer(), number="S")
        assert single.record(wish.__class__(**vars(wish) | changes)) is None

    assert not Purchase.objects.exists()
    assert not Fact.objects.filter(verb="bought").exists()


def test_a_known_number_and_a_stranger_are_left_alone():
    one = customer()
    assert single.record(order(one, number="S"))
    assert single.record(order(one, number="S")) is None
    one.number = "nobody"
    assert single.record(order(one, number="T")) is None

    assert Purchase.objects.count() == 1

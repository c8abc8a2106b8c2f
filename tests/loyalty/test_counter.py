"""Purchases that staff write down: recorded once, billed again, taken back; what they earn goes with them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actions import privacy
from customers.actions.purchases import PurchaseRefused, WrongState
from customers.actions.returns import ReturnRefused
from customers.models import Fact, Purchase, Return, Source
from loyalty import queries
from loyalty.actions import counter, earning
from tests.factories import customers, purchases
from tests.factories.loyalty import programme
from tests.factories.rules import fixed, rule, when

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db):
    programme(currency="EUR")
    return customers.customer(name="Ada Lovelace", number="A-7")


def order(who, *amounts, **fields):
    return purchases.order(who, *amounts, **{"source": counter.BY_HAND, "number": "H-1"} | fields)


def pending(who):
    return queries.balance(who).pending + queries.balance(who).available


def test_a_receipt_is_recorded_once_by_whom_and_earns_at_once(ada, agent):
    Source.objects.filter(code=counter.BY_HAND).delete()
    said = order(ada, 5_000)
    Source.objects.all().delete()

    first, again = (counter.record(said, by=agent) for _n in range(2))

    assert (first.recorded.created, again.recorded.created) == (True, False)
    bought = Purchase.objects.get()
    assert (bought.by, bought.source.code, first.points, pending(ada)) == (agent, "by-hand", 50, 50)
    assert Fact.objects.get(verb="bought").by == agent


def test_what_lies_ahead_or_stands_for_something_else_is_refused(ada, agent):
    counter.record(order(ada, 5_000), by=agent)

    with pytest.raises(PurchaseRefused) as ahead:
        counter.record(order(ada, number="H-2", at=timezone.now() + timedelta(hours=1)), by=agent)
    with pytest.raises(PurchaseRefused) as other:
        counter.record(order(ada, 4_000), by=agent)
    privacy.erase(ada)
    with pytest.raises(PurchaseRefused) as nobody:
        counter.record(order(ada, number="H-3"), by=agent)

    assert [ahead.value.code, other.value.code, nobody.value.code] == [
        "in_the_future",
        "duplicate_number",
        "unknown_customer",
    ]
    assert Purchase.objects.count() == 1


def test_what_is_billed_again_earns_as_if_the_wrong_one_had_never_been(ada, agent):
    rule(fixed(100, when("nth", 1), caps=[{"per": "month", "times": 1}]), name="First purchase")
    wrong = counter.record(order(ada, 5_000), by=agent).recorded.purchase
    assert pending(ada) == 150
    right = order(ada, 4_000, number="H-1-2")

    first, again = (counter.bill_again(wrong, right, by=agent) for _n in range(2))

    wrong.refresh_from_db()
    instead = Purchase.objects.get(number="H-1-2")
    assert (wrong.status, wrong.rebilled_as, first.recorded.created) == ("cancelled", instead, True)
    assert (again.recorded.purchase, again.recorded.created) == (instead, False)
    assert (first.points, pending(ada)) == (140, 140)
    with pytest.raises(WrongState):
        counter.bill_again(wrong, order(ada, 3_000, number="H-1-3"), by=agent)


@pytest.mark.parametrize(("number", "amount"), [("H-1", 5_000), ("H-2", 700)])
def test_a_new_bill_needs_a_number_of_its_own_and_otherwise_nothing_happens(ada, agent, number, amount):
    wrong = counter.record(order(ada, 5_000), by=agent).recorded.purchase
    counter.record(order(ada, 700, number="H-2"), by=agent)

    with pytest.raises(PurchaseRefused) as refusal:
        counter.bill_again(wrong, order(ada, amount, number=number), by=agent)

    wrong.refresh_from_db()
    assert (refusal.value.code, wrong.status, pending(ada)) == ("number_taken", "standing", 57)


def test_goods_come_back_once_with_their_points_and_never_ahead_of_time(ada, agent):
    bought = purchases.purchase(ada, 5_000, 1_000)
    earning.earn_for([bought])
    now = timezone.now()

    for _n in range(2):
        counter.take_back(bought, {1: 1}, number="R-1", reason="broken", at=now, by=agent)

    assert (Return.objects.get().by, pending(ada)) == (agent, 10)
    with pytest.raises(ReturnRefused) as ahead:
        counter.take_back(bought, {2: 1}, number="R-2", at=now + timedelta(hours=1), by=agent)
    assert ahead.value.code == "in_the_future"


def test_suggested_numbers_differ():
    assert len({counter.suggested_number() for _n in range(50)}) == 50

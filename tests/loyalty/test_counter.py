"""Purchases that staff write down: recorded once, billed again, taken back; what they earn goes with them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actions import privacy
from customers.actions.purchases import PurchaseRefused, WrongState
from customers.actions.returns import ReturnRefused
from customers.models import Fact, Purchase, Return, Source
from loyalty import queries
from loyalty.actions import counter, earning, points
from loyalty.models import Payment
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


@pytest.fixture
def payable(ada):
    programme(currency="EUR", pay_points=1, pay_money=1, pay_percent=50)
    points.grant(ada, 1_500, reason="start")
    return ada


def available(who):
    return queries.balance(who).available


def test_points_pay_once_earn_nothing_and_come_back_with_the_goods(payable, agent):
    said = order(payable, 2_000, points_paid=1_000)

    first, again = (counter.record(said, by=agent) for _n in range(2))

    bought = first.recorded.purchase
    payment = Payment.objects.select_related("redemption").get()
    assert (payment.purchase, payment.redemption.kind, payment.redemption.by) == (bought, "redeem", agent)
    assert (first.points, again.recorded.created, available(payable)) == (10, False, 500 + 10)
    counter.take_back(bought, {1: 1}, number="R-1", at=timezone.now(), by=agent)
    assert available(payable) == 1_500


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"points_paid": 1_001}, "more_than_payable"),
        ({"points_paid": 901, "gift_card": 200}, "more_than_payable"),
        ({"points_paid": 500, "currency": "USD"}, "other_currency"),
        ({"points_paid": 500, "shipping": -1}, "amount_negative"),
        ({"points_paid": 500, "number": "W-1", "source": "shop"}, "duplicate_number"),
    ],
)
def test_points_that_cannot_pay_stay_where_they_are_and_nothing_is_recorded(payable, agent, fields, code):
    purchases.purchase(payable, 100, number="W-1")

    with pytest.raises(PurchaseRefused) as refusal:
        counter.record(order(payable, 2_000, **fields), by=agent)

    assert refusal.value.error_list[0].code == code
    assert (Purchase.objects.count(), available(payable)) == (1, 1_500)


def test_what_points_paid_comes_back_before_the_new_bill_takes_it_anew(payable, agent):
    wrong = counter.record(order(payable, 3_000, points_paid=1_500), by=agent).recorded.purchase

    counter.bill_again(wrong, order(payable, 2_000, number="H-1-2", points_paid=1_000), by=agent)

    assert (Purchase.objects.get(number="H-1-2").points_paid, available(payable)) == (1_000, 500 + 10)


def test_suggested_numbers_differ():
    assert len({counter.suggested_number() for _n in range(50)}) == 50

"""Goods come back by line and quantity, never more than was bought."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from customers.actions import purchases, returns
from customers.actions.purchases import WrongState
from customers.actions.returns import ReturnRefused
from customers.models import Customer, Return, Verb
from tests.factories.purchases import AT, line, purchase

LATER = AT + timedelta(days=3)


@pytest.fixture
def customer(db) -> Customer:
    return Customer.objects.create(number="1001", name="Ada Byron")


def test_a_part_of_a_line_comes_back(customer, agent):
    bought = purchase(customer, lines=(line(3000, quantity=3), line(500)))

    returned = returns.record(bought, {1: Decimal(2)}, at=LATER, reason="too strong", by=agent)

    bought.refresh_from_db()
    assert (returned.amount, returned.number, bought.returned) == (2000, "1", 2000)
    assert bought.lines.get(position=1).returned == 2
    assert (customer.profile.gross, customer.profile.value) == (3500, 1500)
    fact = customer.timeline.get(verb=Verb.RETURNED)
    assert (fact.about["amount"], fact.about["return"], fact.by) == (2000, returned.pk, agent)


def test_partial_returns_add_up_to_the_line_exactly(customer):
    bought = purchase(customer, lines=(line(1000, quantity=3),))

    amounts = [returns.record(bought, {1: Decimal(1)}, at=LATER).amount for _ in range(3)]

    assert amounts == [333, 334, 333]


def test_never_more_than_was_bought(customer):
    bought = purchase(customer, lines=(line(2000, quantity=2),))
    returns.record(bought, {1: Decimal(1)}, at=LATER)

    with pytest.raises(ReturnRefused) as refusal:
        returns.record(bought, {1: Decimal(2)}, at=LATER)

    assert refusal.value.code == "more_than_bought"
    assert Return.objects.count() == 1


@pytest.mark.parametrize(
    ("quantities", "at", "code"),
    [
        ({}, LATER, "nothing_returned"),
        ({9: Decimal(1)}, LATER, "unknown_line"),
        ({1: Decimal(0)}, LATER, "quantity_not_positive"),
        ({1: Decimal(1)}, AT - timedelta(seconds=1), "before_purchase"),
    ],
)
def test_a_return_that_cannot_be_is_refused_with_its_reason(customer, quantities, at, code):
    bought = purchase(customer)

    with pytest.raises(ReturnRefused) as refusal:
        returns.record(bought, quantities, at=at)

    assert refusal.value.code == code


def test_nothing_comes_back_from_a_cancelled_purchase(customer):
    bought = purchases.cancel(purchase(customer))

    with pytest.raises(WrongState):
        returns.record(bought, {1: Decimal(1)}, at=LATER)


def test_the_same_return_again_is_found_and_another_under_its_number_refused(customer):
    bought = purchase(customer, lines=(line(2000, quantity=2),))
    first = returns.record(bought, {1: Decimal(1)}, number="R-1", at=LATER)

    assert returns.record(bought, {1: Decimal(1)}, number="R-1", at=LATER) == first
    with pytest.raises(ReturnRefused) as refusal:
        returns.record(bought, {1: Decimal(2)}, number="R-1", at=LATER)
    assert refusal.value.code == "duplicate_number"


def test_a_return_without_a_number_takes_one_that_none_of_the_purchase_has(customer):
    bought = purchase(customer, lines=(line(5000, quantity=5),))
    returns.record(bought, {1: Decimal(1)}, number="2", at=LATER)
    once = returns.Wish(bought.pk, {1: Decimal(1)}, LATER)

    batch = returns.record_many([once, replace(once, number="4"), once])

    assert [outcome.refusal for outcome in batch] == [None] * 3
    assert sorted(bought.returns.values_list("number", flat=True)) == ["2", "3", "4", "5"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_cannot_bring_back_the_same_goods():
    bought = purchase(Customer.objects.create(number="1001"), lines=(line(3000, quantity=3),))

    def give_back(_):
        try:
            return returns.record(bought, {1: Decimal(2)}, at=LATER)
        except ReturnRefused:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        done = [one for one in pool.map(give_back, range(6)) if one]

    assert len(done) == 1

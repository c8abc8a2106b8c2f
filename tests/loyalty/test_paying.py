"""A part of a purchase is paid with points, to the exact amount."""

import pytest

from loyalty.actions import earning, lapses, paying, points, programmes, redemptions
from loyalty.actions.paying import PaidOtherwise, PaymentRefused
from loyalty.actions.refusals import IdempotencyConflict, InsufficientPoints
from loyalty.queries.paying import paid_back, quote
from tests.factories import customers
from tests.factories.loyalty import buckets, on, programme
from tests.factories.purchases import order

pytestmark = pytest.mark.django_db
AT = on("2026-03-02", "10:00:00")


@pytest.fixture
def customer():
    programme(pay_points=1, pay_money=1)
    made = customers.customer()
    points.grant(made, 2500, reason="start", at=on("2026-01-01"))
    return made


def asked(customer, goods, currency="EUR"):
    found = quote(customer, goods=goods, currency=currency, programme=programmes.main(fresh=True), at=AT)
    return found.payable, found.money, found.points, found.missing


@pytest.mark.parametrize(
    ("rules", "goods", "answer"),
    [
        ({"pay_points": 1, "pay_money": 1}, 2000, (2000, 2000, 2000, 0)),
        ({"pay_points": 1, "pay_money": 1}, 10000, (10000, 2500, 2500, 7500)),
        ({"pay_points": 3, "pay_money": 1}, 10000, (10000, 833, 2499, 27500)),
        ({"pay_points": 1, "pay_money": 3}, 10000, (10000, 7500, 2500, 834)),
        ({"pay_points": 1, "pay_money": 3}, 1000, (1000, 1000, 334, 0)),
        ({"pay_points": 1, "pay_money": 1, "pay_percent": 50}, 3001, (1500, 1500, 1500, 0)),
        ({"pay_points": None, "pay_money": None}, 2000, (0, 0, 0, 0)),
    ],
)
def test_how_much_of_a_basket_points_pay(customer, rules, goods, answer):
    programme(**rules)

    assert asked(customer, goods) == answer


def test_points_pay_in_the_currency_of_their_programme(customer):
    assert asked(customer, 2000, currency="USD") == (0, 0, 0, 0)


def test_who_owes_points_pays_with_none():
    programme(pay_points=1, pay_money=1)
    one = customers.customer()

    assert asked(one, 100) == (100, 0, 0, 100)


def pay(customer, money, **options):
    return paying.hold(customer, money, **{"goods": 10000, "currency": "EUR", "reference": "O-1", "at": AT} | options)


def test_half_of_it_comes_back_in_proportion(customer):  # E10
    held = pay(customer, 2000)
    bought = earning.record_purchase(
        order(customer, 5000, 5000, points_paid=2000, at=AT), redemption=held
    ).recorded.purchase
    redemptions.capture(held, at=AT)
    assert buckets(customer) == (0, 580, 0, 0)  # 500 left, and 80 earned by what was paid with money

    made = earning.record_return(bought, {1: 1}, at=on("2026-03-05"))

    back = paid_back(made, bought)
    assert (made.amount, back.otherwise, back.by_points, back.points) == (5000, 4000, 1000, 1000)
    assert buckets(customer) == (0, 1540, 0, 0)

    rest = paid_back(earning.record_return(bought, {2: 1}, at=on("2026-03-06")), bought)
    assert (rest.otherwise, rest.by_points, rest.points) == (4000, 1000, 2000)
    assert buckets(customer) == (0, 2500, 0, 0)


def test_the_exact_amount_is_held_rounded_up_to_a_whole_point(customer):
    programme(pay_points=1, pay_money=3)

    held = pay(customer, 100)

    assert (buckets(customer), held.meta["money"]) == ((0, 2466, 34, 0), 100)


@pytest.mark.parametrize(
    ("rules", "options", "code"),
    [
        ({"pay_points": None, "pay_money": None}, {}, "not_payable_with_points"),
        ({}, {"currency": "USD"}, "other_currency"),
        ({}, {"money": 0}, "nothing_to_pay"),
        ({}, {"goods": 1999}, "more_than_payable"),
        ({"pay_percent": 10}, {}, "more_than_payable"),
    ],
)
def test_what_points_do_not_pay(customer, rules, options, code):
    programme(**{"pay_points": 1, "pay_money": 1} | rules)

    with pytest.raises(PaymentRefused) as refused:
        pay(customer, options.pop("money", 2000), **options)

    assert (refused.value.code, buckets(customer)) == (code, (0, 2500, 0, 0))


def test_no_more_is_paid_than_there_are_points_for(customer):
    with pytest.raises(InsufficientPoints):
        pay(customer, 2501)


def test_the_same_key_holds_once(customer):
    assert len({pay(customer, 1000, key="k").pk for _ in range(3)}) == 1
    assert buckets(customer) == (0, 1500, 1000, 0)
    with pytest.raises(IdempotencyConflict):
        pay(customer, 1001, key="k")


def test_an_order_says_as_much_as_its_hold(customer):
    held = pay(customer, 2000)

    paying.refuse_unless_paid(held, points_paid=2000)
    paying.refuse_unless_paid(redemptions.hold(customer, 5, at=AT), points_paid=77)  # a hold that names no money
    with pytest.raises(PaidOtherwise):
        paying.refuse_unless_paid(held, points_paid=1999)


def bought_with(customer, held):
    wish = order(customer, 5000, 5000, points_paid=2000, at=AT)
    return earning.record_purchase(wish, redemption=held).recorded.purchase


def test_an_order_that_is_cancelled_before_it_is_paid_releases_its_hold(customer):
    bought = bought_with(customer, pay(customer, 2000))

    earning.cancel_purchase(bought, at=on("2026-03-03"))

    assert buckets(customer) == (0, 2500, 0, 0)


def test_a_return_in_part_before_the_hold_is_captured_leaves_the_hold(customer):
    held = pay(customer, 2000)
    bought = bought_with(customer, held)

    earning.record_return(bought, {1: 1}, at=on("2026-03-03"))

    assert buckets(customer)[2] == 2000
    assert redemptions.capture(held, 1000, at=on("2026-03-03")).kind == "capture"


def test_a_return_after_the_hold_has_lapsed_restores_nothing(customer):
    bought = bought_with(customer, pay(customer, 2000))
    lapses.release_holds(at=on("2026-03-04"))

    earning.record_return(bought, {1: 1, 2: 1}, at=on("2026-03-05"))

    assert buckets(customer) == (0, 2500, 0, 0)

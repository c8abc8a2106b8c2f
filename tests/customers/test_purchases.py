"""Purchases come in whole, once, and are counted."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from customers.actions import purchases, single
from customers.actions.purchases import PurchaseRefused, WrongState
from customers.models import Customer, Fact, Line, Purchase, Verb
from customers.orders import OrderLine
from tests.factories.purchases import AT, line, order, purchase


@pytest.fixture
def customer(db) -> Customer:
    return Customer.objects.create(number="1001", name="Ada Byron")


def test_a_purchase_keeps_its_lines_and_leaves_a_fact(customer, agent):
    lines = (
        OrderLine(quantity=Decimal("1.5"), unit_price=Decimal("333"), product="tea", tax=40),
        OrderLine(quantity=Decimal(3), unit_price=Decimal(1000), product="pot", discount=500),
    )

    outcome = purchases.record(order(customer, lines=lines, number="A-1", shipping=490), by=agent)

    bought = outcome.purchase
    assert outcome.created
    assert (bought.goods, bought.shipping, bought.tax, bought.total) == (500 + 2500, 490, 40, 3490)
    assert list(bought.lines.order_by("position").values_list("product", "amount")) == [("tea", 500), ("pot", 2500)]
    fact = customer.timeline.get()
    assert (fact.verb, fact.at, fact.by) == (Verb.BOUGHT, AT, agent)
    assert fact.about == {"purchase": bought.pk, "number": "A-1", "total": 3490, "currency": "EUR"}


def test_the_same_order_again_is_found_and_not_doubled(customer):
    wanted = order(customer, 1000)
    first = purchases.record(wanted)

    again = purchases.record(wanted)

    assert (again.purchase, again.created) == (first.purchase, False)
    assert (Purchase.objects.count(), Line.objects.count(), Fact.objects.count()) == (1, 1, 1)


def test_a_number_never_stands_for_two_contents(customer):
    wanted = order(customer, 1000)
    purchases.record(wanted)

    with pytest.raises(PurchaseRefused) as refusal:
        purchases.record(replace(wanted, shipping=1))

    assert refusal.value.error_list[0].code == "duplicate_number"


def test_equal_amounts_and_instants_are_the_same_content_however_they_are_written(customer):
    wanted = order(customer, lines=(line(1000, quantity=2),))
    berlin = AT.astimezone(timezone.get_fixed_timezone(60))
    rewritten = replace(wanted, at=berlin, lines=(line(1000, quantity="2.00"),))

    assert rewritten.fingerprint == wanted.fingerprint


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"number": ""}, "number_missing", "number"),
        ({"customer": ""}, "customer_missing", "customer"),
        ({"customer": "nobody"}, "unknown_customer", "customer"),
        ({"source": "elsewhere"}, "unknown_source", "source"),
        ({"currency": "eur"}, "currency_unknown", "currency"),
        ({"lines": ()}, "lines_missing", "lines"),
        (
            {"lines": (OrderLine(quantity=Decimal(0), unit_price=Decimal(5)),)},
            "quantity_not_positive",
            "lines.0.quantity",
        ),
        ({"lines": (OrderLine(quantity=Decimal(1), unit_price=Decimal(-5)),)}, "price_negative", "lines.0.unit_price"),
        ({"lines": (line(1000, discount=1001),)}, "discount_too_large", "lines.0.discount"),
        ({"lines": (line(1000), line(1000, tax=-1))}, "amount_negative", "lines.1.tax"),
        (
            {"lines": (OrderLine(quantity=Decimal(10**9), unit_price=Decimal(1)),)},
            "amount_too_large",
            "lines.0.quantity",
        ),
        ({"lines": (line(1000, tax=10**16),)}, "amount_too_large", "lines.0.tax"),
        ({"lines": (line(1000, name="x" * 201),)}, "text_too_long", "lines.0.name"),
        ({"lines": (line(1000, brand="x" * 101),)}, "text_too_long", "lines.0.brand"),
        ({"lines": (line(1000, name="a\x00b"),)}, "text_unreadable", "lines.0.name"),
        ({"lines": (line(1000, name="\ud800"),)}, "text_unreadable", "lines.0.name"),
        ({"store": "x" * 61}, "text_too_long", "store"),
        ({"shipping": 10**16}, "amount_too_large", "shipping"),
        ({"shipping": -1}, "amount_negative", "shipping"),
        ({"gift_card": -1}, "amount_negative", "gift_card"),
        ({"points_paid": 600, "gift_card": 401}, "paid_too_much", "points_paid"),
        ({"at": AT.replace(tzinfo=None)}, "zone_missing", "at"),
    ],
)
def test_a_flawed_order_is_refused_with_its_reason_and_place(customer, change, code, field):
    with pytest.raises(PurchaseRefused) as refusal:
        purchases.record(replace(order(customer, 1000), **change))

    assert [(error.code, error.field) for error in refusal.value.error_list] == [(code, field)]
    assert not Purchase.objects.exists()


def test_bad_orders_in_a_batch_do_not_keep_the_good_ones_out(customer):
    good, bad = order(customer, 1000), order(customer, 2000, currency="?")
    twice = replace(good, shipping=7)

    outcomes = purchases.record_many([bad, good, twice])

    assert [outcome.created for outcome in outcomes] == [False, True, False]
    assert [outcome.refusal.error_list[0].code for outcome in outcomes if outcome.refusal] == [
        "currency_unknown",
        "duplicate_number",
    ]


def test_the_same_order_twice_in_a_batch_counts_once(customer):
    wanted = order(customer, 1000)

    first, second = purchases.record_many([wanted, replace(wanted)])

    assert (first.created, second.created) == (True, False)
    assert first.purchase == second.purchase
    assert Purchase.objects.count() == 1


def test_text_is_kept_as_it_was_said(customer):
    said = '\\N "quoted", 김유신\n\t\\.'

    bought = purchase(customer, lines=(line(1000, name=said, product=""),))

    assert bought.lines.values_list("name", "product").get() == (said, "")


def test_a_stated_amount_holds_against_the_rounded_price(customer):
    bought = purchase(
        customer, lines=(OrderLine(quantity=Decimal(30000), unit_price=Decimal("0.3333"), stated=10000),)
    )

    assert (bought.goods, bought.lines.get().amount) == (10000, 10000)


def test_the_old_number_of_a_merged_customer_finds_the_one_who_stands(customer):
    Customer.objects.create(
        number="0007", name="Ada B.", status="merged", merged_into=customer, merged_at=timezone.now()
    )

    bought = purchases.record(replace(order(customer), customer="0007")).purchase

    assert bought.customer == customer


def test_the_number_of_queries_does_not_grow_with_the_batch(customer, django_assert_num_queries):
    purchases.record(order(customer))
    for size in (1, 30):
        orders = [order(customer, 500, 700) for _ in range(size)]
        with django_assert_num_queries(13):
            purchases.record_many(orders)


def test_a_cancelled_purchase_counts_no_more_and_names_its_successor(customer, agent):
    first, second = purchase(customer, 1000), purchase(customer, 900)

    cancelled = purchases.cancel(first, by=agent, rebilled_as=second)

    assert (cancelled.status, cancelled.rebilled_as) == ("cancelled", second)
    assert customer.profile.purchases == 1
    assert customer.timeline.filter(verb=Verb.PURCHASE_CANCELLED, about__purchase=first.pk).exists()


def test_cancelling_twice_is_refused(customer):
    bought = purchase(customer)
    purchases.cancel(bought)

    with pytest.raises(WrongState):
        purchases.cancel(bought)


@pytest.mark.django_db(transaction=True)
def test_the_same_order_from_eight_sides_at_once_is_recorded_once():
    customer = Customer.objects.create(number="1001")
    wanted = order(customer, 1000)

    def record(_):
        try:
            return purchases.record(wanted)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(record, range(8)))

    assert sum(outcome.created for outcome in outcomes) == 1
    assert len({outcome.purchase.pk for outcome in outcomes}) == 1
    assert (Line.objects.count(), Fact.objects.count(), customer.profile.purchases) == (1, 1, 1)


@pytest.mark.parametrize("many", [1, 3])
def test_what_was_just_made_says_what_is_stored(customer, agent, many):
    wishes = [
        order(customer, 1_000, 500, number=f"M-{n}", shipping=490, gift_card=100, points_paid=50, store="Bonn")
        for n in range(many)
    ]

    made = [outcome.purchase for outcome in purchases.record_many(wishes, by=agent)]
    made += [single.record(replace(wishes[0], number="M-single"), by=agent).purchase]

    names = [field.attname for field in Purchase._meta.concrete_fields if field.name != "recorded_at"]
    for one in made:
        stored = Purchase.objects.get(pk=one.pk)
        assert [getattr(one, name) for name in names] == [getattr(stored, name) for name in names]
        assert one.recorded_at == stored.recorded_at

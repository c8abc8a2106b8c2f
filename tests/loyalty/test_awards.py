"""Purchases earn by rules: what is posted, what is kept of it, what it uses up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from customers.actions import profile, segments
from customers.models import Customer, Fact
from loyalty.actions import earning, erasure, merging, programmes, redemptions, rules, wallets
from loyalty.models import Calculation, Lot, Promise, Rule, RuleAward, Transaction
from tests.factories import customers, purchases
from tests.factories.loyalty import buckets, on, programme
from tests.factories.rules import fixed, limit, multiply, rule, said, when

pytestmark = pytest.mark.django_db
NOW = on("2026-03-02", "12:00:00")  # a Monday
NEXT = {"kind": "next", "factor": "2", "days": 30}


@pytest.fixture
def customer():
    programme(currency="EUR")
    return customers.customer()


def buy(customer, *amounts: int, at=NOW, **more) -> int:
    return earning.record_purchase(purchases.order(customer, *amounts, at=at, **more)).points


def goods(*lines: tuple[int, dict]):
    return tuple(purchases.line(amount, **fields) for amount, fields in lines)


def read() -> None:
    earning.react(list(Fact.objects.filter(verb__in=earning.VERBS).order_by("pk")))


def test_an_order_earns_by_all_its_rules_in_one_transaction(customer):
    double = rule(multiply("2", when("category", "tea")), name="Tea")
    rule(fixed(50, when("amount", 5_000)), name="Big")

    got = buy(customer, lines=goods((3_000, {"category": "Tea"}), (4_000, {"category": "pots"})))

    assert got == 70 + 30 + 50
    earned = Transaction.objects.get()
    assert buckets(customer) == (0, 150, 0, 0)
    calculation = Calculation.objects.get()
    assert (calculation.points, calculation.purchase_id) == (150, earned.purchase_id)
    assert [step["step"] for step in calculation.steps] == ["base", "multiply", "fixed", "floor"]
    award = RuleAward.objects.get(rule=double)
    assert (award.awarded, award.points, award.customer, award.at) == (30, 30, customer, NOW)


@pytest.mark.parametrize(
    ("condition", "more", "holds"),
    [
        (when("store", "Bonn"), {"store": "bonn"}, True),
        (when("store", "Bonn"), {"store": "Ulm"}, False),
        (when("channel", "web", "app"), {"channel": "app"}, True),
        (when("channel", "web", negated=True), {"channel": "web"}, False),
        (when("weekday", 1), {}, True),
        (when("weekday", 2, 3), {}, False),
        (when("hours", "12:00", "13:00"), {}, True),
        (when("hours", "11:00", "12:00"), {}, False),
        (when("hours", "22:00", "12:01"), {}, True),
        (when("amount", 1_000), {}, True),
        (when("amount", 1_001), {}, False),
        (when("matched_quantity", 2), {}, False),
        (when("product", "tea"), {}, True),
        (when("supplier", "acme"), {}, False),
    ],
)
def test_conditions_on_the_purchase(condition, more, holds, customer):
    rule(fixed(5, condition))

    assert buy(customer, 1_000, **more) == (15 if holds else 10)


def test_the_hour_is_that_of_the_programme(customer):
    programme(currency="EUR", zone="Asia/Seoul")
    rule(fixed(5, when("weekday", 2), when("hours", "00:00", "01:00")))

    assert buy(customer, 1_000, at=on("2026-03-02", "15:30:00")) == 15


def test_the_first_and_every_third_purchase(customer):
    rule(fixed(100, when("nth", 1)), name="Welcome")
    rule(fixed(10, when("every", 3)), name="Third")

    got = [buy(customer, 1_000, at=NOW + timedelta(days=day)) for day in range(6)]

    assert got == [110, 10, 20, 10, 10, 20]
    # an earlier purchase that arrives late is not first once more
    assert buy(customer, 1_000, at=NOW - timedelta(days=1)) == 10


def test_a_cancelled_first_purchase_leaves_the_bonus_to_the_next(customer):
    rule(fixed(100, when("nth", 1)), name="Welcome")
    first = earning.record_purchase(purchases.order(customer, 1_000, at=NOW))
    earning.cancel_purchase(first.recorded.purchase)

    assert buy(customer, 1_000, at=NOW + timedelta(days=1)) == 110


def test_more_than_the_customers_own_average(customer):
    rule(fixed(5, when("above_average", "customer", 100)))

    assert buy(customer, 9_000) == 90  # there is no average yet
    assert buy(customer, 9_000, at=NOW + timedelta(days=1)) == 90  # no more than it
    assert buy(customer, 9_001, at=NOW + timedelta(days=2)) == 95


def test_more_than_the_shops_average_of_the_days_before(customer):
    rule(fixed(5, when("above_average", "shop", 150)))
    for amount in (1_000, 3_000):
        buy(customers.customer(), amount, at=NOW - timedelta(days=10))
    buy(customers.customer(), 90_000, at=NOW - timedelta(days=100))

    assert buy(customer, 3_000) == 30
    assert buy(customer, 3_001) == 35


def test_the_birthday_month_is_a_month_of_the_programmes_zone(customer):
    programme(currency="EUR", zone="Asia/Seoul")
    rule(fixed(50, when("birthday"), caps=[{"per": "year", "times": 1}]))
    Customer.objects.filter(pk=customer.pk).update(birth_month=4, birth_day=1)

    assert buy(customer, 1_000, at=on("2026-03-31", "14:59:59")) == 10
    assert buy(customer, 1_000, at=on("2026-03-31", "15:00:00")) == 60
    Customer.objects.filter(pk=customer.pk).update(birth_month=5)
    assert buy(customer, 1_000, at=on("2026-05-02")) == 10  # B9: edited, and still once a year
    assert buy(customer, 1_000, at=on("2027-05-02")) == 60


def test_the_order_that_reaches_a_tier_earns_at_the_old_rate(customer):  # the rule's part of G7
    rule(multiply("5/4", when("tier", "silver")))
    rule(multiply("3/2", when("tier", "gold")))
    profile.refresh([customer.pk])
    profile.show_tiers([(customer.pk, "silver")])
    assert buy(customer, 10_000) == 125
    profile.show_tiers([(customer.pk, "gold")])

    assert buy(customer, 10_000) == 150


def test_a_segment_is_asked_as_of_the_purchase(customer):
    quick = {"groups": [{"conditions": [{"field": "joined", "how": "within", "values": [30]}]}]}
    german = {"groups": [{"conditions": [{"field": "country", "how": "in", "values": ["DE"]}]}]}
    new, home = segments.make("New", quick), segments.make("Home", german)
    Customer.objects.filter(pk=customer.pk).update(created_at=NOW, country="DE")
    rule(fixed(5, when("segment", new.pk)))
    rule(fixed(7, when("segment", home.pk)))

    late = NOW + timedelta(days=30)
    bought = [purchases.purchase(customer, 1_000, at=at) for at in (NOW, late)]
    earned = earning.earn_for(bought)

    assert [earned[row.pk].asked.points for row in bought] == [22, 17]


def test_a_bonus_is_promised_for_the_next_purchase_and_kept_once(customer):
    rule(said(NEXT, when("amount", 5_000)), name="Come back")

    assert buy(customer, 5_000, at=NOW) == 50
    assert buy(customer, 1_000, at=NOW + timedelta(days=3)) == 20
    assert buy(customer, 1_000, at=NOW + timedelta(days=4)) == 10
    assert Calculation.objects.order_by("pk").last().steps[1]["promise"] == Promise.objects.get().pk


def test_a_promise_lasts_through_its_last_day(customer):
    rule(said({**NEXT, "days": 1}, when("amount", 5_000)))
    buy(customer, 5_000)
    assert buy(customer, 1_000, at=on("2026-03-04")) == 10

    buy(customer, 5_000, at=on("2026-03-06"))
    assert buy(customer, 1_000, at=on("2026-03-07", "23:59:59")) == 20


def test_a_batch_keeps_the_promises_that_it_makes(customer):
    rule(said({"kind": "next", "points": 7, "days": 9}, caps=[{"per": "ever", "times": 2}]))
    bought = [purchases.purchase(customer, 1_000, at=NOW + timedelta(hours=hour)) for hour in range(4)]

    earned = earning.earn_for(reversed(bought))

    assert [earned[row.pk].asked.points for row in bought] == [10, 17, 17, 10]


def test_a_rule_may_have_points_that_last_otherwise(customer):
    programme(currency="EUR", expiry_months=12, return_window_days=14)
    rule(multiply("2", lasting={"days": 30}), name="Quick")
    rule(fixed(5), name="Plain")

    receipt = earning.record_purchase(purchases.order(customer, 1_000, at=NOW))

    assert receipt.points == 25
    lots = list(Lot.objects.order_by("pk").values_list("granted", "expires_at"))
    assert lots == [(15, on("2027-03-03")), (10, on("2026-04-02"))]
    quick = Transaction.objects.order_by("pk").last()
    assert quick.natural_key.startswith(f"purchase:{receipt.recorded.purchase.pk}:rule:")
    assert quick.reason == "Quick"


def test_a_budget_is_used_up_and_nothing_more_is_given(customer):
    spent = rule(multiply("2", budget=25))
    other = customers.customer()

    assert [buy(customer, 1_000), buy(other, 1_000), buy(other, 1_000)] == [20, 20, 15]
    assert buy(customer, 1_000) == 10
    spent.refresh_from_db()
    assert spent.spent == 25
    rules.redraft(spent, multiply("2", budget=30))
    rules.begin(spent, begins_at=NOW + timedelta(days=1), at=NOW)
    assert buy(customer, 1_000, at=NOW + timedelta(days=1)) == 15


def test_a_batch_and_the_reader_keep_the_caps_as_single_purchases_do(customer):
    rule(fixed(20, caps=[{"per": "day", "points": 50}]))
    other = customers.customer()
    for who in (customer, customer, other, customer, customer):
        purchases.purchase(who, 1_000, at=NOW)

    read()
    read()

    assert (buckets(customer)[1], buckets(other)[1]) == (40 + 50, 30)


def test_recording_again_gives_the_same_and_uses_nothing_up(customer):
    rule(fixed(20, caps=[{"per": "ever", "times": 1}], lasting={"days": 5}))
    order = purchases.order(customer, 1_000, at=NOW)

    first, again = earning.record_purchase(order), earning.record_purchase(order)
    read()

    assert (first.points, again.points, again.transaction) == (30, 30, first.transaction)
    assert buckets(customer)[1] == 30
    assert RuleAward.objects.count() == 1


def test_an_order_that_only_a_rule_makes_worth_something_earns(customer):
    rule(fixed(5), name="Thanks")

    assert buy(customer, 99) == 5
    assert buy(customer, 99, currency="USD") == 0


def test_a_rule_that_began_meanwhile_is_noticed_whatever_is_in_memory(customer):
    buy(customer, 1_000)
    stale = programmes.main()
    rule(multiply("2"))
    programmes._copies["main"] = stale  # another process, which has not heard of it

    assert buy(customer, 1_000) == 20
    programmes._copies["main"] = stale
    rule(fixed(3))
    programmes._copies["main"] = stale
    assert buy(customer, 99) == 4


def test_a_limit_that_leaves_nothing_is_kept_and_said(customer):
    rule(limit(caps=[{"per": "order", "points": 5}], over="reject"), name="Five")

    assert buy(customer, 1_000) == 0

    assert not Transaction.objects.exists()
    assert Calculation.objects.get().steps[-1]["step"] == "limit"
    assert not RuleAward.objects.exists()


def test_without_a_rule_that_is_for_it_a_purchase_costs_nothing_more(customer):
    buy(customer, 1_000)
    buy(customer, 1_000)
    with CaptureQueriesContext(connection) as plain:
        buy(customer, 1_000)
    rule(multiply("2", when("category", "sale")))
    buy(customer, 1_000)
    with CaptureQueriesContext(connection) as ruled:
        buy(customer, 1_000)

    assert len(ruled) == len(plain)
    assert not Calculation.objects.exists()


def test_caps_hold_for_two_who_are_merged(customer, manager):
    rule(fixed(20, caps=[{"per": "year", "times": 1}]))
    other = customers.customer()
    buy(other, 1_000)
    merging.merge(other, into=customer, by=manager)

    assert buy(customer, 1_000, at=NOW + timedelta(days=1)) == 10


def test_erasing_forgets_what_was_known_of_the_person(customer, manager):
    rule(said(NEXT))
    rule(fixed(5, when("tier", "gold")))
    profile.refresh([customer.pk])
    profile.show_tiers([(customer.pk, "gold")])
    buy(customer, 1_000)
    erasure.erase(customer, by=manager)

    calculation = Calculation.objects.get()
    assert (calculation.context, calculation.steps) == ({}, [])
    assert Promise.objects.get().withdrawn_at is not None


def test_a_frozen_wallet_earns_nothing_by_rules_either(customer):
    rule(fixed(5, budget=100))
    wallets.freeze(customer, reason="test")

    assert buy(customer, 1_000) == 0

    assert not Calculation.objects.exists()
    assert Rule.objects.get().spent == 0


def test_new_points_by_rules_repay_what_is_owed_first(customer):
    rule(multiply("2"))
    order = earning.record_purchase(purchases.order(customer, 1_000, at=NOW))
    redemptions.redeem(customer, 20, at=NOW)
    earning.cancel_purchase(order.recorded.purchase, at=NOW)
    assert buckets(customer) == (0, 0, 0, 20)

    buy(customer, 1_500)

    assert buckets(customer) == (0, 10, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_at_the_same_time_no_cap_and_no_budget_is_exceeded():
    programme(currency="EUR")
    rule(fixed(10, caps=[{"per": "day", "points": 25}]), name="Capped")
    rule(multiply("2", budget=45), name="Budget")
    people = [customers.customer(), customers.customer()]
    orders = [purchases.order(people[n % 2], 1_000, at=NOW) for n in range(12)]

    def record(order) -> int:
        try:
            return earning.record_purchase(order).points
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        got = sum(pool.map(record, orders))

    assert got == 12 * 10 + 2 * 25 + 45
    assert Rule.objects.get(name="Budget").spent == 45
    assert sum(buckets(person)[1] for person in people) == got

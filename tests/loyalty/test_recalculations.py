"""What comes back takes its points along by the rules of the purchase, exactly; caps have their room again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers.actions import profile
from customers.models import Fact
from loyalty.actions import audit, earning, programmes, rules
from loyalty.models import Promise, Rule, RuleAward
from tests.factories import customers, purchases
from tests.factories.loyalty import buckets, on, programme
from tests.factories.rules import fixed, limit, multiply, rule, said, when

pytestmark = pytest.mark.django_db
NOW = on("2026-03-02", "12:00:00")
LATER = NOW + timedelta(days=3)


@pytest.fixture
def customer():
    programme(currency="EUR")
    return customers.customer()


def buy(customer, *lines, at=NOW, **more):
    """Lines are amounts, or (amount, quantity, category)."""
    made = [
        purchases.line(line) if isinstance(line, int) else purchases.line(line[0], quantity=line[1], category=line[2])
        for line in lines
    ]
    return earning.record_purchase(purchases.order(customer, lines=tuple(made), at=at, **more)).recorded.purchase


def back(purchase, *quantities, at=LATER):
    earning.record_return(purchase, {place: Decimal(n) for place, n in enumerate(quantities, 1) if n}, at=at)


def test_a_line_takes_back_what_its_own_rules_gave(customer):
    rule(multiply("3", when("category", "tea")))
    purchase = buy(customer, (1_000, 2, "tea"), (1_000, 1, "pots"))
    assert buckets(customer)[1] == 40

    back(purchase, 1)
    assert buckets(customer)[1] == 25
    back(purchase, 0, 1)
    assert buckets(customer)[1] == 15
    back(purchase, 1)
    assert buckets(customer)[1] == 0


def test_a_bonus_goes_when_the_kept_part_is_too_small_for_it(customer):
    rule(fixed(50, when("amount", 5_000)))
    purchase = buy(customer, 3_000, 2_500)
    assert buckets(customer)[1] == 105

    back(purchase, 0, 1)

    assert buckets(customer)[1] == 30


def test_what_was_known_of_the_customer_stays_as_it_was(customer):
    profile.refresh([customer.pk])
    profile.show_tiers([(customer.pk, "gold")])
    rule(multiply("2", when("tier", "gold")))
    rule(fixed(9, when("nth", 1)))
    purchase = buy(customer, 1_000, 1_000)
    profile.show_tiers([(customer.pk, "silver")])
    earning.cancel_purchase(buy(customer, 500, at=NOW - timedelta(days=1)))

    back(purchase, 1)

    assert buckets(customer)[1] == 20 + 9


def test_the_rules_of_the_purchase_count_whatever_came_after(customer):
    double = rule(multiply("2"))
    purchase = buy(customer, 1_000, 1_000)
    rules.redraft(double, multiply("5"))
    rules.begin(double, begins_at=NOW + timedelta(days=1), at=NOW)
    rule(fixed(100))

    back(purchase, 1)

    assert buckets(customer)[1] == 20


def test_a_return_gives_its_caps_room_again_in_the_same_period(customer):
    rule(multiply("2", caps=[{"per": "month", "points": 30}]))
    purchase = buy(customer, 2_000, 2_000)
    assert buckets(customer)[1] == 40 + 30

    back(purchase, 1)  # of 20 that the rest would bring, all are given
    assert buckets(customer)[1] == 20 + 20
    buy(customer, 2_000, at=LATER)
    assert buckets(customer)[1] == 40 + 20 + 10
    back(purchase, 0, 1)
    buy(customer, 2_000, at=on("2026-03-31"))
    assert buckets(customer)[1] == 20 + 10 + 20 + 20


def test_a_return_gives_limits_and_budgets_their_room_again(customer):
    spent = rule(multiply("2", budget=25))
    rule(limit(caps=[{"per": "day", "points": 60}]))
    purchase = buy(customer, 4_000)
    assert buckets(customer)[1] == 60
    spent.refresh_from_db()
    assert spent.spent == 20  # of its 25 the limit has left 20

    earning.cancel_purchase(purchase)

    spent.refresh_from_db()
    assert spent.spent == 0
    buy(customer, 4_000)
    assert buckets(customer)[1] == 60


def test_times_and_cooldowns_are_free_again_when_all_is_back(customer):
    rule(fixed(10, caps=[{"per": "year", "times": 1}], cooldown_hours=1_000))
    purchase = buy(customer, 1_000)
    back(purchase, 1)
    assert buckets(customer)[1] == 0

    buy(customer, 1_000, at=LATER)

    assert buckets(customer)[1] == 20


def test_points_that_last_otherwise_are_taken_back_from_their_own_lot(customer):
    programme(currency="EUR", expiry_months=12)
    rule(multiply("2", lasting={"days": 100}))
    purchase = buy(customer, 1_050, 1_050)
    lots = customer.wallets.get().lots.order_by("pk")
    assert list(lots.values_list("available", flat=True)) == [21, 21]

    back(purchase, 1)
    assert buckets(customer)[1] == 21
    assert sum(lots.values_list("available", flat=True)) == 21
    back(purchase, 0, 1)

    assert list(lots.values_list("available", flat=True)) == [0, 0]


def test_a_promise_goes_with_the_purchase_that_made_it(customer):
    rule(said({"kind": "next", "factor": "2", "days": 30}, when("amount", 5_000)))
    made = buy(customer, 3_000, 2_000)
    back(made, 0, 1)
    assert Promise.objects.get().withdrawn_at is not None

    buy(customer, 1_000, at=LATER)

    assert buckets(customer)[1] == 30 + 10


def test_a_promise_that_was_kept_is_taken_out_of_the_purchase_that_kept_it(customer):
    rule(said({"kind": "next", "factor": "2", "days": 30}, when("amount", 5_000)))
    made = buy(customer, 5_000)
    kept = buy(customer, 1_000, 1_000, at=NOW + timedelta(days=1))
    assert buckets(customer)[1] == 50 + 40

    earning.cancel_purchase(made, at=LATER)
    assert buckets(customer)[1] == 20
    back(kept, 1)

    assert buckets(customer)[1] == 10


def test_a_promise_is_open_again_when_the_purchase_that_kept_it_is_cancelled(customer):
    rule(said({"kind": "next", "factor": "2", "days": 30}, when("amount", 5_000)))
    buy(customer, 5_000)
    kept = buy(customer, 1_000, at=NOW + timedelta(days=1))
    earning.cancel_purchase(kept, at=LATER)
    assert buckets(customer)[1] == 50

    buy(customer, 1_000, at=LATER)

    assert buckets(customer)[1] == 50 + 20


def test_nothing_becomes_more_by_a_return(customer):
    rule(fixed(50, when("amount", 5_000, negated=True)))
    purchase = buy(customer, 4_000, 2_000)
    assert buckets(customer)[1] == 60

    back(purchase, 0, 1)

    assert buckets(customer)[1] == 40


def test_the_reader_comes_to_the_same_and_twice_changes_nothing(customer):
    rule(multiply("3", when("category", "tea")))
    order = purchases.order(customer, lines=(purchases.line(3_000, quantity=3, category="tea"),), at=NOW)
    from customers.actions import purchases as recording
    from customers.actions import returns

    bought = recording.record(order).purchase
    returns.record(bought, {1: Decimal(1)}, at=LATER)
    facts = list(Fact.objects.filter(verb__in=earning.VERBS).order_by("pk"))
    earning.react(facts)
    earning.react(facts)

    assert buckets(customer)[1] == 60
    assert RuleAward.objects.get().points == 40


amounts = st.lists(st.tuples(st.integers(1, 9_999), st.integers(1, 4), st.sampled_from("ab")), min_size=1, max_size=4)
steps = st.lists(st.integers(0, 30), max_size=8)
chosen = st.lists(
    st.sampled_from(
        [
            multiply("3/2", when("category", "a")),
            multiply("7/3"),
            multiply("2", when("category", "b"), lasting={"days": 9}),
            fixed(17, when("amount", 5_000)),
            fixed(3, when("category", "a"), per="item", lasting={"days": 5}),
            multiply("2", caps=[{"per": "day", "points": 40}]),
            limit(caps=[{"per": "order", "points": 90}]),
            {"effect": {"kind": "exclude"}, "when": [when("category", "b")]},
        ]
    ),
    max_size=4,
)


class ReturnsTest(TestCase):
    """However a purchase comes back, its points end where those of the kept part would have begun."""

    @settings(max_examples=25, deadline=None)
    @example(
        lines=[(1, 1, "a"), (5_999, 1, "a")],
        says=[
            multiply("3/2", when("category", "a")),
            fixed(3, when("category", "a"), per="item", lasting={"days": 5}),
            limit(caps=[{"per": "order", "points": 90}]),
        ],
        stacking="sum",
        wanted=[0],
    )
    @given(amounts, chosen, st.sampled_from(["sum", "multiply", "best"]), steps)
    def test_partial_returns_end_at_what_the_rest_is_worth(self, lines, says, stacking, wanted):
        programme(currency="EUR", stacking=stacking)
        for said_ in says:
            rule(said_)
        customer, twin = customers.customer(), customers.customer()
        purchase = buy(customer, *lines)
        left = [quantity for _amount, quantity, _category in lines]
        for choice in wanted:
            place = choice % len(left)
            if left[place]:
                left[place] -= 1
                back(purchase, *(int(place == other) for other in range(len(left))))
        purchase.refresh_from_db()
        rest = [
            (line.amount - sum(part.amount for part in line.return_lines.all()), quantity, line.category)
            for line, quantity in zip(purchase.lines.order_by("position"), left, strict=True)
            if quantity
        ]
        if rest:
            buy(twin, *rest)

        assert sum(buckets(customer)) == sum(buckets(twin))
        assert all(award.points <= award.awarded for award in RuleAward.objects.all())
        found = audit.audit()
        assert found.finding_count == 0, found.findings
        programmes.forget()
        assert Rule.objects.count() == len(says)

"""Working out what purchases are worth: with what the database knows, by few queries, writing nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.actions import profile, segments
from customers.models import Fact
from loyalty.actions import calculations, programmes
from loyalty.models import Calculation, RuleAward, Transaction
from loyalty.queries import persons, rulebook
from loyalty.rules import reading
from loyalty.rules.matching import Person
from tests.factories import customers, purchases
from tests.factories.loyalty import on, programme
from tests.factories.rules import fixed, multiply, rule, said, when

pytestmark = pytest.mark.django_db
NOW = on("2026-03-02", "12:00:00")


@pytest.fixture
def rules_of_all_kinds():
    programme(currency="EUR")
    segment = segments.make("All", {"groups": []})
    rule(multiply("2", when("category", "tea")))
    rule(fixed(1, when("tier", "gold"), when("birthday", negated=True)))
    rule(fixed(2, when("segment", segment.pk), caps=[{"per": "day", "points": 3}]))
    rule(fixed(3, when("every", 2), budget=1_000))
    rule(fixed(4, when("above_average", "shop", 100)))
    rule(said({"kind": "next", "points": 5, "days": 10}))


def test_any_number_of_purchases_takes_the_same_number_of_queries(rules_of_all_kinds):
    def taken(count: int) -> int:
        bought = [purchases.purchase(customers.customer(), 1_000, 500, at=NOW) for _ in range(count)]
        calculations.of_purchases(bought, programmes.main())
        with CaptureQueriesContext(connection) as queries:
            plans = calculations.of_purchases(bought, programmes.main())
        assert len(plans) == count
        return len(queries)

    assert taken(1) == taken(3)


def test_nothing_is_written(rules_of_all_kinds):
    bought = purchases.purchase(customers.customer(), 1_000, at=NOW)
    facts = Fact.objects.count()

    (plan,) = calculations.of_purchases([bought], programmes.main())

    assert (plan.worth.points, [match.spec.effect.value for match in plan.matches]) == (12, ["fixed", "next"])
    assert (Fact.objects.count(), Calculation.objects.count(), RuleAward.objects.count()) == (facts, 0, 0)
    assert not Transaction.objects.exists()


def test_plans_come_in_the_order_of_buying_and_know_of_each_other(rules_of_all_kinds):
    customer = customers.customer()
    late = purchases.purchase(customer, 1_000, at=NOW + timedelta(hours=1))
    early = purchases.purchase(customer, 1_000, at=NOW)

    desk = calculations.Desk(programmes.main(), rulebook.of(programmes.main()), imagined=True)
    plans = desk.work_out(calculations.subjects_of([late, early], programmes.main()))

    assert [plan.subject.purchase for plan in plans] == [early, late]
    # 2 by the segment, then 1 that its cap leaves, 3 for the second purchase, 5 as promised by the first
    assert [plan.worth.points for plan in plans] == [12, 10 + 1 + 3 + 5]


def test_only_what_a_condition_asks_for_is_read():
    programme(currency="EUR")
    customer = customers.customer(birth_month=3, birth_day=1)
    profile.refresh([customer.pk])
    profile.show_tiers([(customer.pk, "gold")])
    about = persons.About(customer.pk, NOW)

    def person(*conditions) -> Person:
        spec = reading.read(fixed(1, *conditions))
        return persons.persons([about], spec.person_conditions, programmes.main())[0]

    assert person() == Person()
    assert person(when("tier", "gold")) == Person(tier="gold", birth_month=3)


def test_what_was_known_of_a_person_is_kept_and_read_again():
    known = Person("gold", frozenset({3, 1}), 7, None, None, 5, {"purchase": 1.5})

    assert Person.of(known.as_json()) == known


def test_a_purchase_that_no_rule_is_for_is_told_without_asking(django_assert_num_queries):
    programme(currency="EUR")
    rule(multiply("2", when("category", "sale")))
    bought = purchases.purchase(customers.customer(), 1_000, at=NOW)
    rules, lines = programmes.main(), list(bought.lines.all())
    calculations.concerned(bought, lines, rules)

    with django_assert_num_queries(0):
        assert not calculations.concerned(bought, lines, rules)
        lines[0].category = "Sale"
        assert calculations.concerned(bought, lines, rules)

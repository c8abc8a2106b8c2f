"""What other systems report of customers."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from customers.actions import facts
from customers.actions.facts import FactRefused, TooMany
from customers.models import REPORTABLE, Customer, Fact, Verb
from customers.reports import PARTICULARS, Report
from tests.factories.customers import customer

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def report(who: Customer, key: str = "r-1", **changes) -> Report:
    usual = {"verb": "reviewed", "at": AT, "source": "shop", "about": {"product": "tea", "rating": 5}}
    return Report(customer=who.number, key=key, **usual | changes)


def codes(outcome: facts.Outcome) -> list[str]:
    assert outcome.refusal is not None
    return [error.code for error in outcome.refusal.error_list]


def test_a_report_becomes_a_fact_with_its_source(db, agent):
    ada = customer()

    fact = facts.report(ada, Verb.REVIEWED, at=AT, source="shop", key="r-1", by=agent, product="tea", rating=5)

    fact = Fact.objects.get(pk=fact.pk)
    assert (fact.customer, fact.verb, fact.at, fact.by) == (ada, "reviewed", AT, agent)
    assert fact.about == {"product": "tea", "rating": 5, "source": "shop"}


def test_the_same_report_again_is_answered_with_the_first(db):
    ada = customer()

    first, second = (facts.report_many([report(ada)])[0] for _ in range(2))

    assert (first.created, second.created) == (True, False)
    assert second.fact == first.fact
    assert Fact.objects.count() == 1


def test_the_same_key_of_another_source_is_another_fact(db):
    ada = customer()

    outcomes = facts.report_many([report(ada), report(ada, source="till")])

    assert [outcome.created for outcome in outcomes] == [True, True]


@pytest.mark.parametrize("batches", [1, 2])
def test_a_key_used_for_something_else_is_refused(db, batches):
    ada = customer()
    first, other = report(ada), report(ada, at=AT + timedelta(hours=1))

    if batches == 1:
        outcome = facts.report_many([first, other])[1]
    else:
        facts.report_many([first])
        outcome = facts.report_many([other])[0]

    assert codes(outcome) == ["duplicate_key"]
    assert Fact.objects.get().at == AT


def test_every_bad_report_is_refused_for_its_own_reason_and_the_good_ones_go_in(db):
    ada = customer()
    good = report(ada, "good")
    bad = {
        "unknown_verb": replace(good, verb="points_granted"),
        "in_the_future": replace(good, at=timezone.now() + timedelta(hours=1)),
        "zone_missing": replace(good, at=datetime(2026, 3, 2)),  # noqa: DTZ001
        "unknown_customer": replace(good, customer="nobody"),
        "customer_missing": replace(good, customer=""),
        "source_invalid": replace(good, source="web shop"),
        "key_invalid": replace(good, key=""),
        "unknown_particular": replace(good, about={"text": "lovely"}),
        "particular_invalid": replace(good, about={"product": "jo@example.com"}),
    }

    outcomes = facts.report_many([*bad.values(), good])

    assert [codes(outcome) for outcome in outcomes[:-1]] == [[code] for code in bad]
    assert outcomes[-1].created
    assert Fact.objects.count() == 1


@pytest.mark.parametrize("value", ["two words", "a" * 61, "", True, 1.5, None, ["tea"], {"a": 1}, "지수"])
def test_a_particular_is_a_short_code_and_nothing_else(db, value):
    outcome = facts.report_many([report(customer(), about={"product": value})])[0]

    assert codes(outcome) == ["particular_invalid"]


@pytest.mark.parametrize("value", [11, -1, "5", True, 4.5])
def test_a_number_stays_within_its_limits(db, value):
    outcome = facts.report_many([report(customer(), about={"rating": value})])[0]

    assert codes(outcome) == ["particular_invalid"]


def test_every_verb_that_may_be_reported_says_which_particulars_it_has():
    assert set(PARTICULARS) == REPORTABLE


def test_one_report_that_is_refused_raises(db):
    with pytest.raises(FactRefused) as refusal:
        facts.report(customer(), Verb.BOUGHT, at=AT, source="shop", key="r-1")

    assert refusal.value.error_list[0].code == "unknown_verb"


def test_the_number_of_a_merged_customer_finds_the_one_who_stands(db):
    old, new = customer(), customer()
    Customer.objects.filter(pk=old.pk).update(status="merged", merged_into=new, merged_at=AT)

    outcome = facts.report_many([report(old)])[0]

    assert outcome.fact.customer == new


def test_an_erased_customer_is_unknown(db):
    gone = customer()
    Customer.objects.filter(pk=gone.pk).update(status="erased", erased_at=AT, name="")

    assert codes(facts.report_many([report(gone)])[0]) == ["unknown_customer"]


def test_a_thousand_cost_as_many_statements_as_one_and_more_are_refused(db, django_assert_num_queries):
    ada = customer()
    many = [report(ada, f"r-{n}") for n in range(1_000)]
    with django_assert_num_queries(6):  # savepoint and its release, customers locked and fetched, ids, insert
        facts.report_many(many[:1])
    with django_assert_num_queries(7):  # and what was known before
        outcomes = facts.report_many(many)

    assert [outcome.created for outcome in outcomes] == [False] + [True] * 999
    with pytest.raises(TooMany):
        facts.report_many([*many, report(ada, "one more")])


def test_rows_are_written_in_the_order_of_their_keys_and_numbered_in_the_order_asked(db):
    """Batches with the same keys in another order wait for each other; else they could block each other for good."""
    ada = customer()

    facts.report_many([report(ada, key) for key in ("c", "a", "b")])

    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM customers_fact ORDER BY ctid")
        assert [key[-1] for (key,) in cursor.fetchall()] == ["a", "b", "c"]
    assert [fact.key[-1] for fact in Fact.objects.order_by("pk")] == ["c", "a", "b"]


@pytest.mark.django_db(transaction=True)
def test_writers_of_the_same_reports_at_once_agree_on_one_fact_each():
    ada = customer()
    reports = [report(ada, f"r-{n}") for n in range(50)]

    def write(seed: int) -> list[facts.Outcome]:
        try:
            return facts.report_many(reports if seed % 2 else reports[::-1])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(write, range(4)))

    assert Fact.objects.count() == 50
    assert sum(outcome.created for answer in answers for outcome in answer) == 50
    assert all(outcome.fact for answer in answers for outcome in answer)

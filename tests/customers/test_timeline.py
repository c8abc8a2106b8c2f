"""What is recorded stays, once."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from customers.actions import timeline
from customers.models import ConsentDecision, Customer, Fact, Verb
from tests.factories.customers import customer
from tests.factories.purchases import AT

pytestmark = pytest.mark.django_db


def refused(statement) -> bool:
    """Whether the database itself refuses to change an append-only row."""
    try:
        with transaction.atomic():
            statement()
    except DatabaseError as error:
        return error.__cause__.sqlstate == "23001"
    return False


def test_a_fact_says_who_what_when_and_about_what(agent):
    ada = customer()

    fact = timeline.record(ada, Verb.VISITED, by=agent, at=AT, key="till:1", store="Harbour")

    assert (fact.customer, fact.verb, fact.by, fact.at, fact.about) == (
        ada,
        "visited",
        agent,
        AT,
        {"store": "Harbour"},
    )
    assert str(fact) == "visited"


def test_a_key_is_recorded_once():
    ada = customer()
    timeline.record(ada, Verb.VISITED, key="till:1")

    with pytest.raises(IntegrityError), transaction.atomic():
        timeline.record(ada, Verb.VISITED, key="till:1")


def test_of_many_facts_those_known_by_their_key_are_left_out():
    ada = customer()
    timeline.record(ada, Verb.VISITED, key="till:1")

    new = timeline.record_many(
        Fact(customer=ada, verb=Verb.VISITED, at=AT, key=key) for key in ("till:1", "till:2", None)
    )

    assert [fact.key for fact in new] == ["till:2", None]


def test_facts_and_consents_cannot_be_changed_or_deleted_and_customers_cannot_be_deleted():
    ada, bo = customer(), customer()
    fact = timeline.record(ada, Verb.VISITED)
    decision = ConsentDecision.objects.create(
        customer=ada, channel="email", purpose="care", granted=True, source="form", at=AT
    )
    facts, decisions = Fact.objects.filter(pk=fact.pk), ConsentDecision.objects.filter(pk=decision.pk)

    assert refused(lambda: facts.update(verb="bought"))
    assert refused(lambda: facts.update(about={"more": 1}))
    assert refused(lambda: facts.update(customer=bo))
    assert refused(lambda: facts._raw_delete("default"))
    assert refused(lambda: decisions.update(granted=False))
    assert refused(lambda: decisions._raw_delete("default"))
    assert refused(lambda: Customer.objects.filter(pk=bo.pk)._raw_delete("default"))


def test_a_position_is_given_once():
    fact = timeline.record(customer(), Verb.VISITED)
    facts = Fact.objects.filter(pk=fact.pk)

    assert facts.update(position=7) == 1
    assert refused(lambda: facts.update(position=8))


def test_rows_follow_their_customer_into_the_one_it_was_merged_into_and_nowhere_else():
    old, new, other = customer(), customer(), customer()
    fact = timeline.record(old, Verb.VISITED)
    Customer.objects.filter(pk=old.pk).update(status="merged", merged_into=new, merged_at=AT)
    facts = Fact.objects.filter(pk=fact.pk)

    assert refused(lambda: facts.update(customer=other))
    assert refused(lambda: facts.update(customer=new, verb="bought"))
    assert facts.update(customer=new) == 1


def test_the_particulars_of_an_erased_customer_may_be_emptied_and_nothing_else_changed():
    ada = customer()
    fact = timeline.record(ada, Verb.REVIEWED, key="review:1", rating=5)
    Customer.objects.filter(pk=ada.pk).update(status="erased", erased_at=AT, name="")
    facts = Fact.objects.filter(pk=fact.pk)

    assert refused(lambda: facts.update(verb="bought"))
    assert facts.update(about={}, key=None) == 1

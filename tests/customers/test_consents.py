"""Every decision is kept; the latest one holds."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.actions import consents
from customers.actions.consents import DecisionRefused
from customers.actions.customers import NotActive
from customers.models import AccessLog, ConsentDecision, Fact, Verb
from customers.queries.consents import allowed, current
from tests.factories.customers import customer as make

pytestmark = pytest.mark.django_db
OFFERS = {"channel": "email", "purpose": "offers", "source": "web form"}


def test_a_decision_is_kept_with_its_wording_and_leaves_a_fact(agent):
    ada = make()

    decision = consents.decide(ada, **OFFERS, granted=True, wording="Yes, write to me.", by=agent)

    assert (decision.wording, decision.source, decision.by) == ("Yes, write to me.", "web form", agent)
    fact = ada.timeline.get()
    assert (fact.verb, fact.by) == (Verb.CONSENT_GIVEN, agent)
    assert fact.about == {"channel": "email", "purpose": "offers", "decision": decision.pk}
    assert AccessLog.objects.get().fields == "email/offers"


def test_the_latest_decision_holds_whenever_it_was_written_down():
    ada = make()
    now = timezone.now()
    consents.decide(ada, **OFFERS, granted=True, at=now - timedelta(days=1))
    consents.decide(ada, **OFFERS, granted=False, at=now)
    consents.decide(ada, **OFFERS, granted=True, at=now - timedelta(days=9))

    states = {(consent.channel, consent.purpose): consent.allowed for consent in current(ada)}

    assert len(states) == 15
    assert not any(states.values())
    assert ada.timeline.filter(verb=Verb.CONSENT_WITHDRAWN).count() == 1


def test_who_may_be_reached_is_answered_for_many_in_one_query(django_assert_num_queries):
    yes, no, silent, other = make(), make(), make(), make()
    consents.decide(yes, **OFFERS, granted=False, at=timezone.now() - timedelta(days=2))
    consents.decide(yes, **OFFERS, granted=True)
    consents.decide(no, **OFFERS, granted=True, at=timezone.now() - timedelta(days=2))
    consents.decide(no, **OFFERS, granted=False)
    consents.decide(other, **OFFERS | {"purpose": "care"}, granted=True)

    with django_assert_num_queries(1):
        assert allowed([yes.pk, no.pk, silent.pk, other.pk], "email", "offers") == {yes.pk}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"channel": "pigeon"}, "unknown_consent"),
        ({"purpose": "fun"}, "unknown_consent"),
        ({"source": " "}, "no_source"),
        ({"at": timezone.now() + timedelta(days=2)}, "in_the_future"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(changes, code):
    with pytest.raises(DecisionRefused) as refusal:
        consents.decide(make(), **OFFERS | {"granted": True} | changes)

    assert refusal.value.code == code
    assert not ConsentDecision.objects.exists()


def test_a_merged_customer_decides_nothing():
    with pytest.raises(NotActive):
        consents.decide(make(status="merged", merged_into=make(), merged_at=timezone.now()), **OFFERS, granted=True)


def test_decisions_are_append_only():
    consents.decide(make(), **OFFERS, granted=True)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ConsentDecision.objects.update(granted=False)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ConsentDecision.objects.all().delete()


def test_many_decide_at_once_in_as_many_statements_as_one(django_assert_num_queries):
    people = [make() for _ in range(3)]

    for some in (people[:1], people):
        with django_assert_num_queries(6):
            consents.decide_many([consents.Decision(one, "sms", "care", True, "import") for one in some])

    assert ConsentDecision.objects.count() == Fact.objects.filter(verb=Verb.CONSENT_GIVEN).count() == 4


def test_one_wrong_decision_keeps_the_others_out():
    ada, bo = make(), make()

    with pytest.raises(DecisionRefused):
        consents.decide_many(
            [
                consents.Decision(ada, "sms", "care", True, "import"),
                consents.Decision(bo, "fax", "care", True, "import"),
            ]
        )

    assert not ConsentDecision.objects.exists()

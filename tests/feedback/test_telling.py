"""What happens in cases reaches timelines, and other systems also where nobody knows who it is."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from customers.actions import readers
from customers.models import Fact
from feedback.actions import cases, complaints, conversation, kinds, reopenings, spam, sweeping
from feedback.actions.policies import Rung
from feedback.models import Case
from integrations.actions import deliveries, webhooks
from integrations.models import Delivery
from tests.factories import calendars, customers, feedback
from tests.factories.policies import policy
from tests.factories.webhooks import endpoint

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
LADDER = (Rung("after", 0, "tell_agent"), Rung("after", 60, "tell_manager"), Rung("after", 120, "raise"))


def events() -> list[tuple]:
    """What endpoints hear of that is no fact."""
    rows = Delivery.objects.filter(event__isnull=False).order_by("pk").values_list("event", flat=True)
    return [(row["verb"], row["about"]) for row in rows]


def test_cases_of_unknown_senders_reach_other_systems(agent):
    endpoint()
    endpoint(verbs=["case_opened"], name="Only new ones")
    endpoint(verbs=["bought"], name="Shop")
    paused = endpoint(name="Paused").endpoint
    webhooks.pause(paused)

    case = feedback.case("question", customer=None, sender_address="somebody@example.org")
    conversation.reply(case, "It comes today.", by=agent)
    complaints.close(case, by=agent)
    reopenings.reopen(case, by=agent)

    about = {"case": case.pk}
    opened = ("case_opened", about | {"kind": "question"})
    told = [opened, opened, *((verb, about) for verb in ("case_answered", "case_closed", "case_reopened"))]
    assert sorted(map(str, events())) == sorted(map(str, told))
    assert not Delivery.objects.filter(endpoint=paused).exists()
    assert not Fact.objects.exists()
    first = Delivery.objects.earliest("pk")
    assert deliveries.payload(first) == {
        "id": None, "position": None, "customer": None, "verb": "case_opened", "about": opened[1],
        "at": f"{case.received_at:%Y-%m-%dT%H:%M:%S}.{case.received_at.microsecond // 1000:03}Z",
        "recorded_at": first.created_at.isoformat(),
    }  # fmt: skip
    assert (first.label, "somebody" in str(first.event)) == ("told us something", False)


def test_a_promise_that_is_broken_and_who_is_told_of_it_are_facts_once(agent, manager):
    endpoint()
    calendars.calendar()
    policy("Four hours", ("first_response", 4, "hours", ()), rungs=LADDER)
    known = feedback.case(at=MONDAY, impact=2, team=feedback.team(agent))
    nobody = feedback.case("question", customer=None, at=MONDAY, impact=2)
    for hour in (14, 15, 16, 16):
        sweeping.sweep(at=MONDAY.replace(hour=hour, minute=1))

    overdue = ("case_overdue", {"metric": "first_response"})
    steps = [("case_escalated", {"metric": "first_response", "step": step}) for step in ("tell_manager", "raise")]
    facts = Fact.objects.filter(verb__in=("case_overdue", "case_escalated")).order_by("pk")
    assert [(fact.verb, fact.about) for fact in facts] == [
        (verb, about | {"case": known.pk}) for verb, about in (overdue, *steps)
    ]
    assert facts[0].at == MONDAY.replace(hour=13)
    assert events()[1:] == [(verb, about | {"case": nobody.pk}) for verb, about in (overdue, *steps)]
    readers.catch_up("webhooks", webhooks.queue)
    assert Delivery.objects.filter(fact__in=facts).count() == 3


def test_a_step_that_changes_nothing_is_no_escalation(agent):
    endpoint()
    calendars.calendar()
    policy("Four hours", ("first_response", 4, "hours", ()), rungs=(Rung("after", 0, "reassign", to=agent),))
    case = cases.assign(feedback.case(at=MONDAY), to=agent, at=MONDAY)  # who is to get it has it
    sweeping.sweep(at=MONDAY.replace(hour=14))

    assert Case.objects.get(pk=case.pk).assignee == agent
    assert list(Fact.objects.filter(verb__startswith="case_").values_list("verb", flat=True)) == ["case_overdue"]


def test_what_was_told_is_not_told_again(agent):
    endpoint()
    held = feedback.case("question", customer=None, spam=True)
    assert events() == []
    spam.release(held, by=agent)
    spam.hold(held, by=agent)
    spam.release(held, by=agent)
    kinds.change(held, to="complaint", by=agent)
    kinds.change(held, to="question", reason="It is none.", by=agent)
    kinds.change(held, to="complaint", by=agent)
    assert [verb for verb, _about in events()] == ["case_opened", "complaint_opened"]


def test_who_it_was_is_told_once_it_is_known(agent):
    case = feedback.case("question", customer=None)
    kim, other = customers.customer(), customers.customer()
    cases.change(case, customer=kim, by=agent)
    cases.change(case, customer=other, by=agent)
    cases.change(case, customer=kim, by=agent)
    told = Fact.objects.filter(verb="case_opened").values_list("customer", "at")
    assert list(told) == [(kim.pk, case.received_at)]


def test_what_is_undone_was_never_told_and_a_message_is_about_one_thing(agent):
    made = endpoint().endpoint
    with transaction.atomic():
        feedback.case(customer=None)
        transaction.set_rollback(True)
    assert events() == []
    fact = Fact.objects.create(customer=feedback.case().customer, verb="visited", at=MONDAY)
    with pytest.raises(IntegrityError, match="delivery_tells_of_a_fact_or_an_event"), transaction.atomic():
        Delivery.objects.create(endpoint=made, fact=fact, event={"verb": "visited"}, next_at=MONDAY)

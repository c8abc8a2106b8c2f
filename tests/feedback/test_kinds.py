"""A case turns out to be of another kind."""

import pytest
from django.urls import reverse

from communications.models import Hold
from customers.models import Fact, Verb
from feedback.actions import cases, complaints, kinds, redress
from feedback.actions.refusals import CaseRefused, NotOpen, WrongStage
from feedback.models import Case, CaseEvent, Clock, Redress
from tests.factories import calendars, customers, feedback
from tests.factories.policies import policy

pytestmark = pytest.mark.django_db


def test_what_becomes_a_complaint_is_promised_held_back_and_settled_as_one(agent):
    calendars.calendar()
    policy("Complaints", ("final_response", 56, "calendar_days", ()), kinds=["complaint"])
    case = feedback.case(Case.Kind.QUESTION)

    kinds.change(case, to=Case.Kind.COMPLAINT, by=agent)
    again = kinds.change(case, to=Case.Kind.COMPLAINT, by=agent)

    assert (again.kind, again.stage) == ("complaint", "received")
    clock = Clock.objects.get(case=case)
    assert (clock.metric, clock.started_at, again.due_metric) == ("final_response", case.received_at, "final_response")
    assert Hold.objects.get(lifted_at=None).customer == case.customer
    assert Fact.objects.filter(customer=case.customer, verb=Verb.COMPLAINT_OPENED).count() == 1
    assert CaseEvent.objects.get(case=case, what="kind_changed").about == {"before": "question", "to": "complaint"}
    with pytest.raises(WrongStage):
        complaints.close(case, by=agent)


def test_a_complaint_stops_being_one_with_a_reason_and_its_promises_and_holds_end(agent):
    calendars.calendar()
    policy("Complaints", ("final_response", 56, "calendar_days", ()), kinds=["complaint"])
    case = complaints.acknowledge(feedback.case(), by=agent)

    with pytest.raises(CaseRefused) as refused:
        kinds.change(case, to=Case.Kind.QUESTION, reason=" ", by=agent)
    case = kinds.change(case, to=Case.Kind.QUESTION, reason="Only asks when it comes.", by=agent)

    assert refused.value.code == "reason_missing"
    assert (case.kind, case.stage, case.due_at) == ("question", "received", None)
    assert Clock.objects.get(case=case).state == "cancelled"
    assert not Hold.objects.filter(lifted_at=None).exists()
    assert case.entries.get(kind="note").text == "Only asks when it comes."
    kinds.change(case, to=Case.Kind.COMPLAINT, by=agent)
    assert Fact.objects.filter(customer=case.customer, verb=Verb.COMPLAINT_OPENED).count() == 2


def test_what_was_decided_or_is_to_be_given_stays_a_complaint(agent):
    decided = complaints.decide(feedback.case(), outcome=Case.Outcome.NOT, reason="It was there.", by=agent)
    promised = feedback.case()
    redress.propose(promised, Redress.Kind.APOLOGY, by=agent)

    for case in (decided, promised):
        with pytest.raises(CaseRefused) as refused:
            kinds.change(case, to=Case.Kind.PRAISE, reason="Is none.", by=agent)
        assert refused.value.code == "already_decided"


def test_a_settled_case_and_an_unknown_kind_are_refused(agent):
    closed = feedback.closed(feedback.case(Case.Kind.QUESTION), by=agent)

    with pytest.raises(NotOpen):
        kinds.change(closed, to=Case.Kind.COMPLAINT, by=agent)
    with pytest.raises(CaseRefused) as refused:
        kinds.change(feedback.case(), to="rant", by=agent)
    assert refused.value.code == "kind_unknown"


def test_the_kind_is_changed_on_the_page_and_a_refusal_shown(agent_client, marketer_client):
    case = cases.open(
        "question", subject="Late", text="Where?", channel="email", customer=customers.customer(email="k@example.org")
    )
    there = reverse("admin:case_kind", args=[case.pk])
    assert "Kind of case" in agent_client.get(reverse("admin:case_details", args=[case.pk])).content.decode()

    agent_client.post(there, {"kind": "complaint"})
    case.refresh_from_db()
    assert case.kind == "complaint"
    refused = agent_client.post(there, {"kind": "question"}).content.decode()
    assert "Say why it is no complaint." in refused
    assert marketer_client.post(there, {"kind": "question"}).status_code == 403

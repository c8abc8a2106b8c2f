"""The steps of a complaint, one after the other."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from communications.queries import holds
from customers.models import Fact
from feedback.actions import complaints, reopenings
from feedback.actions.refusals import NotOpen, WrongStage
from feedback.models import Case
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def refused(code, step, *args, **values):
    with pytest.raises(ValidationError) as error:
        step(*args, **values)
    assert error.value.code == code
    return error.value


def told(case):
    return list(Fact.objects.filter(customer=case.customer).order_by("pk").values_list("verb", flat=True))


def test_a_complaint_goes_step_by_step_and_each_is_written_down(agent):
    case, cause = feedback.case(), feedback.root_cause()
    assert holds.held(case.customer)
    case = complaints.acknowledge(case, by=agent)
    assert case.acknowledged_at is not None
    assert case.answered_at is None  # an acknowledgement answers nothing
    case = complaints.investigate(case, by=agent)
    case = complaints.decide(case, outcome="partly", reason="The parcel was late, but not lost.", by=agent)
    case = complaints.close(case, root_cause=cause, by=agent)

    case.refresh_from_db()
    assert (case.stage, case.outcome, case.root_cause) == ("closed", "partly", cause)
    assert case.unanswered_since is None
    events = list(case.events.order_by("pk").values_list("what", "by"))
    assert [what for what, _by in events] == ["opened", "acknowledged", "investigating", "decided", "closed"]
    assert {by for _what, by in events[1:]} == {agent.pk}
    assert told(case) == ["complaint_opened", "complaint_acknowledged", "complaint_resolved"]
    assert not holds.held(case.customer)


def test_each_step_refuses_a_case_that_is_elsewhere_merged_or_spam(agent):
    case = feedback.case()
    refused("wrong_stage", complaints.close, case, by=agent)
    complaints.acknowledge(case, by=agent)
    error = refused("wrong_stage", complaints.acknowledge, case, by=agent)
    assert isinstance(error, WrongStage)
    assert "acknowledged" in error.messages[0]

    Case.objects.filter(pk=case.pk).update(merged_into=feedback.case())
    refused("case_merged", complaints.investigate, case, by=agent)
    with pytest.raises(NotOpen):
        complaints.investigate(feedback.case(spam=True), by=agent)
    assert [event.what for event in case.events.order_by("pk")] == ["opened", "acknowledged"]


def test_a_decision_says_what_and_why_and_what_was_upheld_names_its_cause(agent):
    case = feedback.case()
    refused("outcome_missing", complaints.decide, case, outcome="", reason="x", by=agent)
    refused("reason_missing", complaints.decide, case, outcome="upheld", reason=" ", by=agent)
    complaints.decide(case, outcome="upheld", reason="It came late.", by=agent)
    refused("root_cause_missing", complaints.close, case, by=agent)
    retired = feedback.root_cause(retired=True)
    refused("root_cause_retired", complaints.close, case, root_cause=retired, by=agent)
    with pytest.raises(IntegrityError, match="upheld_complaint_is_settled_with_a_root_cause"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(stage="closed", closed_at=timezone.now())

    assert complaints.close(case, root_cause=feedback.root_cause(), by=agent).stage == "closed"
    outside = feedback.case()
    complaints.refer(outside, to="Ombudsman", by=agent)  # and comes back: nobody has decided anything
    refused("outcome_missing", complaints.close, reopenings.reopen(outside, by=agent), by=agent)
    other = feedback.case()
    complaints.decide(other, outcome="not", reason="It came in time.", by=agent)
    assert complaints.close(other, by=agent).root_cause is None


def test_a_question_is_answered_and_closed_without_more_ado(agent):
    case = feedback.case("question")
    assert not holds.held(case.customer)
    refused("wrong_stage", complaints.acknowledge, case, by=agent)
    complaints.close(case, by=agent)

    assert told(case) == ["case_opened", "case_closed"]
    refused("wrong_stage", complaints.refer, case, to="Ombudsman", by=agent)


def test_a_complaint_is_taken_outside_with_their_reference(agent):
    case, at = feedback.case(), timezone.now() + timedelta(minutes=1)
    refused("body_missing", complaints.refer, case, to=" ", by=agent)
    case = complaints.refer(case, to="Ombudsman", reference="2026/17", by=agent, at=at)

    assert (case.stage, case.closed_at) == ("referred", at)
    assert [(one.body, one.reference, one.by) for one in case.referrals.all()] == [("Ombudsman", "2026/17", agent)]
    assert told(case)[-1] == "complaint_referred"
    assert not holds.held(case.customer)


def test_a_closed_complaint_that_goes_outside_keeps_the_time_of_its_closing(agent):
    case = feedback.case()
    complaints.decide(case, outcome="not", reason="It came in time.", by=agent)
    closed = complaints.close(case, by=agent).closed_at

    assert complaints.refer(case, to="Ombudsman", by=agent, at=timezone.now() + timedelta(days=9)).closed_at == closed

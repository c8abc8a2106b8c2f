"""Settled cases are taken up again."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from communications.queries import holds
from customers.models import Fact, Verb
from feedback.actions import complaints, reopenings
from feedback.models import Case, CaseSettings
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def settled(agent, kind="complaint", **changes):
    case = feedback.case(kind, **changes)
    if kind == "complaint":
        complaints.decide(case, outcome="not", reason="It came in time.", by=agent)
    return complaints.close(case, by=agent)


def test_a_case_is_reopened_as_long_as_the_window_lasts(agent):
    CaseSettings(reopen_days=10).save()
    case = settled(agent)
    with pytest.raises(ValidationError) as error:
        reopenings.reopen(case, by=agent, at=case.closed_at + timedelta(days=10, seconds=1))
    assert error.value.code == "reopen_window_over"

    case = reopenings.reopen(case, by=agent, at=case.closed_at + timedelta(days=10))
    assert (case.stage, case.closed_at, case.reopenings, case.outcome) == ("reopened", None, 1, "not")
    assert holds.held(case.customer)
    for _ in range(2):  # each time is told of
        case = reopenings.reopen(complaints.close(case, by=agent), by=agent)
    assert Fact.objects.filter(customer=case.customer, verb=Verb.CASE_REOPENED).count() == 3
    assert Fact.objects.filter(customer=case.customer, verb=Verb.COMPLAINT_RESOLVED).count() == 3


def test_what_comes_back_from_outside_is_reopened_at_any_time(agent):
    case = complaints.refer(feedback.case(), to="Ombudsman", by=agent)

    assert reopenings.reopen(case, by=agent, at=timezone.now() + timedelta(days=900)).stage == "reopened"


def test_a_message_reopens_lately_and_opens_a_case_that_follows_after_that(agent):
    case = settled(agent, "question")
    early = reopenings.hear(case, text="One more thing.", channel="email", message_id="<1@example.org>")
    assert early.case == case
    case.refresh_from_db()
    assert (case.stage, case.unanswered_since) == ("reopened", early.at)

    CaseSettings(reopen_days=0).save()
    case = complaints.close(case, by=agent)
    late = timezone.now() + timedelta(minutes=1)
    for _ in range(2):  # delivered twice, opened once
        entry = reopenings.hear(case, text="And again.", channel="email", message_id="<2@example.org>", at=late)
    assert entry.case.follows == case
    assert (entry.case.customer, entry.case.subject, entry.text) == (case.customer, case.subject, "And again.")
    assert list(case.followed_by.all()) == [entry.case]


def test_an_absence_notice_opens_nothing_and_what_is_merged_goes_on_in_the_other(agent):
    case = settled(agent, "question")
    reopenings.hear(case, text="I am away.", channel="email", automatic=True)
    case.refresh_from_db()
    assert case.stage == "closed"

    other = feedback.case("question", customer=case.customer)
    Case.objects.filter(pk=case.pk).update(merged_into=other)
    case.refresh_from_db()
    assert reopenings.hear(case, text="Hello?", channel="email").case == other
    with pytest.raises(ValidationError) as error:
        reopenings.take_up(case, text="Again.", by=agent)
    assert error.value.code == "case_merged"

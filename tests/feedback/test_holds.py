"""Who has an open complaint is not advertised to."""

import pytest

from communications.queries import holds as questions
from feedback.actions import cases, complaints, holds, reopenings
from feedback.models import Case
from loyalty.actions import merging
from tests.factories import customers, feedback

pytestmark = pytest.mark.django_db


def test_marketing_waits_for_every_open_complaint_of_a_customer(agent):
    customer = customers.customer()
    first, second = feedback.case(customer=customer), feedback.case(customer=customer)
    complaints.refer(first, to="Ombudsman", by=agent)
    assert questions.standing(customer).get().placed_at == second.received_at  # not placed anew at every step
    complaints.investigate(second, by=agent)
    assert questions.standing(customer).get().placed_at == second.received_at
    complaints.refer(second, to="Ombudsman", by=agent)
    assert not questions.held(customer)
    reopenings.reopen(first, by=agent)
    assert questions.held(customer)


def test_the_hold_goes_to_whom_the_case_goes(agent):
    case, other = feedback.case(), customers.customer()
    first = case.customer
    case = cases.change(case, by=agent, customer=other)
    assert (questions.held(first), questions.held(other)) == (False, True)
    case = cases.change(case, by=agent, customer=None)
    assert not questions.held(other)
    cases.change(case, by=agent, customer=first)
    assert questions.held(first)


def test_spam_and_what_was_merged_hold_nobody_back(agent):
    case = feedback.case(spam=True)
    assert not questions.held(case.customer)
    case.spam = False
    case.save()
    holds.settle(case)
    assert questions.held(case.customer)
    case.merged_into = feedback.case("question")
    holds.settle(case)
    assert not questions.held(case.customer)


def test_after_a_merge_of_customers_the_survivor_is_held_once_and_let_go(agent, manager):
    case, survivor = feedback.case(), customers.customer()
    gone = case.customer
    merging.merge(gone, into=survivor, by=manager)
    case.refresh_from_db()
    holds.settle(case)
    holding = questions.standing(gone).count() + questions.standing(survivor).count()
    assert holding == 1

    complaints.refer(Case.objects.get(pk=case.pk), to="Ombudsman", by=agent)
    assert not questions.held(gone)
    assert not questions.held(survivor)

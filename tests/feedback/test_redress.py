"""Redress: within whose limits, offered, accepted, and paid once."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.models import Fact
from feedback.actions import cases, complaints, redress, reopenings
from feedback.models import Redress, RedressLimit
from feedback.queries import redress as questions
from loyalty.models import Claim, Transaction
from people.roles import Role
from tests.factories import feedback, people
from tests.factories.loyalty import buckets, programme, reward
from tests.loyalty.test_concurrency import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(agent):
    programme()
    return complaints.decide(feedback.case(), outcome="upheld", reason="It came late.", by=agent)


def refused(code, step, *args, **values):
    with pytest.raises(ValidationError) as error:
        step(*args, **values)
    assert error.value.code == code


def test_an_accepted_offer_is_paid_in_the_same_breath_each_line_by_one_posting(case, agent):
    gift = reward("mug", kind="voucher")
    points = redress.propose(case, "points", points=300, words="For the wait", by=agent)
    voucher = redress.propose(case, "voucher", reward=gift, by=agent)
    money = redress.propose(case, "money", amount=1500, by=agent)
    sorry = redress.propose(case, "apology", words="We are sorry.", by=agent)
    assert (voucher.amount, voucher.currency, money.currency) == (500, "EUR", "EUR")
    offered = complaints.offer(case, by=agent)
    assert (offered.stage, offered.waiting) == ("offered", "customer")
    case = complaints.accept(case, by=agent)

    for line in (points, voucher, money, sorry):
        line.refresh_from_db()
    assert [line.state for line in (points, voucher, money, sorry)] == ["paid", "paid", "accepted", "paid"]
    assert buckets(case.customer) == (0, 300, 0, 0)
    assert (points.posting.reference, points.posting.reason) == (case.number, "redress")
    assert (voucher.claim.reward, voucher.claim.origin) == (gift, "issued")
    offer, accepted = Fact.objects.filter(verb__startswith="redress_").order_by("pk")
    assert offer.about == accepted.about == {"case": case.pk, "points": 300, "amount": 1500, "currency": "EUR"}

    refused("redress_unsettled", complaints.close, case, root_cause=feedback.root_cause(), by=agent)
    refused("reference_missing", redress.record_payment, money, reference=" ", by=agent)
    assert redress.record_payment(money, reference="Bank 17", by=agent).state == "paid"
    refused("redress_state", redress.record_payment, money, reference="Bank 17", by=agent)
    assert complaints.close(case, root_cause=feedback.root_cause(), by=agent).stage == "closed"


def test_nothing_is_paid_again_after_a_reopening(case, agent):
    redress.propose(case, "points", points=300, by=agent)
    complaints.offer(case, by=agent)
    complaints.accept(case, by=agent)
    complaints.close(case, root_cause=feedback.root_cause(), by=agent)
    reopenings.reopen(case, by=agent)
    complaints.decide(case, outcome="upheld", reason="It came late.", by=agent)
    refused("redress_missing", complaints.offer, case, by=agent)
    redress.propose(case, "points", points=50, by=agent)
    complaints.offer(case, by=agent)
    complaints.accept(case, by=agent)

    assert buckets(case.customer) == (0, 350, 0, 0)


def test_above_the_limit_a_second_person_who_may_give_as_much_approves(case, agent, manager):
    line = redress.propose(case, "points", points=501, by=agent)
    assert line.state == "proposed"
    refused("redress_waits", complaints.offer, case, by=agent)
    refused("second_person_needed", redress.approve, line, by=agent)
    other = people.person("other", role=Role.SUPPORT)
    refused("second_person_needed", redress.approve, line, by=other)
    assert [one.pk for one in questions.waiting()] == [line.pk]
    RedressLimit.objects.create(group=Group.objects.get(name=Role.SUPPORT), kind="points", most=600)
    refused("second_person_needed", redress.approve, line, by=agent)  # whose own limit was raised meanwhile
    line = redress.approve(line, by=manager)
    assert (line.state, line.approved_by) == ("approved", manager)
    refused("redress_state", redress.approve, line, by=manager)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Redress.objects.filter(pk=line.pk).update(approved_by=agent)
    assert redress.propose(case, "points", points=600, by=agent).state == "approved"
    assert redress.propose(case, "points", points=601, by=agent).state == "proposed"


def test_limits_are_set_by_role_and_the_highest_role_counts(case, agent, manager):
    support, managers = (Group.objects.get(name=name) for name in (Role.SUPPORT, Role.MANAGERS))
    RedressLimit.objects.create(group=support, kind="money", most=100)
    RedressLimit.objects.create(group=managers, kind="points", most=1000)
    assert questions.limits_of(agent).most == {"points": 500, "voucher": 2000, "money": 100}
    assert questions.limits_of(manager).most == {"points": 1000, "voucher": None, "money": None}
    agent.groups.add(managers)
    assert questions.limits_of(agent).most == {"points": 1000, "voucher": None, "money": None}
    assert questions.limits_of(None).most == {}
    assert redress.propose(case, "points", points=1, by=None).state == "proposed"
    # What is worth no amount of money is for those who have no limit.
    cake = reward("cake")
    RedressLimit.objects.create(group=managers, kind="voucher", most=100_000)
    RedressLimit.objects.create(group=support, kind="voucher", most=100_000)
    assert redress.propose(case, "voucher", reward=cake, by=manager).state == "proposed"


def test_what_is_declined_or_never_answered_is_not_paid(case, agent):
    line = redress.propose(case, "points", points=300, by=agent)
    complaints.offer(case, by=agent)
    declined = complaints.decline(case, by=agent)
    assert (declined.stage, declined.waiting) == ("declined", "")
    more = redress.propose(case, "points", points=400, by=agent)
    complaints.offer(case, by=agent)
    complaints.close(case, root_cause=feedback.root_cause(), by=agent)

    states = list(case.redress.order_by("pk").values_list("pk", "state"))
    assert states == [(line.pk, "declined"), (more.pk, "lapsed")]
    assert buckets(case.customer) == (0, 0, 0, 0)


def test_redress_is_proposed_once_whole_and_to_somebody(case, agent):
    one = redress.propose(case, "points", points=10, key="form:1", by=agent)
    assert redress.propose(case, "points", points=10, key="form:1", by=agent) == one
    for kind, what in (("points", {}), ("money", {"points": 3}), ("voucher", {}), ("cheque", {})):
        refused("redress_incomplete", redress.propose, case, kind, by=agent, **what)
    refused("reward_not_offered", redress.propose, case, "voucher", reward=reward(status="draft"), by=agent)
    redress.withdraw(one, by=agent)
    refused("redress_state", redress.withdraw, one, by=agent)
    cases.change(case, by=agent, customer=None)
    refused("customer_unknown", redress.propose, case, "points", points=10, by=agent)
    complaints.close(case, root_cause=feedback.root_cause(), by=agent)
    refused("case_closed", redress.propose, case, "apology", by=agent)


def test_what_was_paid_is_taken_back_as_far_as_loyalty_can(case, agent, manager):
    gift = reward("mug", kind="voucher")
    lines = [
        redress.give(case, "points", points=300, by=agent),
        redress.give(case, "voucher", reward=gift, by=agent),
        redress.give(case, "apology", by=agent),
    ]
    refused("reason_missing", redress.undo, lines[0], reason=" ", by=manager)
    for line in lines[:2]:
        assert redress.undo(line, reason="Paid by mistake", by=manager).state == "undone"
        refused("redress_state", redress.undo, line, reason="Paid by mistake", by=manager)
    refused("not_undoable", redress.undo, lines[2], reason="Paid by mistake", by=manager)

    assert buckets(case.customer) == (0, 0, 0, 0)
    assert Claim.objects.get().status == "cancelled"


def test_resolving_answers_decides_gives_and_closes_all_or_nothing(agent):
    programme()
    case, cause = feedback.case(), feedback.root_cause()
    refused("above_limit", complaints.resolve, case, answer="Sorry!", goodwill=501, root_cause=cause, by=agent)
    refused("root_cause_missing", complaints.resolve, case, answer="Sorry!", goodwill=200, by=agent)
    case.refresh_from_db()
    assert (case.stage, case.entries.count(), Transaction.objects.count()) == ("received", 1, 0)

    case = complaints.resolve(case, answer="Sorry!", goodwill=200, root_cause=cause, by=agent)
    assert (case.stage, case.outcome, case.outcome_reason) == ("closed", "upheld", "Sorry!")
    assert buckets(case.customer) == (0, 200, 0, 0)
    assert case.answered_at is not None
    question = complaints.resolve(feedback.case("question"), answer="At ten.", goodwill=5, by=agent)
    assert (question.stage, buckets(question.customer)) == ("closed", (0, 5, 0, 0))


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_pay_an_offer_and_a_goodwill_once(manager):
    programme()
    case = complaints.decide(feedback.case(), outcome="upheld", reason="It came late.", by=manager)
    redress.propose(case, "points", points=300, by=manager)
    complaints.offer(case, by=manager, at=timezone.now() + timedelta(seconds=1))

    answers = at_once(10, lambda n: complaints.accept(case, by=manager).stage)
    assert sorted(answers) == ["accepted", *["wrong_stage"] * 9]
    assert buckets(case.customer) == (0, 300, 0, 0)

    answers = at_once(10, lambda n: redress.give(case, "points", points=50, key="goodwill", by=manager).pk)
    assert len(set(answers)) == 1
    assert buckets(case.customer) == (0, 350, 0, 0)


def test_nothing_is_approved_in_a_case_that_went_outside_or_paid_to_nobody(case, agent, manager):
    line = redress.propose(case, "points", points=501, by=agent)
    complaints.refer(case, to="Ombudsman", by=agent)
    refused("case_closed", redress.approve, line, by=manager)

    other = feedback.case()
    redress.propose(other, "points", points=10, by=agent)
    complaints.decide(other, outcome="upheld", reason="It came late.", by=agent)
    complaints.offer(other, by=agent)
    cases.change(other, customer=None, by=agent)
    refused("customer_unknown", complaints.accept, other, by=agent)

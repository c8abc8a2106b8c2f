"""Two cases that are one, and one that is two again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from communications.models import Hold
from feedback.actions import conversation, corrective, merging, moves, redress
from feedback.actions.refusals import CaseRefused, NotOpen
from feedback.models import Case, Entry
from tests.factories import customers, feedback

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim():
    return customers.customer(name="Kim", email="kim@example.org")


def state(case: Case) -> dict:
    row = Case.objects.values(*moves.KEPT, "merged_into", "stage", "waiting", "subject").get(pk=case.pk)
    said = Entry.objects.filter(case=case).order_by("pk").values_list("pk", flat=True)
    return row | {
        "said": list(said),
        "held": Hold.objects.filter(key__startswith=f"complaint:{case.pk}:", lifted_at=None).count(),
    }


def test_what_was_said_goes_along_and_comes_back_exactly(agent, kim):
    first, second = feedback.case(customer=kim), feedback.case(customer=kim, text="Once more: where?")
    conversation.reply(first, "Tomorrow.", by=agent)
    conversation.note(second, "The same.", by=agent)
    before = state(first), state(second)

    move = merging.merge(second, into=first, by=agent)

    assert state(first)["said"] == sorted(before[0]["said"] + before[1]["said"])
    assert state(second) == before[1] | {
        "said": [], "merged_into": first.pk, "last_entry_at": None, "unanswered_since": None, "held": 0
    }  # fmt: skip
    later = conversation.receive(second, text="Hello?", channel="email")
    assert later.case == first
    Entry.objects.filter(pk=later.pk).update(kind="received")
    moves.undo(move, by=agent)
    assert state(second) == before[1]
    assert state(first)["said"] == [*before[0]["said"], later.pk]


def test_an_undone_merge_of_which_nobody_spoke_leaves_no_trace_in_the_cases(agent, kim):
    cases = [feedback.case(customer=kim) for _ in range(2)]
    Case.objects.filter(pk=cases[0].pk).update(answered_at=timezone.now())  # known from elsewhere, without its words
    before = [state(case) for case in cases]
    move = merging.merge(cases[1], into=cases[0], by=agent)
    moves.undo(move, by=agent)

    assert [state(case) for case in cases] == before
    with pytest.raises(CaseRefused) as refused:
        moves.undo(move, by=agent)
    assert refused.value.code == "already_undone"


def test_nothing_is_put_back_once_the_customer_was_answered_or_the_survivor_settled(agent, kim):
    one, two, three = (feedback.case(customer=kim) for _ in range(3))
    answered = merging.merge(two, into=one, by=agent)
    conversation.reply(one, "Tomorrow.", by=agent)
    with pytest.raises(moves.MovedOn, match="answered since"):
        moves.undo(answered, by=agent)

    merging.merge(one, into=three, by=agent)
    with pytest.raises(moves.MovedOn, match="settled or merged"):
        moves.undo(answered, by=agent)


@pytest.mark.parametrize("code", ["same_case", "other_customer", "already_decided", "case_is_spam"])
def test_what_may_not_become_one_stays_two(agent, kim, code):
    case = feedback.case(customer=kim, spam=code == "case_is_spam")
    into = case if code == "same_case" else feedback.case(customer=None if code == "other_customer" else kim)
    if code == "already_decided":
        Case.objects.filter(pk=case.pk).update(stage="offered")

    with pytest.raises((CaseRefused, NotOpen)) as refused:
        merging.merge(case, into=into, by=agent)
    assert refused.value.code == code
    assert refused.value.messages


def test_cases_are_merged_and_parted_from_their_page_and_the_old_number_leads_on(kim, agent_client, marketer_client):
    first, second = feedback.case(customer=kim), feedback.case(customer=kim, subject="Once more")
    page = reverse("admin:case_merge", args=[second.pk])
    assert first.subject in agent_client.get(page).content.decode()
    assert "Merge #" in agent_client.get(page, {"into": f"#{first.pk}"}).content.decode()
    assert "no case of this number" in agent_client.get(page, {"into": "#999999"}).content.decode()

    assert agent_client.post(page, {"into": first.pk}).url == reverse("admin:case", args=[first.pk])
    led = agent_client.get(reverse("admin:case", args=[second.pk]), follow=True).content.decode()
    assert f"#{second.pk} was merged into this case" in led
    history = reverse("admin:case_history", args=[first.pk])
    assert "Another case was merged into this one" in agent_client.get(history).content.decode()

    move = first.moves_in.get()
    assert marketer_client.post(reverse("admin:undo_move", args=[move.pk])).status_code == 403
    agent_client.post(reverse("admin:undo_move", args=[move.pk]))
    second.refresh_from_db()
    assert second.merged_into is None
    asked = {"do": "duplicate", "case": second.pk, "into": str(first.pk)}
    agent_client.post(reverse("admin:desk_bulk"), asked)
    second.refresh_from_db()
    assert second.merged_into == first


def test_redress_and_corrective_actions_go_along_and_come_back(agent, manager, kim):
    first, second = feedback.case(customer=kim), feedback.case(customer=kim)
    line = redress.propose(second, "points", points=100, by=agent)
    later = timezone.localdate() + timedelta(days=9)
    plans = [corrective.plan(what, owner=agent, due_on=later, cases=[second], by=agent) for what in ("Pack", "Label")]
    corrective.link(plans[0], first, by=agent)

    move = merging.merge(second, into=first, by=agent)

    assert list(first.redress.all()) == [line]
    assert set(first.corrective_actions.all()) == set(plans)
    moves.undo(move, by=agent)
    assert list(second.redress.all()) == [line]
    assert list(first.corrective_actions.all()) == [plans[0]]
    assert set(second.corrective_actions.all()) == set(plans)


def test_a_merge_stands_once_something_was_done_about_its_redress(agent, kim):
    first, second = feedback.case(customer=kim), feedback.case(customer=kim)
    line = redress.propose(second, "points", points=100, by=agent)
    move = merging.merge(second, into=first, by=agent)
    line.refresh_from_db()
    redress.withdraw(line, by=agent)

    with pytest.raises(moves.MovedOn):
        moves.undo(move, by=agent)

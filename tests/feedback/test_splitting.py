"""One case that is two."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Fact, Verb
from feedback.actions import conversation, corrective, merging, moves, redress, splitting
from feedback.actions.refusals import CaseRefused, NotOpen
from feedback.models import Case, Entry
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def test_messages_go_to_a_case_that_follows_and_come_back(agent):
    case = feedback.case(theme=feedback.theme())
    other = conversation.receive(case, text="And the lamp is dark.", channel="email")

    move = splitting.split(case, [other], subject="Lamp dark", by=agent)

    new = move.target
    assert (new.follows, new.subject, new.customer, new.theme) == (case, "Lamp dark", case.customer, case.theme)
    assert list(new.entries.all()) == [other]
    assert new.received_at == new.unanswered_since == other.at
    assert Fact.objects.filter(customer=case.customer, verb=Verb.COMPLAINT_OPENED).count() == 2

    moves.undo(move, by=agent)
    new.refresh_from_db()
    assert new.merged_into == case
    assert case.entries.count() == 2


def test_a_split_stands_once_somebody_spoke_in_the_new_case(agent):
    case = feedback.case()
    move = splitting.split(case, [conversation.receive(case, text="And this", channel="email")], by=agent)
    conversation.receive(move.target, text="Well?", channel="email")

    with pytest.raises(moves.MovedOn, match="written to the new case"):
        moves.undo(move, by=agent)


@pytest.mark.parametrize("code", ["nothing_chosen", "nothing_left", "not_of_this_case"])
def test_both_cases_keep_something_of_the_customer(agent, code):
    case = feedback.case()
    chosen = {
        "nothing_chosen": [conversation.note(case, "Look", by=agent)],
        "nothing_left": list(case.entries.all()),
        "not_of_this_case": [feedback.case().entries.get()],
    }[code]

    with pytest.raises(CaseRefused) as refused:
        splitting.split(case, chosen, by=agent)
    assert refused.value.code == code


def test_a_case_is_split_from_its_page(agent_client, marketer_client):
    case = feedback.case()
    other = conversation.receive(case, text="And the lamp is dark.", channel="email")
    page = reverse("admin:case_split", args=[case.pk])
    assert "And the lamp is dark." in agent_client.get(page).content.decode()
    refused = agent_client.post(page, {"subject": "Lamp"})
    assert "Choose at least one message" in refused.content.decode()

    agent_client.post(page, {"subject": "Lamp", "entry": other.pk})
    assert Entry.objects.get(pk=other.pk).case == Case.objects.get(subject="Lamp")
    assert marketer_client.get(page).status_code == 403


def test_redress_that_was_not_offered_goes_along_where_it_is_chosen(agent, agent_client):
    case = feedback.case()
    other = conversation.receive(case, text="And the lamp is dark.", channel="email")
    stays, goes = (redress.propose(case, "points", points=points, by=agent) for points in (100, 200))
    later = timezone.localdate() + timedelta(days=9)
    action = corrective.plan("Pack better", owner=agent, due_on=later, cases=[case], by=agent)
    page = reverse("admin:case_split", args=[case.pk])
    assert "200 points" in agent_client.get(page).content.decode()

    agent_client.post(page, {"entry": other.pk, "subject": "Lamp", "redress": goes.pk, "corrective": action.pk})

    new = Case.objects.get(follows=case)
    assert (list(new.redress.all()), list(case.redress.all())) == ([goes], [stays])
    assert set(action.cases.all()) == {case, new}
    moves.undo(new.moves_in.get(), by=agent)
    assert set(case.redress.all()) == {stays, goes}
    assert set(action.cases.all()) == {case}


def test_what_was_offered_stays_where_it_was_offered(agent):
    case = feedback.case()
    other = conversation.receive(case, text="And the lamp is dark.", channel="email")
    line = redress.give(case, "points", points=100, by=agent)

    with pytest.raises(CaseRefused) as refused:
        splitting.split(case, [other], redress=[line], by=agent)
    assert refused.value.code == "redress_offered"


def test_a_closed_case_is_not_split_and_redress_of_another_does_not_go_along(agent):
    case = feedback.case()
    other = conversation.receive(case, text="And the lamp is dark.", channel="email")
    elsewhere = redress.propose(feedback.case(), "points", points=100, by=agent)
    with pytest.raises(CaseRefused) as refused:
        splitting.split(case, [other], redress=[elsewhere], by=agent)
    assert refused.value.code == "not_of_this_case"

    feedback.closed(case, by=agent)
    with pytest.raises(NotOpen):
        splitting.split(case, [other], by=agent)


def test_a_merge_stands_once_one_of_its_messages_went_on_to_a_third_case(agent):
    into = feedback.case()
    case = feedback.case(customer=into.customer)
    merged = merging.merge(case, into=into, by=agent)
    splitting.split(into, [merged.entries.get()], by=agent)

    with pytest.raises(moves.MovedOn, match="moved on since"):
        moves.undo(merged, by=agent)

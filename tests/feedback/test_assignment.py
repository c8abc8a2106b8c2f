"""Who gets a case."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from feedback.actions import assignment, cases
from feedback.actions.refusals import CaseRefused, NotOpen
from feedback.models import Case, Member, Skill, Team
from tests.factories import feedback
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def test_a_case_passed_on_leaves_who_is_not_in_the_other_team(agent, manager):
    case = cases.assign(feedback.case(), to=agent)
    both, other = feedback.team(agent, manager), feedback.team(manager)

    assert assignment.to_team(case, both, by=agent).assignee == agent
    moved = assignment.to_team(case, other, by=agent)
    assert (moved.team, moved.assignee) == (other, None)
    assert [event.about["team"] for event in case.events.filter(what="passed_on").order_by("pk")] == [
        both.pk, other.pk
    ]  # fmt: skip


def test_what_is_not_open_is_passed_on_to_nobody(agent):
    with pytest.raises(NotOpen):
        assignment.to_team(feedback.case(spam=True), feedback.team(agent))


def test_new_cases_go_in_turn_and_past_those_who_are_away_or_have_enough(agent, manager, marketer):
    team = feedback.team(agent, manager, marketer, assignment="round_robin")
    Member.objects.filter(user=marketer).update(away=True)

    assert [feedback.case(team=team).assignee for _ in range(3)] == [agent, manager, agent]
    Member.objects.filter(user=agent).update(most=2)
    assert [feedback.case(team=team).assignee for _ in range(2)] == [manager, manager]
    Member.objects.filter(user=manager).update(most=1)
    assert feedback.case(team=team).assignee is None


def test_the_least_busy_of_those_who_can_do_it_gets_a_case(agent, manager, agent_client, manager_client):
    team = feedback.team(agent, manager)
    korean = Skill.objects.create(code="ko", name="Korean")
    team.members.get(user=agent).skills.add(korean)
    for _ in range(2):
        cases.assign(feedback.case(team=team), to=agent)

    assert assignment.give_out(feedback.case(team=team), by=manager).assignee == manager
    assert assignment.give_out(feedback.case(team=team, language="ko"), by=manager).assignee == agent
    case = feedback.case(team=team)
    assert manager_client.post(reverse("admin:case_give_out", args=[case.pk])).status_code == 302
    case.refresh_from_db()
    assert case.assignee == manager


@pytest.mark.parametrize("code", ["no_team", "nobody_free"])
def test_what_can_be_given_to_nobody_is_refused_where_it_was_asked_for(code):
    case = feedback.case(team=feedback.team() if code == "nobody_free" else None)
    with pytest.raises(CaseRefused) as refused:
        assignment.give_out(case)
    assert refused.value.code == code


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_give_anybody_more_than_they_take():
    members = [person() for _ in range(2)]
    team = feedback.team(*members)
    Member.objects.update(most=3)
    waiting = [feedback.case(team=team, customer=None) for _ in range(8)]
    Team.objects.update(assignment="round_robin")

    def give(case: Case) -> None:
        try:
            assignment.in_turn(case)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(give, waiting))
    given = [Case.objects.filter(assignee=one).count() for one in members]
    assert given == [3, 3]

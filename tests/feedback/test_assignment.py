"""Who gets a case."""

import pytest

from feedback.actions import assignment, cases
from feedback.actions.refusals import NotOpen
from tests.factories import feedback

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

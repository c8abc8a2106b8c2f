"""Who works on cases, as a roster writes it."""

import pytest

from feedback.actions import cases, teams
from feedback.actions.refusals import SettingChanged
from feedback.models import Case, Skill, Team
from feedback.queries.versions import version
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def test_there_is_one_main_team():
    first = teams.create("first", "First", main=True)
    second = teams.create("second", "Second", main=True)
    assert Team.objects.get(main=True) == second
    teams.change(first, main=True)
    assert Team.objects.get(main=True) == first
    with pytest.raises(teams.TeamRefused) as refused:
        teams.create("first", "Again")
    assert (refused.value.code, refused.value.field) == ("code_taken", "code")


def test_what_is_not_said_of_a_member_stays(agent):
    team, thai = feedback.team(), teams.name_skill("thai", "Thai")
    teams.put(team, agent, skills=[thai], most=5)
    member = teams.put(team, agent, away=True)
    assert (member.most, member.away, list(member.skills.all())) == (5, True, [thai])
    assert (teams.name_skill("thai", "Thai, written"), Skill.objects.get().name) == (thai, "Thai, written")


def test_who_leaves_keeps_their_cases(agent):
    team = feedback.team(agent)
    case = cases.assign(feedback.case(team=team), to=agent)
    teams.take_out(team, agent)
    assert Case.objects.get(pk=case.pk).assignee == agent
    with pytest.raises(teams.TeamRefused) as refused:
        teams.take_out(team, agent)
    assert refused.value.code == "not_a_member"


def test_a_change_on_top_of_somebody_elses_is_refused(agent):
    team = feedback.team(agent)
    seen = version(team)
    teams.put(team, agent, away=True)
    with pytest.raises(SettingChanged):
        teams.change(team, seen=seen, name="Other")
    assert teams.change(team, seen=version(Team.objects.get()), name="Other").name == "Other"

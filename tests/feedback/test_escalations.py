"""What the steps of a ladder do."""

from datetime import UTC, datetime, timedelta

import pytest

from feedback.actions import sweeping
from feedback.actions.policies import Rung
from feedback.models import Clock, ClockEvent, Notification
from tests.factories import calendars, feedback, people
from tests.factories.policies import policy

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def after(**hours) -> datetime:
    return MONDAY + timedelta(**hours)


@pytest.fixture(autouse=True)
def office(db):
    calendars.calendar()


def test_a_case_is_given_to_whom_the_step_names_and_they_are_told(agent, manager):
    policy(rungs=(Rung("percent", 50, "reassign", metric="first_response", to=manager),), warn_percent=0)
    case = feedback.case(at=MONDAY, team=feedback.team(agent))
    sweeping.sweep(at=after(hours=2, seconds=1))

    case.refresh_from_db()
    assert case.assignee == manager
    assert list(Notification.objects.values_list("user", "what")) == [(manager.pk, "assigned")]
    assert case.events.latest("pk").what == "assigned"


def test_a_raised_priority_counts_from_the_original_start_and_goes_up_once(agent):
    policy(rungs=(Rung("before", 60, "raise", metric="first_response"),), warn_percent=0)
    case = feedback.case(at=MONDAY, severity=2, impact=3, assignee=agent)
    sweeping.sweep(at=after(hours=3, seconds=1))
    sweeping.sweep(at=after(hours=3, minutes=30))

    case.refresh_from_db()
    assert (case.severity, case.priority) == (3, 3)
    assert ClockEvent.objects.filter(step="step:1").count() == 1
    assert Clock.objects.get(case=case, metric="first_response").due_at == after(hours=4)


def test_a_step_longer_before_than_the_whole_target_is_never_taken():
    policy("Short", ("first_response", 30, "minutes", ()), rungs=(Rung("before", 60, "tell_team"),), warn_percent=0)
    feedback.case(at=MONDAY)
    sweeping.sweep(at=after(hours=1))

    assert list(ClockEvent.objects.values_list("step", flat=True)) == ["breached"]


def test_who_is_told_is_the_agent_the_team_or_who_manages_it(agent, manager, marketer):
    away = people.person("away")
    team = feedback.team(agent, marketer, away, lead=manager)
    team.members.filter(user=away).update(away=True)
    policy(
        "Short", ("first_response", 1, "hours", ()), warn_percent=0,
        rungs=(Rung("after", 0, "tell_agent"), Rung("after", 1, "tell_team"), Rung("after", 2, "tell_manager")),
    )  # fmt: skip
    mine, ours = feedback.case(at=MONDAY, team=team, assignee=agent), feedback.case(at=MONDAY, team=team)
    sweeping.sweep(at=after(hours=2))

    told = {case: [] for case in (mine, ours)}
    for one in Notification.objects.order_by("pk").select_related("case", "user"):
        told[one.case].append(one.user)
    assert [set(told[mine][:1]), set(told[mine][1:3]), told[mine][3:]] == [{agent}, {agent, marketer}, [manager]]
    assert [set(told[ours][:2]), set(told[ours][2:4]), told[ours][4:]] == [
        {agent, marketer},
        {agent, marketer},
        [manager],
    ]

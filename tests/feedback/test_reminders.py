"""Who owes a corrective action is reminded."""

from datetime import timedelta

import pytest
from django.utils import timezone

from communications.models import Message
from communications.timing import business_date
from feedback.actions import corrective, reminders
from feedback.models import CorrectiveAction
from people.roles import Role
from tests.factories import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner():
    return people.person("planner", role=Role.MANAGERS, email="planner@shop.example")


def written() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("to_address", "subject"))


def test_the_owner_hears_the_day_after_and_weekly_and_then_who_planned_it_too(agent, planner):
    agent.email = "agent@shop.example"
    agent.save()
    now = timezone.now()
    due = business_date(now)
    action = corrective.plan("Pack better", owner=agent, due_on=due, by=planner)
    corrective.plan("Label", owner=agent, due_on=due + timedelta(days=90), by=planner)

    assert reminders.send(at=now) == 0
    assert [reminders.send(at=now + timedelta(days=days)) for days in (1, 2, 6, 7)] == [1, 0, 0, 1]
    assert written() == [("agent@shop.example", "Overdue: Pack better")] * 2
    assert f"/admin/corrective/{action.pk}/" in Message.objects.latest("pk").text
    assert reminders.send(at=now + timedelta(days=14)) == 2
    assert written()[-1][0] == "planner@shop.example"

    corrective.finish(action, result="Straw.", by=agent)
    assert reminders.send(at=now + timedelta(days=21)) == 0


def test_who_has_left_or_has_no_address_is_not_written_to(agent, planner):
    for owner in (agent, people.person("gone", is_active=False, email="gone@shop.example")):
        corrective.plan("Pack better", owner=owner, due_on=timezone.localdate(), by=None)
    agent.email = ""
    agent.save()

    assert reminders.send(at=timezone.now() + timedelta(days=3)) == 0
    assert CorrectiveAction.objects.count() == 2

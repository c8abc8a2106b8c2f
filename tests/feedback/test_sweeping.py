"""What the time has come for is done: once, by any number of workers, late but never silent."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, connections

from communications.models import Message
from feedback.actions import conversation, escalations, sweeping
from feedback.actions.policies import Rung
from feedback.models import Case, Clock, ClockEvent, Notification
from tests.factories import calendars, feedback
from tests.factories.policies import policy

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
REPOSITORY = Path(__file__).resolve().parents[2]
ANSWER = ("first_response", 4, "hours", ())


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Day 0 is a Monday; it is open from 9 to 17."""
    return MONDAY + timedelta(days=day, hours=hour - 9, minutes=minute, seconds=second)


def events(case: Case) -> list[tuple]:
    rows = ClockEvent.objects.filter(clock__case=case).order_by("due_at", "pk")
    return list(rows.values_list("step", "due_at"))


@pytest.fixture
def promised(db):
    calendars.calendar()
    return policy("Four hours", ANSWER, rungs=(Rung("after", 0, "tell_agent"), Rung("after", 120, "tell_manager")))


def test_each_step_is_done_at_its_time_and_once(promised, agent, manager):
    case = feedback.case(at=at(0, 9), team=feedback.team(agent))
    assert sweeping.sweep(at=at(0, 12)) == 0  # at three quarters of the target, not a moment before

    assert sweeping.sweep(at=at(0, 12, 0, 1)) == 1
    assert events(case) == [("warned", at(0, 12))]
    assert sweeping.sweep(at=at(0, 13)) == 0
    assert [sweeping.sweep(at=at(0, 13, 0, 1)) for _ in range(2)] == [1, 0]
    assert sweeping.sweep(at=at(1, 9)) == 1
    assert events(case) == [
        ("warned", at(0, 12)), ("breached", at(0, 13)), ("step:1", at(0, 13)), ("step:2", at(0, 15)),
    ]  # fmt: skip
    assert Clock.objects.get().breached_at == at(0, 13)
    told = Notification.objects.order_by("pk").values_list("user", "what")
    assert list(told) == [(agent.pk, "warned"), (agent.pk, "breached"), (manager.pk, "breached")]
    assert Message.objects.filter(purpose="staff").count() == 3


def test_after_a_time_in_which_nobody_swept_everything_is_done_and_says_when_it_was_due(promised, agent):
    case = feedback.case(at=at(0, 9), team=feedback.team(agent))
    assert sweeping.sweep(at=at(3, 10)) == 1

    rows = ClockEvent.objects.filter(clock__case=case).order_by("due_at", "pk")
    assert [(row.step, row.due_at) for row in rows] == [
        ("warned", at(0, 12)), ("breached", at(0, 13)), ("step:1", at(0, 13)), ("step:2", at(0, 15)),
    ]  # fmt: skip
    assert all(row.done_at >= at(3, 10) for row in rows)
    assert not Notification.objects.filter(what="warned").exists()  # too late for a warning: it is overdue


def test_what_was_answered_late_while_nobody_swept_was_broken_all_the_same(promised, agent):
    case = feedback.case(at=at(0, 9))
    conversation.reply(case, "Sorry.", by=agent, at=at(0, 14))

    assert events(case) == [("breached", at(0, 13))]
    assert Clock.objects.get().state == "missed"
    assert sweeping.sweep(at=at(1, 9)) == 0


@pytest.mark.django_db
def test_people_are_told_when_it_is_open_unless_it_is_urgent(agent, manager):
    calendars.calendar()
    policy("One day", ("final_response", 1, "calendar_days", ()), warn_percent=0,
           rungs=(Rung("after", 0, "tell_agent"), Rung("after", 0, "tell_manager", at_any_hour=True)))  # fmt: skip
    case = feedback.case(at=at(0, 9), team=feedback.team(agent))

    sweeping.sweep(at=at(2, 1))
    assert events(case) == [("breached", at(2, 0)), ("step:2", at(2, 0))]
    sweeping.sweep(at=at(2, 9, 0, 1))
    assert events(case)[2:] == [("step:1", at(2, 9))]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_everything_once(django_db_serialized_rollback, monkeypatch):
    calendars.calendar()
    policy("Four hours", ANSWER, rungs=(Rung("after", 0, "tell_agent"),))
    made = [feedback.case(customer=None, at=at(0, 9)) for _ in range(30)]
    monkeypatch.setattr(sweeping, "AT_ONCE", 3)

    def work(_n: int) -> int:
        try:
            return sweeping.sweep(at=at(1, 9))
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(work, range(2)))

    assert sum(done) >= 30  # who asked just before the other one committed looks once more, and finds nothing to do
    assert ClockEvent.objects.count() == 3 * len(made)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_loses_and_doubles_nothing(django_db_serialized_rollback):
    calendars.calendar()
    policy("Four hours", ANSWER)
    case = feedback.case(customer=None, at=at(0, 9))
    host, name = connection.settings_dict["HOST"], connection.settings_dict["NAME"]
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.feedback.sweep_child", str(host), str(name), at(1, 9).isoformat()],
        cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    try:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "1"  # all is written, nothing committed
        assert sweeping.sweep(at=at(1, 9)) == 0  # and nobody waits for it
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate()
    assert events(case) == []

    for _ in range(100):
        if sweeping.sweep(at=at(1, 9)):
            break
    assert events(case) == [("warned", at(0, 12)), ("breached", at(0, 13))]


def test_a_case_that_cannot_be_swept_does_not_stop_the_others(promised, monkeypatch, caplog):
    cases = [feedback.case(at=at(0, 9)) for _ in range(3)]
    tell = escalations.tell

    def stumble(case: Case, *args, **named) -> None:
        if case == cases[1]:
            raise RuntimeError("no such luck")
        tell(case, *args, **named)

    monkeypatch.setattr(escalations, "tell", stumble)
    assert sweeping.sweep(at=at(0, 14)) == 3

    assert [len(events(case)) for case in cases] == [3, 0, 3]
    assert f"case {cases[1].pk} could not be swept" in caplog.text
    monkeypatch.undo()
    assert sweeping.sweep(at=at(0, 14, 11)) == 1
    assert len(events(cases[1])) == 3

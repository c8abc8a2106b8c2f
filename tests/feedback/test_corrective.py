"""What is done so that it does not happen again."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from feedback.actions import complaints, corrective
from feedback.models import CorrectiveAction
from feedback.queries import causes
from tests.factories import feedback

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


def refused(code, step, *args, **values):
    with pytest.raises(ValidationError) as error:
        step(*args, **values)
    assert error.value.code == code


def test_something_is_planned_because_of_cases_and_done_with_a_result(agent, manager, today):
    first, second, cause = feedback.case(), feedback.case(), feedback.root_cause()
    action = corrective.plan(
        "Change the carrier", owner=agent, due_on=today, root_cause=cause, cases=[second, first], by=manager
    )
    for _ in range(2):
        corrective.link(action, first, by=manager)
    assert list(action.cases.order_by("pk")) == [first, second]
    assert [event.what for event in first.events.order_by("pk")] == ["opened", "corrective_action"]
    assert [one.because for one in causes.open_actions()] == [2]

    refused("result_missing", corrective.finish, action, result=" ", by=agent)
    done = corrective.finish(action, result="They deliver in time now.", by=agent)
    assert (done.done_by, done.result) == (agent, "They deliver in time now.")
    refused("already_done", corrective.finish, action, result="Again", by=agent)
    refused("already_done", corrective.change, action, by=agent, owner=manager)
    assert list(causes.open_actions()) == []
    assert [one.pk for one in causes.done_actions()] == [action.pk]
    with pytest.raises(IntegrityError, match="done_with_a_result"), transaction.atomic():
        CorrectiveAction.objects.update(result="")


def test_it_has_words_and_a_day_to_come_and_may_be_changed(agent, manager, today):
    refused("what_missing", corrective.plan, " ", owner=agent, due_on=today, by=agent)
    refused("due_in_the_past", corrective.plan, "x", owner=agent, due_on=today - timedelta(days=1), by=agent)
    action = corrective.plan("Change the carrier", owner=agent, due_on=today, by=agent)
    refused("what_missing", corrective.change, action, what=" ", by=agent)
    later = today + timedelta(days=3)
    assert corrective.change(action, owner=manager, due_on=later, by=agent).owner == manager

    assert list(causes.overdue_actions(later)) == []
    assert [one.pk for one in causes.overdue_actions(later + timedelta(days=1))] == [action.pk]


def test_a_case_knows_its_actions_and_others_with_the_same_cause(agent, today):
    cause = feedback.root_cause()
    cases = [feedback.case() for _ in range(3)]
    for case in cases[:2]:
        complaints.decide(case, outcome="upheld", reason="It came late.", by=agent)
        complaints.close(case, root_cause=cause, by=agent)
        case.refresh_from_db()
    about_cause = corrective.plan("Change the carrier", owner=agent, due_on=today, root_cause=cause, by=agent)
    about_case = corrective.plan("Call them", owner=agent, due_on=today, cases=cases[:1], by=agent)

    assert list(causes.same_cause(cases[0])) == [cases[1]]
    assert list(causes.same_cause(cases[2])) == list(causes.actions_of(cases[2])) == []
    assert list(causes.actions_of(cases[0])) == [about_cause, about_case]
    assert list(causes.actions_of(cases[1])) == [about_cause]

"""What is done so that it does not happen again: planned, given to somebody, finished."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.actions import cases as locking
from feedback.actions import history
from feedback.actions.refusals import CaseRefused
from feedback.models import Case, CorrectiveAction, RootCause
from people.models import User


class AlreadyDone(CaseRefused):
    def __init__(self) -> None:
        super().__init__(_("This was done before."), "already_done")


@transaction.atomic
def plan(
    what: str,
    *,
    owner: User,
    due_on: date,
    root_cause: RootCause | None = None,
    cases: Iterable[Case] = (),
    by: User | None,
    at: datetime | None = None,
) -> CorrectiveAction:
    """Say what is done, by whom and until when. Raises CaseRefused (``what_missing``, ``due_in_the_past``)."""
    at = at or timezone.now()
    if not what.strip():
        raise CaseRefused(_("Say what is done."), "what_missing", "what")
    if due_on < timezone.localdate(at):
        raise CaseRefused(_("That day is over."), "due_in_the_past", "due_on")
    action = CorrectiveAction.objects.create(
        what=what.strip()[:200], root_cause=root_cause, owner=owner, due_on=due_on, planned_by=by, planned_at=at
    )
    for case in sorted(cases, key=lambda case: case.pk):
        link(action, case, by=by, at=at)
    return action


@transaction.atomic
def link(action: CorrectiveAction, case: Case, *, by: User | None, at: datetime | None = None) -> CorrectiveAction:
    """This case is one of the reasons. Linked before, it stays. A closed case may be linked as well."""
    locking.locked(case)
    if not action.cases.filter(pk=case.pk).exists():
        action.cases.add(case)
        history.note(case, "corrective_action", at=at or timezone.now(), by=by, action=action.pk)
    return action


@transaction.atomic
def change(action: CorrectiveAction, *, by: User | None, **changes: Any) -> CorrectiveAction:
    """Another owner, another day, other words. ``changes`` are of ``what``, ``owner``, ``due_on``, ``root_cause``.

    Raises AlreadyDone, and CaseRefused (``what_missing``).
    """
    action = _open(action)
    for name in ("what", "owner", "due_on", "root_cause"):
        if name in changes:
            setattr(action, name, changes[name])
    if not action.what.strip():
        raise CaseRefused(_("Say what is done."), "what_missing", "what")
    action.save()
    return action


@transaction.atomic
def finish(action: CorrectiveAction, *, result: str, by: User | None, at: datetime | None = None) -> CorrectiveAction:
    """It is done; ``result`` says what came of it. Raises AlreadyDone, and CaseRefused (``result_missing``)."""
    action = _open(action)
    if not result.strip():
        raise CaseRefused(_("Say what came of it."), "result_missing", "result")
    action.done_at, action.done_by, action.result = at or timezone.now(), by, result.strip()[:500]
    action.save(update_fields=["done_at", "done_by", "result"])
    return action


def _open(action: CorrectiveAction) -> CorrectiveAction:
    action = CorrectiveAction.objects.select_for_update().get(pk=action.pk)
    if action.done_at is not None:
        raise AlreadyDone
    return action

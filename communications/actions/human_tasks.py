"""What people do for customers: done with an outcome, tried again, given away, dropped; overdue ones escalate."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from calendars import queries as calendars
from calendars.models import Calendar
from communications import arrivals
from communications.actions import touchpoints
from communications.models import HumanTask, Step, Touchpoint
from communications.queries import human_tasks as questions
from customers.actions import timeline
from customers.models import ConsentDecision, Customer
from customers.queries import consents
from people.models import User

State, Outcome = HumanTask.State, HumanTask.Outcome
TRIES = 3  # a call that nobody answers
LATE = timedelta(hours=24)
CALLS = frozenset({Outcome.REACHED, Outcome.AGREED, Outcome.DECLINED, Outcome.NOT_REACHED, Outcome.WRONG_NUMBER})
BY_HAND = frozenset({Outcome.SENT, Outcome.WRONG_NUMBER})


class TaskRefused(ValidationError):
    """``code`` is ``task_state``, ``outcome_unfit``, ``no_title`` or ``customer_gone``."""


@transaction.atomic
def add(
    customer: Customer,
    *,
    kind: str,
    title: str,
    due_at: datetime,
    script: str = "",
    assignee: User | None = None,
    marketing: bool = True,
    by: User | None = None,
) -> HumanTask:
    """Something to do for a customer, by hand and without a plan. Raises TaskRefused."""
    if not title.strip():
        raise TaskRefused(_("Say what is to be done."), code="no_title")
    if customer.status != Customer.Status.ACTIVE:
        raise TaskRefused(_("The customer was merged into another or erased."), code="customer_gone")
    return HumanTask.objects.create(
        customer=customer, kind=kind, title=title.strip()[:160], script=script.strip(), due_at=due_at,
        assignee=assignee or by, marketing=marketing, by=by,
    )  # fmt: skip


@transaction.atomic
def finish(
    task: HumanTask, *, outcome: str, note: str = "", by: User | None = None, at: datetime | None = None
) -> HumanTask:
    """It is done, with this outcome. Its touchpoint reached the customer, or not. Raises TaskRefused."""
    at = at or timezone.now()
    task = _open(task)
    if outcome not in (CALLS if task.kind == Step.Kind.CALL else BY_HAND):
        raise TaskRefused(_("This is no outcome of it."), code="outcome_unfit")
    return _ended(task, outcome, note, by, at)


@transaction.atomic
def missed(task: HumanTask, *, note: str = "", by: User | None = None, at: datetime | None = None) -> HumanTask:
    """Nobody answered: try again on the next business day, three times in all; then it ends as not reached.

    It also ends where the next attempt would come too late. Raises TaskRefused.
    """
    at = at or timezone.now()
    task = _open(task)
    again = _next_attempt(at)
    if task.attempts + 1 >= TRIES or (task.expires_at is not None and again > task.expires_at):
        return _ended(task, Outcome.NOT_REACHED, note, by, at)
    task.attempts, task.due_at, task.escalated_at = task.attempts + 1, again, None
    task.note = _noted(task, note)
    task.save(update_fields=["attempts", "due_at", "escalated_at", "note"])
    return task


@transaction.atomic
def came_back(task: HumanTask, *, by: User | None = None, at: datetime | None = None) -> HumanTask:
    """What was sent came back. Its touchpoint stays sent; the outcome tells. Raises TaskRefused."""
    at = at or timezone.now()
    task = HumanTask.objects.select_for_update(of=["self"]).select_related("customer").get(pk=task.pk)
    if task.state != State.DONE or task.outcome != Outcome.SENT:
        raise TaskRefused(_("Only what was sent comes back."), code="task_state")
    task.outcome = Outcome.RETURNED
    task.save(update_fields=["outcome"])
    _tell(task, by, at)
    return task


@transaction.atomic
def give(task: HumanTask, *, to: User) -> HumanTask:
    """Somebody else does it. Raises TaskRefused."""
    task = _open(task)
    task.assignee = to
    task.save(update_fields=["assignee"])
    return task


@transaction.atomic
def drop(task: HumanTask, *, by: User | None = None, at: datetime | None = None) -> HumanTask:
    """It is not done after all. Raises TaskRefused."""
    at = at or timezone.now()
    task = _open(task)
    task.state, task.reason, task.ended_at, task.ended_by = State.CANCELLED, "dropped", at, by
    task.save()
    if task.touchpoint_id:
        touchpoints.finish(Touchpoint.objects.get(pk=task.touchpoint_id), reason="dropped", at=at)
    return task


def withdraw(customer_id: int, *, channel: str, at: datetime) -> int:
    """Who wants nothing by phone, or by post, any more: what is open that way and was no step of a plan is dropped.

    Those of plans end with their touchpoints. What they ordered or asked for stays. Returns how many.
    """
    if any(consents.allowed([customer_id], channel, purpose) for purpose in ConsentDecision.Purpose.values):
        return 0
    kinds = [kind for kind, way in Step.OWN_CHANNEL.items() if way == channel]
    unwanted = HumanTask.objects.filter(
        customer=customer_id, state=State.OPEN, marketing=True, touchpoint=None, kind__in=kinds
    )
    return unwanted.update(state=State.CANCELLED, reason="no_consent", ended_at=at)


@transaction.atomic
def expire(*, at: datetime | None = None) -> int:
    """Drop what is not worth doing any more: its step said for how long it is. Returns how many."""
    at = at or timezone.now()
    over = HumanTask.objects.filter(state=State.OPEN, expires_at__lt=at, touchpoint__isnull=False)
    return touchpoints.end(Touchpoint.objects.filter(pk__in=over.values("touchpoint")), reason="expired", at=at)


def escalate(*, at: datetime | None = None) -> int:
    """Mark what is overdue by a day, so that those who lead see it. Returns how many are new."""
    at = at or timezone.now()
    return questions.to_do().filter(escalated_at=None, due_at__lt=at - LATE).update(escalated_at=at)


def _open(task: HumanTask) -> HumanTask:
    task = HumanTask.objects.select_for_update(of=["self"]).select_related("customer").get(pk=task.pk)
    if task.state != State.OPEN:
        raise TaskRefused(_("Somebody has ended it already."), code="task_state")
    return task


def _ended(task: HumanTask, outcome: str, note: str, by: User | None, at: datetime) -> HumanTask:
    task.state, task.outcome, task.ended_at, task.ended_by = State.DONE, outcome, at, by
    task.note, task.attempts = _noted(task, note), task.attempts + 1
    task.save()
    if task.touchpoint_id:
        reason = outcome if outcome in arrivals.IN_VAIN else ""
        touchpoints.finish(Touchpoint.objects.get(pk=task.touchpoint_id), reason=reason, at=at)
    _tell(task, by, at)
    return task


def _tell(task: HumanTask, by: User | None, at: datetime) -> None:
    """On the customer's timeline: what was done, with which outcome and for which plan."""
    about: dict[str, Any] = {"kind": task.kind, "outcome": task.outcome}
    if task.touchpoint_id:
        own = Touchpoint.objects.select_related("plan").get(pk=task.touchpoint_id)
        about |= {"touchpoint": own.pk, "plan": own.plan_id, "name": own.plan.name}
    key = f"task:{task.pk}:{task.outcome}"
    timeline.record(task.customer, arrivals.verb_of(task.kind, task.outcome), by=by, at=at, key=key, **about)


def _noted(task: HumanTask, note: str) -> str:
    return "\n".join(filter(None, [task.note, note.strip()[:2_000]]))


def _next_attempt(at: datetime) -> datetime:
    """The same time on the next business day of the house."""
    local = timezone.localtime(at)
    try:
        day = calendars.main().hours.business_day(local.date(), 1)
    except Calendar.DoesNotExist:
        day = next(day for day in (local.date() + timedelta(days=n) for n in range(1, 8)) if day.weekday() < 5)
    return local + (day - local.date())

"""What a step of the ladder does: tell somebody, give the case to somebody, raise its priority."""

from datetime import datetime

from customers.models import Verb
from feedback.actions import cases, notifications, telling
from feedback.ladder import Moment
from feedback.models import Case, Notification, Step
from feedback.promises import Rung, State
from people.models import User

Action, What = Step.Action, Notification.What
TOLD = {
    Action.TELL_AGENT: notifications.agents,
    Action.TELL_TEAM: notifications.team,
    Action.TELL_MANAGER: notifications.managers,
}


def tell(case: Case, clock: State, moment: Moment, *, at: datetime) -> None:
    """Warn of a clock, or tell that it is overdue. What is broken by now is not warned of any more."""
    key = f"clock:{clock.pk}:{moment.key}"
    if moment.rung is None:
        if clock.breached_at is None:
            users = notifications.agents(case)
            notifications.tell(users, case, What.WARNED, key=key, at=at, metric=clock.metric)
    elif moment.rung.telling:
        what = What.BREACHED if clock.breached_at else What.WARNED
        users = TOLD[Action(moment.rung.action)](case)
        notifications.tell(users, case, what, key=key, at=at, metric=clock.metric)
        if moment.rung.action != Action.TELL_AGENT:
            _escalated(case, clock, moment.rung, at)


def take(case: Case, clock: State, rung: Rung, *, at: datetime) -> None:
    """A step that changes the case; ``cases`` judges its clocks anew. The case is locked by the caller."""
    key = f"clock:{clock.pk}:{rung.key}"
    if rung.action == Action.REASSIGN:
        user = User.objects.filter(pk=rung.to or 0, is_active=True).first()
        if user and case.assignee_id != user.pk:
            case = cases.assign(case, to=user, at=at)
            notifications.tell([user], case, What.ASSIGNED, key=key, at=at, metric=clock.metric)
            _escalated(case, clock, rung, at)
    elif rung.action == Action.RAISE and case.severity < Case.Level.CRITICAL:
        raised = cases.change(case, severity=case.severity + 1, by=None, at=at)
        if raised.priority != case.priority:
            notifications.tell(notifications.agents(raised), raised, What.RAISED, key=key, at=at, metric=clock.metric)
            _escalated(raised, clock, rung, at)


def _escalated(case: Case, clock: State, rung: Rung, at: datetime) -> None:
    """Others than who has the case know of it now, or it has changed because of the time."""
    key = f"case_escalated:{clock.pk}:{rung.key}"
    telling.tell(case, Verb.CASE_ESCALATED, at=at, key=key, metric=clock.metric, step=rung.action)

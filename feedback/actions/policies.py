"""What is promised: policies made, changed, put in another order, retired; and all open cases judged anew by it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from calendars.models import Calendar
from calendars.targets import MOST, Unit
from customers.models import Segment
from feedback.actions import clocks
from feedback.models import Case, Metric, Policy, PolicyVersion, Rejudging, Step, Target, Team
from people.models import User

AT_ONCE = 500  # cases in one transaction
ONE_AT_A_TIME = 20_261_124  # a name for an advisory lock
CAUSES = {
    "name_missing": _("Give it a name."),
    "nothing_promised": _("Promise something: enter at least one target."),
    "target_twice": _("There are two targets for the same promise and priority."),
    "amount_out_of_reach": _("A target is too short or too long."),
    "regulation_counts_days": _("A final response is counted in days."),
    "never_pauses": _("A final response, and what is counted in calendar days, never pauses."),
    "step_without_time": _("Say when each step of the ladder is taken."),
    "step_without_person": _("Say who gets the case."),
    "warning_too_late": _("A warning comes before the end: from 0 to 99 percent."),
    "retired": _("This policy is retired."),
    "changed_meanwhile": _("Somebody has changed this policy meanwhile. Look at it again."),
}


class PolicyRefused(ValidationError):
    def __init__(self, code: str, field: str | None = None) -> None:
        super().__init__(CAUSES[code], code=code)
        self.field = field


@dataclass(frozen=True)
class Goal:
    """A target to be written: how long a metric may take at one priority."""

    metric: str
    priority: int
    amount: int
    unit: str
    calendar: Calendar | None = None
    pauses: Sequence[str] = ()


@dataclass(frozen=True)
class Rung:
    """A step of the ladder to be written."""

    basis: str
    amount: int
    action: str
    metric: str = ""
    to: User | None = None
    at_any_hour: bool = False


@dataclass(frozen=True)
class Terms:
    """All that a version of a policy says. An empty condition fits everything."""

    goals: Sequence[Goal]
    rungs: Sequence[Rung] = ()
    kinds: Sequence[str] = ()
    priorities: Sequence[int] = ()
    channels: Sequence[str] = ()
    tiers: Sequence[str] = ()
    segment: Segment | None = None
    team: Team | None = None
    warn_percent: int = 75


@transaction.atomic
def create(name: str, terms: Terms, *, by: User | None = None, at: datetime | None = None) -> Policy:
    """A policy that is asked after all others. Open cases are judged anew by and by. Raises PolicyRefused."""
    check(terms)
    _one_at_a_time()
    last = Policy.objects.order_by("-order").values_list("order", flat=True).first() or 0
    policy = Policy.objects.create(name=_name(name), order=last + 1)
    return _write(policy, terms, by=by, at=at)


@transaction.atomic
def change(
    policy: Policy, terms: Terms, *, name: str | None = None, expected: int | None = None, by: User | None = None,
    at: datetime | None = None,
) -> Policy:  # fmt: skip
    """The next version of a policy. Running clocks are judged by it from their original start.

    Raises PolicyRefused, ``changed_meanwhile`` where the version that holds is not the ``expected`` one.
    """
    check(terms)
    policy = _locked(policy)
    if expected is not None and expected != policy.version:
        raise PolicyRefused("changed_meanwhile")
    if name is not None:
        policy.name = _name(name)
    return _write(policy, terms, by=by, at=at)


@transaction.atomic
def amend(
    policy: Policy, *, name: str | None = None, expected: int | None = None, by: User | None = None,
    at: datetime | None = None, **terms: Any,
) -> Policy:  # fmt: skip
    """Change what is named of its ``Terms``; the rest stays as it holds now. Raises what ``change`` raises."""
    policy = _locked(policy)
    return change(policy, replace(_terms(policy), **terms), name=name, expected=expected, by=by, at=at)


def _terms(policy: Policy) -> Terms:
    held = policy.versions.get(number=policy.version)
    return Terms(
        [
            Goal(one.metric, one.priority, one.amount, one.unit, one.calendar, one.pauses)
            for one in held.targets.select_related("calendar")
        ],
        [
            Rung(one.basis, one.amount, one.action, one.metric, one.to, one.at_any_hour)
            for one in held.steps.select_related("to")
        ],
        held.kinds, held.priorities, held.channels, held.tiers, held.segment, held.team, held.warn_percent,
    )  # fmt: skip


@transaction.atomic
def put_in_order(policies: Iterable[Policy], *, by: User | None = None, at: datetime | None = None) -> None:
    """Let them be asked in this order. Those that are not named come after them."""
    _one_at_a_time()
    wanted = {policy.pk: n for n, policy in enumerate(policies, 1)}
    rows = list(Policy.objects.select_for_update().order_by("pk"))
    rows.sort(key=lambda row: (wanted.get(row.pk, len(wanted) + 1), row.order, row.pk))
    for n, row in enumerate(rows, 1):
        row.order = n
    Policy.objects.bulk_update(rows, ["order"])
    rejudge(by=by, at=at)


@transaction.atomic
def retire(policy: Policy, *, by: User | None = None, at: datetime | None = None) -> Policy:
    """Promise it no more: open cases are judged by the next policy that fits. Raises PolicyRefused (``retired``)."""
    policy = _locked(policy)
    policy.retired_at = at or timezone.now()
    policy.save(update_fields=["retired_at"])
    rejudge(by=by, at=at)
    return policy


def check(terms: Terms) -> None:
    """Raises PolicyRefused where the terms make no sense."""
    if not terms.goals:
        raise PolicyRefused("nothing_promised")
    if len({(goal.metric, goal.priority) for goal in terms.goals}) < len(terms.goals):
        raise PolicyRefused("target_twice")
    if not 0 <= terms.warn_percent < 100:
        raise PolicyRefused("warning_too_late", "warn_percent")
    for goal in terms.goals:
        _check_goal(goal)
    for rung in terms.rungs:
        if (rung.basis == Step.Basis.PERCENT and not 1 <= rung.amount <= 1000) or rung.amount > 1_000_000:
            raise PolicyRefused("step_without_time")
        if (rung.action == Step.Action.REASSIGN) != (rung.to is not None):
            raise PolicyRefused("step_without_person")


def _check_goal(goal: Goal) -> None:
    days = goal.unit in (Unit.BUSINESS_DAYS, Unit.CALENDAR_DAYS)
    if not 1 <= goal.amount <= MOST[Unit(goal.unit)]:
        raise PolicyRefused("amount_out_of_reach")
    if goal.metric == Metric.FINAL_RESPONSE and not days:
        raise PolicyRefused("regulation_counts_days")
    if goal.pauses and (goal.metric == Metric.FINAL_RESPONSE or goal.unit == Unit.CALENDAR_DAYS):
        raise PolicyRefused("never_pauses")


def rejudge(*, by: User | None = None, at: datetime | None = None) -> Rejudging:
    """Have all open cases judged anew: what is promised, or by which hours a team works, has changed."""
    return Rejudging.objects.create(asked_at=at or timezone.now(), by=by)


def carry_on(*, at: datetime | None = None, most: int | None = None) -> int:
    """Go on judging open cases anew, at most so many. Returns how many cases were done.

    Each some hundred cases are a transaction that also notes how far it came: killed anywhere, nothing is done by half
    and nothing twice. Two at once take turns.
    """
    done = 0
    while most is None or done < most:
        count = _next_batch(at or timezone.now())
        if count is None:
            break
        done += count
    return done


@transaction.atomic
def _next_batch(at: datetime) -> int | None:
    job = Rejudging.objects.select_for_update().filter(done_at=None).order_by("pk").first()
    if job is None:
        return None
    found = Case.objects.filter(pk__gt=job.reached, closed_at=None, merged_into=None, spam=False).order_by("pk")
    cases = list(found.select_for_update().values_list("pk", flat=True)[:AT_ONCE])
    if cases:
        job.reached = cases[-1]
        job.cases += len(cases)
        job.changed += clocks.judge(cases, at=at, by=job.by)[0]
    else:
        job.done_at = at
    job.save(update_fields=["reached", "cases", "changed", "done_at"])
    return len(cases)


def follow_calendars(*, at: datetime | None = None) -> int:
    """Judge the clocks anew that go by opening hours of which there is a newer version. Returns how many changed."""
    at, changed = at or timezone.now(), 0
    while cases := _by_old_hours():
        with transaction.atomic():
            locked = Case.objects.filter(pk__in=cases).order_by("pk").select_for_update()
            now = clocks.judge(list(locked.values_list("pk", flat=True)), at=at)[0]
        changed += now
        if not now:  # moved by hand, or promised by other hours: nothing follows
            break
    return changed


def _by_old_hours() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT clock.case_id FROM calendars_version AS version
            JOIN calendars_calendar AS calendar
                ON calendar.id = version.calendar_id AND version.number < calendar.version
            CROSS JOIN LATERAL (SELECT case_id FROM feedback_clock WHERE calendar_version_id = version.id
                AND state IN ('running', 'paused') LIMIT %s) AS clock LIMIT %s""",
            [AT_ONCE, AT_ONCE],
        )
        return sorted(row[0] for row in cursor.fetchall())


def _write(policy: Policy, terms: Terms, *, by: User | None, at: datetime | None) -> Policy:
    policy.version += 1
    version = PolicyVersion.objects.create(
        policy=policy, number=policy.version, kinds=list(terms.kinds), priorities=sorted(terms.priorities),
        channels=list(terms.channels), tiers=list(terms.tiers), segment=terms.segment, team=terms.team,
        warn_percent=terms.warn_percent, made_at=at or timezone.now(), by=by,
    )  # fmt: skip
    targets, steps = rows(terms, version)
    Target.objects.bulk_create(targets)
    Step.objects.bulk_create(steps)
    policy.save()
    rejudge(by=by, at=at)
    return policy


def rows(terms: Terms, version: PolicyVersion) -> tuple[list[Target], list[Step]]:
    """The rows of a version, not saved."""
    targets = [
        Target(
            version=version, metric=goal.metric, priority=goal.priority, amount=goal.amount, unit=goal.unit,
            calendar=goal.calendar, pauses=list(goal.pauses),
        )
        for goal in terms.goals
    ]  # fmt: skip
    steps = [
        Step(
            version=version, number=n, metric=rung.metric, basis=rung.basis, amount=rung.amount, action=rung.action,
            to=rung.to, at_any_hour=rung.at_any_hour,
        )
        for n, rung in enumerate(terms.rungs, 1)
    ]  # fmt: skip
    return targets, steps


def _locked(policy: Policy) -> Policy:
    _one_at_a_time()
    policy = Policy.objects.select_for_update().get(pk=policy.pk)
    if policy.retired_at:
        raise PolicyRefused("retired")
    return policy


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])


def _name(name: str) -> str:
    name = " ".join(name.split())[:100]
    if not name:
        raise PolicyRefused("name_missing", "name")
    return name

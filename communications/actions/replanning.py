"""What another version of a live plan does to those who are in it: shown before, and then done by the same code.

What has reached somebody stays. What is to come moves to where the new version has it; steps that are gone are
cancelled, new ones are added, and left out for those who are past them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from communications import timing
from communications.actions import planning, touchpoints
from communications.actions.planning import Planned, Recipe
from communications.models import Enrolment, Plan, PlanVersion, Step, Touchpoint
from communications.queries import pressure
from communications.queries.pressure import Heard
from communications.schedule import Due
from customers.queries import segments

State = Touchpoint.State
AT_ONCE = 1_000
CONFLICTS_AMONG = 20_000  # customers; more are not looked at one by one

MOVE = """
UPDATE communications_touchpoint t
SET version_id = %(version)s, step_id = one.step_id, priority = %(priority)s, variant = one.variant,
    wanted_at = one.wanted_at, due_at = coalesce(one.due_at, t.due_at), expires_at = one.expires_at,
    deferred = one.deferred, state = CASE one.reason WHEN '' THEN 'planned' ELSE 'skipped' END, reason = one.reason,
    ended_at = CASE WHEN one.reason <> '' THEN %(at)s::timestamptz END
FROM unnest(%(ids)s::bigint[], %(steps)s::bigint[], %(variants)s::text[], %(wanted)s::timestamptz[],
    %(due)s::timestamptz[], %(expires)s::timestamptz[], %(deferred)s::text[], %(reasons)s::text[])
    AS one (id, step_id, variant, wanted_at, due_at, expires_at, deferred, reason)
WHERE t.id = one.id AND t.state = 'planned'
"""


@dataclass
class Effect:
    """What would be done: how many touchpoints, of how many customers. ``conflicts`` are customers over a cap then."""

    moved: int = 0
    cancelled: int = 0
    added: int = 0
    left_out: int = 0
    customers: int = 0
    conflicts: int = 0
    by_step: Counter[str] = field(default_factory=Counter)


@dataclass
class Batch:
    """Some of those who are enrolled: what moves, what goes, what comes."""

    enrolments: list[Enrolment] = field(default_factory=list)
    moving: list[tuple[Touchpoint, Planned]] = field(default_factory=list)
    staying: list[tuple[Touchpoint, Planned]] = field(default_factory=list)
    going: list[Touchpoint] = field(default_factory=list)
    coming: list[tuple[Enrolment, Planned]] = field(default_factory=list)

    def touched(self) -> set[int]:
        own = {one.customer_id for one, _ in self.moving} | {one.customer_id for one in self.going}
        return own | {enrolment.customer_id for enrolment, one in self.coming if not one.reason}

    def dues(self) -> Iterator[tuple[int, str, datetime]]:
        """Of whom something moves or comes: by which channel, and when it would be due."""
        for touchpoint, one in self.moving:
            if isinstance(one.outcome, Due):
                yield touchpoint.customer_id, touchpoint.channel, one.outcome.at
        for enrolment, one in self.coming:
            if isinstance(one.outcome, Due):
                yield enrolment.customer_id, one.step.channel, one.outcome.at


def preview(version: PlanVersion, *, at: datetime) -> Effect:
    """What publishing this version would do to those who are in its plan; writes nothing."""
    made, effect = planning.recipe(version), Effect()
    customers: set[int] = set()
    dues: Heard = defaultdict(lambda: defaultdict(list))
    for batch in batches(made, at=at):
        _count(effect, batch)
        customers |= batch.touched()
        if len(customers) <= CONFLICTS_AMONG and version.marketing:
            for customer, channel, due in batch.dues():
                dues[customer][channel].append(due)
    effect.customers = len(customers)
    effect.conflicts = len(pressure.over_caps(version.plan, dues))
    return effect


def replan(version: PlanVersion, *, at: datetime) -> Effect:
    """Let those who are in the plan follow this version from now on. Part of the caller's transaction."""
    made, effect = planning.recipe(version), Effect()
    customers: set[int] = set()
    for batch in batches(made, at=at):
        move(version, [*batch.moving, *batch.staying], at=at)
        gone = Touchpoint.objects.filter(pk__in=[one.pk for one in batch.going])
        touchpoints.cancel(gone, reason="step_removed", at=at)
        planning.insert(version, batch.coming, at=at)
        Enrolment.objects.filter(pk__in=[one.pk for one in batch.enrolments]).update(version=version)
        touchpoints.complete([one.pk for one in batch.enrolments], at=at)
        _count(effect, batch)
        customers |= batch.touched()
    effect.customers = len(customers)
    return effect


def replan_customers(customer_ids: list[int], *, at: datetime) -> int:
    """Reckon again what is to come for customers who moved to another zone. Returns how many touchpoints moved."""
    moved = 0
    for plan in Plan.objects.filter(
        touchpoints__in=Touchpoint.objects.filter(customer__in=customer_ids, state=State.PLANNED),
        current__isnull=False,
    ).distinct():
        version = plan.current
        assert version is not None
        for batch in batches(planning.recipe(version), at=at, among=customer_ids):
            move(version, batch.moving, at=at)
            moved += len(batch.moving)
    return moved


def batches(made: Recipe, *, at: datetime, among: list[int] | None = None) -> Iterator[Batch]:
    """What the recipe does to those who are in its plan, some hundred at a time."""
    if made.version.plan.kind == Plan.Kind.CAMPAIGN:
        yield from _of_campaign(made, at, among)
        return
    active = Enrolment.objects.filter(plan=made.version.plan_id, state=Enrolment.State.ACTIVE)
    active = active.filter(customer__in=among) if among is not None else active
    last = 0
    while rows := list(active.filter(pk__gt=last).select_related("customer").order_by("pk")[:AT_ONCE]):
        last = rows[-1].pk
        yield _batch(made, rows, at)


def _batch(made: Recipe, rows: list[Enrolment], at: datetime) -> Batch:
    ids = [row.pk for row in rows]
    found = Touchpoint.objects.filter(customer__in=[row.customer_id for row in rows], enrolment__in=ids)
    there: dict[int, dict[str, Touchpoint]] = defaultdict(dict)
    for one in found:
        there[one.enrolment_id or 0][one.step_key] = one
    batch = Batch(rows)
    for row in rows:
        for step in made.steps:
            touchpoint = there[row.pk].pop(step.key, None)
            if touchpoint is None:
                batch.coming.append((row, planning.work_out(made, step, row, at=at)))
            elif touchpoint.state == State.PLANNED:
                _sort(batch, touchpoint, planning.work_out(made, step, row, at=at))
        batch.going += [one for one in there[row.pk].values() if one.state in (State.PLANNED, State.QUEUED)]
    return batch


def _sort(batch: Batch, touchpoint: Touchpoint, planned: Planned) -> None:
    """What is wanted at the same instant stays, also where something has put it off since."""
    same = not planned.reason and planned.outcome.wanted == touchpoint.wanted_at
    if same and (planned.due_at == touchpoint.due_at or touchpoint.deferred):
        batch.staying.append((touchpoint, planned))
    else:
        batch.moving.append((touchpoint, planned))


def _of_campaign(made: Recipe, at: datetime, among: list[int] | None) -> Iterator[Batch]:
    """Everybody's anchor is the campaign's date, so the rows have no enrolment; one is made up to reckon with."""
    steps = {step.key: step for step in made.steps}
    found = Touchpoint.objects.filter(plan=made.version.plan_id, state=State.PLANNED).select_related("customer")
    found = found.filter(customer__in=among) if among is not None else found
    last = 0
    while rows := list(found.filter(pk__gt=last).order_by("pk")[: AT_ONCE * 2]):
        last = rows[-1].pk
        members = _members(made.version, [row.customer_id for row in rows], at)
        batch = Batch()
        for row in rows:
            if row.step_key not in steps or (members is not None and row.customer_id not in members):
                batch.going.append(row)
            else:
                _sort(batch, row, _on_the_date(made, steps[row.step_key], row, at))
        yield batch


def _on_the_date(made: Recipe, step: Step, row: Touchpoint, at: datetime) -> Planned:
    customer = row.customer
    anchor = timing.campaign_anchor(made.version, customer.zone, row.planned_at)
    return planning.work_out(made, step, Enrolment(customer=customer, anchor_at=anchor), at=at)


def _members(version: PlanVersion, customer_ids: list[int], at: datetime) -> set[int] | None:
    if version.segment is None:
        return None
    found = segments.memberships(customer_ids, [version.segment], at)
    return {customer for customer, own in found.items() if own}


def move(version: PlanVersion, rows: list[tuple[Touchpoint, Planned]], *, at: datetime) -> None:
    """Let planned touchpoints be as they were worked out now. What is deferred and wanted as before stays deferred."""
    if not rows:
        return
    values: dict[str, Any] = {
        "version": version.pk,
        "priority": version.priority,
        "at": at,
        "ids": [touchpoint.pk for touchpoint, _ in rows],
        "steps": [one.step.pk for _, one in rows],
        "variants": [one.variant for _, one in rows],
        "wanted": [one.outcome.wanted for _, one in rows],
        "due": [_due(touchpoint, one) for touchpoint, one in rows],
        "expires": [one.expires_at for _, one in rows],
        "deferred": [_deferred(touchpoint, one) for touchpoint, one in rows],
        "reasons": [one.reason for _, one in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(MOVE, values)


def _due(touchpoint: Touchpoint, one: Planned) -> datetime | None:
    return touchpoint.due_at if one.outcome.wanted == touchpoint.wanted_at and touchpoint.deferred else one.due_at


def _deferred(touchpoint: Touchpoint, one: Planned) -> str:
    return touchpoint.deferred if one.outcome.wanted == touchpoint.wanted_at else one.deferred


def _count(effect: Effect, batch: Batch) -> None:
    effect.moved += sum(1 for _, one in batch.moving if not one.reason)
    effect.left_out += sum(1 for _, one in batch.moving if one.reason) + sum(
        1 for _, one in batch.coming if one.reason
    )
    effect.cancelled += len(batch.going)
    effect.added += sum(1 for _, one in batch.coming if not one.reason)
    effect.by_step.update(one.step.key for _, one in batch.moving)

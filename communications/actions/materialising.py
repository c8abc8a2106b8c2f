"""Find the customers of a campaign: for each step one INSERT ... SELECT over the whole segment, however large it is.

Who cannot be reached stands there as well, left out with the reason. Done again, it adds only who is new.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from communications import timing
from communications.actions import planning, plans
from communications.actions.planning import Recipe
from communications.models import Plan, PlanVersion, Step
from communications.queries import pressure, reach
from communications.queries.members import named
from communications.schedule import Due, Skipped
from customers.models import Customer
from customers.queries import segments

AHEAD = timedelta(hours=48)  # before the first instant of a campaign its customers are found
ANCHOR_KEY = "date"
FARTHEST_ZONES = ("Pacific/Kiritimati", "Pacific/Pago_Pago")

# OFFSET 0 keeps PostgreSQL from asking for consent and draws once for each time that the answer is used.
INSERT = """
INSERT INTO communications_touchpoint (plan_id, version_id, step_id, step_key, customer_id, anchor_key, channel,
    variant, priority, planned_at, wanted_at, due_at, expires_at, state, deferred, reason, ended_at)
SELECT %(plan)s, %(version)s, %(step)s, %(key)s, id, %(anchor)s, %(channel)s, variant, %(priority)s, %(at)s,
    wanted_at, due_at, expires_at, CASE reason WHEN '' THEN 'planned' ELSE 'skipped' END, deferred, reason,
    CASE WHEN reason <> '' THEN %(at)s::timestamptz END
FROM (
    SELECT judged.id, judged.variant, due.wanted_at, due.due_at, due.expires_at, due.deferred,
        CASE WHEN judged.verdict <> '' THEN judged.verdict ELSE due.reason END AS reason
    FROM (
        SELECT c.id, c.zone, {variant} AS variant, {verdict} AS verdict
        FROM customers_customer c {joins}
        WHERE c.id IN ({members})
        OFFSET 0
    ) judged
    JOIN unnest(%(zones)s::text[], %(variants)s::text[], %(wanted)s::timestamptz[], %(due)s::timestamptz[],
        %(expires)s::timestamptz[], %(moved)s::text[], %(reasons)s::text[])
        AS due (zone, variant, wanted_at, due_at, expires_at, deferred, reason)
        ON due.zone = judged.zone AND due.variant = judged.variant
    OFFSET 0
) one
ORDER BY id
ON CONFLICT (plan_id, step_key, anchor_key, customer_id) DO NOTHING
"""


@dataclass(frozen=True)
class Audience:
    """Whom a version is for, as a statement that gives their ids, and in which zones they live."""

    statement: str
    values: dict[str, Any]
    zones: list[str]


@transaction.atomic
def materialise(plan: Plan, *, at: datetime | None = None) -> int:
    """Write down the touchpoints of a live campaign for all of its segment. Returns how many are new.

    Raises PlanRefused (``plan_state``) where it is not live, or is a sequence.
    """
    at = at or timezone.now()
    plan = plans.locked(plan)
    version = plan.current
    if plan.status != Plan.Status.LIVE or plan.kind != Plan.Kind.CAMPAIGN or version is None:
        raise plans.wrong_state(plan)
    made, audience = planning.recipe(version), _audience(version, at)
    new = sum(_insert(made, step, audience, at) for step in made.steps)
    plan.filled_version, plan.filled_on = version, timing.business_date(at)
    plan.save(update_fields=["filled_version", "filled_on"])
    if new:
        plans.note(plan, "materialised", at=at, new=new)
    return new


def materialise_due(*, at: datetime | None = None) -> int:
    """Find the customers of campaigns that are about to begin, and newcomers of those whose window is open."""
    at = at or timezone.now()
    live = Plan.objects.filter(status=Plan.Status.LIVE, kind=Plan.Kind.CAMPAIGN).select_related("current")
    return sum(materialise(plan, at=at) for plan in live.order_by("pk") if is_due(plan, at))


def is_due(plan: Plan, at: datetime) -> bool:
    version = plan.current
    assert version is not None
    today = timing.business_date(at)
    if plan.filled_version_id != version.pk:
        return first_instant(version) <= at + AHEAD
    return version.ends_on is not None and plan.filled_on is not None and plan.filled_on < today <= version.ends_on


def first_instant(version: PlanVersion) -> datetime:
    """When the first step reaches the first customer on earth."""
    assert version.starts_on is not None
    made = planning.recipe(version)
    dues = [
        outcome
        for spec in made.timings.values()
        for zone in FARTHEST_ZONES
        for outcome in [timing.due(timing.date_in(zone, version.starts_on, version.at_time), spec, zone)]
    ]
    found = [one.at for one in dues if isinstance(one, Due)]
    return min(found) if found else datetime.max.replace(tzinfo=timing.UTC)


def _audience(version: PlanVersion, at: datetime) -> Audience:
    members = segments.members(version.segment, at) if version.segment else Customer.objects.standing()
    statement, values = named(members)
    zones = list(Customer.objects.order_by("zone").values_list("zone", flat=True).distinct())
    return Audience(statement, values, zones)


def _insert(made: Recipe, step: Step, audience: Audience, at: datetime) -> int:
    version, settings = made.version, pressure.settings()
    variant, draw = reach.variant_drawn(made.tests.get(step.key), at)
    verdict = reach.verdict(version, settings)
    statement = INSERT.format(
        variant=variant, verdict=verdict, joins=reach.JOINS[step.channel], members=audience.statement
    )
    values: dict[str, Any] = {
        "plan": version.plan_id,
        "version": version.pk,
        "step": step.pk,
        "key": step.key,
        "anchor": ANCHOR_KEY,
        "channel": step.channel,
        "purpose": version.purpose,
        "priority": version.priority,
        "at": at,
        **reach.numbers(version, settings),
        **draw,
        **_dues(made, step, audience.zones, at),
        **audience.values,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _dues(made: Recipe, step: Step, zones: list[str], at: datetime) -> dict[str, list[object]]:
    """For each zone and variant when it is due: everybody there gets it at the same instant."""
    version = made.version
    columns: dict[str, list[object]] = {
        name: [] for name in ("zones", "variants", "wanted", "due", "expires", "moved", "reasons")
    }
    for (key, variant), spec in made.timings.items():
        for zone in zones if key == step.key else ():
            outcome = timing.due(timing.campaign_anchor(version, zone, at), spec, zone)
            if isinstance(outcome, Due) and outcome.at < at - timedelta(hours=version.grace_hours):
                outcome = Skipped("past", outcome.wanted)
            wanted = outcome.wanted
            columns["zones"].append(zone)
            columns["variants"].append(variant)
            columns["wanted"].append(wanted)
            columns["due"].append(outcome.at if isinstance(outcome, Due) else wanted)
            columns["expires"].append(wanted + spec.patience if wanted and spec.patience is not None else None)
            columns["moved"].append(outcome.moved[-1] if isinstance(outcome, Due) and outcome.moved else "")
            columns["reasons"].append(outcome.reason if isinstance(outcome, Skipped) else "")
    return columns

"""Work out when the steps of a plan reach those who are enrolled, and write it down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from calendars import queries as calendars
from calendars.hours import Calendar
from communications import designs, schedule, timing
from communications.buckets import bucket
from communications.models import Enrolment, Experiment, PlanVersion, Step, Variant
from communications.schedule import Due, Skipped

# In the order of the customers, as their rows are met again.
INSERT = """
INSERT INTO communications_touchpoint (plan_id, version_id, step_id, step_key, customer_id, enrolment_id, anchor_key,
    channel, variant, priority, planned_at, wanted_at, due_at, expires_at, state, deferred, reason, ended_at)
SELECT %(plan)s, %(version)s, step_id, step_key, customer_id, enrolment_id, anchor_key, channel, variant, %(priority)s,
    %(at)s, wanted_at, due_at, expires_at, CASE reason WHEN '' THEN 'planned' ELSE 'skipped' END, deferred, reason,
    CASE WHEN reason <> '' THEN %(at)s::timestamptz END
FROM unnest(%(steps)s::bigint[], %(keys)s::text[], %(customers)s::bigint[], %(enrolments)s::bigint[],
    %(anchors)s::text[], %(channels)s::text[], %(variants)s::text[], %(wanted)s::timestamptz[],
    %(due)s::timestamptz[], %(expires)s::timestamptz[], %(deferred)s::text[], %(reasons)s::text[])
    AS one (step_id, step_key, customer_id, enrolment_id, anchor_key, channel, variant, wanted_at, due_at, expires_at,
        deferred, reason)
ORDER BY customer_id, due_at
ON CONFLICT (plan_id, step_key, anchor_key, customer_id) DO NOTHING
"""


@dataclass
class Recipe:
    """A version that is ready to be worked out: its steps, and for each the scheduler's view of it, variants too."""

    version: PlanVersion
    steps: list[Step]
    timings: dict[tuple[str, str], schedule.Step] = field(default_factory=dict)
    tests: dict[str, Experiment] = field(default_factory=dict)

    def variant_of(self, step: Step, number: str, at: datetime) -> str:
        """Which variant a customer gets; none where nothing is tested, or the test is over by then."""
        experiment = self.tests.get(step.key)
        if experiment is None or timing.business_date(at) > experiment.ends_on:
            return ""
        return drawn(experiment.salt, number, sorted(experiment.variants.all(), key=lambda one: one.key))

    def timing(self, step: Step, variant: str) -> schedule.Step:
        return self.timings.get((step.key, variant)) or self.timings[step.key, ""]


@dataclass(frozen=True)
class Planned:
    """A step for a customer, worked out."""

    step: Step
    variant: str
    outcome: Due | Skipped
    expires_at: datetime | None

    @property
    def reason(self) -> str:
        return self.outcome.reason if isinstance(self.outcome, Skipped) else ""

    @property
    def due_at(self) -> datetime | None:
        return self.outcome.at if isinstance(self.outcome, Due) else None

    @property
    def deferred(self) -> str:
        return self.outcome.moved[-1] if isinstance(self.outcome, Due) and self.outcome.moved else ""


def drawn(salt: str, number: str, variants: Sequence[Variant]) -> str:
    """The variant whose share of a hundred the customer's bucket falls into: the same on every machine, for ever."""
    place, upto = bucket(salt, number), 0
    for variant in variants:
        upto += variant.share * 100
        if place < upto:
            return variant.key
    return variants[-1].key if variants else ""


def recipe(version: PlanVersion) -> Recipe:
    """Raises ValueError where a step cannot be worked out: ``communications.flaws`` refuses such a plan."""
    hours: Calendar | None = calendars.ready(version.calendar_id).hours if version.calendar_id else None
    made = Recipe(version, designs.steps_of(version))
    for step in made.steps:
        made.timings[step.key, ""] = timing.specification(version, step, hours)
        experiment = getattr(step, "experiment", None)
        if experiment is not None:
            made.tests[step.key] = experiment
            for variant in experiment.variants.all():
                own = timing.specification(version, step, hours, at_time=variant.time)
                made.timings[step.key, variant.key] = own
    return made


def work_out(made: Recipe, step: Step, enrolment: Enrolment, *, at: datetime) -> Planned:
    """When a step reaches somebody who is enrolled; what was due before the plan's grace is skipped as ``past``."""
    customer = enrolment.customer
    anchor = timing.anchor_of(enrolment)
    variant = made.variant_of(step, customer.number, at)
    spec = made.timing(step, variant)
    outcome = timing.due(anchor, spec, customer.zone)
    if isinstance(outcome, Due) and outcome.at < at - timedelta(hours=made.version.grace_hours):
        outcome = Skipped("past", outcome.wanted)
    wanted = outcome.wanted
    expires = wanted + spec.patience if wanted and spec.patience is not None else None
    return Planned(step, variant, outcome, expires)


def plan_all(made: Recipe, enrolments: Iterable[Enrolment], *, at: datetime, steps: Sequence[Step] = ()) -> int:
    """Write down the touchpoints of these enrolments, those left out with their reason. Returns how many are new.

    The enrolments have their customers. What is there already, from whatever version, is left as it is.
    """
    rows = [
        (enrolment, work_out(made, step, enrolment, at=at)) for enrolment in enrolments for step in steps or made.steps
    ]
    return insert(made.version, rows, at=at)


def insert(version: PlanVersion, rows: Sequence[tuple[Enrolment, Planned]], *, at: datetime) -> int:
    if not rows:
        return 0
    values: dict[str, Any] = {
        "plan": version.plan_id,
        "version": version.pk,
        "priority": version.priority,
        "at": at,
        "steps": [one.step.pk for _, one in rows],
        "keys": [one.step.key for _, one in rows],
        "customers": [enrolment.customer_id for enrolment, _ in rows],
        "enrolments": [enrolment.pk for enrolment, _ in rows],
        "anchors": [enrolment.anchor_key for enrolment, _ in rows],
        "channels": [one.step.channel for _, one in rows],
        "variants": [one.variant for _, one in rows],
        "wanted": [one.outcome.wanted for _, one in rows],
        "due": [one.due_at for _, one in rows],
        "expires": [one.expires_at for _, one in rows],
        "deferred": [one.deferred for _, one in rows],
        "reasons": [one.reason for _, one in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        return int(cursor.rowcount)

"""A/B tests in figures: by variant how many customers were drawn, reached, and did what the test is about."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from communications.models import Experiment, Plan

# By the customer, never by the letter. What counts is done after the letter, within the days that were fixed before.
ARMS = """
SELECT v.key, v.share, count(DISTINCT t.customer_id),
    count(DISTINCT t.customer_id) FILTER (WHERE t.sent_at IS NOT NULL),
    count(DISTINCT t.customer_id) FILTER (WHERE t.sent_at IS NOT NULL AND EXISTS (
        SELECT FROM customers_fact f WHERE f.customer_id = t.customer_id AND f.verb = %(verb)s
            AND f.at > t.sent_at AND f.at <= t.sent_at + make_interval(days => %(days)s)
    ))
FROM communications_variant v
LEFT JOIN communications_touchpoint t ON t.plan_id = %(plan)s AND t.step_key = %(step)s AND t.variant = v.key
    AND t.state IN ('planned', 'queued', 'sent', 'uncertain', 'failed')
WHERE v.experiment_id = %(experiment)s
GROUP BY v.key, v.share ORDER BY v.key
"""


@dataclass(frozen=True)
class Drawn:
    """A variant: of ``share`` percent, so many customers ``drawn``, ``reached``, and ``won``."""

    key: str
    share: int
    drawn: int
    reached: int
    won: int


def of_plan(plan: Plan) -> QuerySet[Experiment]:
    """The tests of the version that holds."""
    found = Experiment.objects.filter(step__version=plan.current_id).select_related("step__version")
    return found.prefetch_related("variants").order_by("step__position")


def variants(experiment: Experiment) -> list[Drawn]:
    values: dict[str, Any] = {
        "experiment": experiment.pk,
        "plan": experiment.step.version.plan_id,
        "step": experiment.step.key,
        "verb": experiment.goal_verb,
        "days": experiment.goal_days,
    }
    with connection.cursor() as cursor:
        cursor.execute(ARMS, values)
        return [Drawn(*row) for row in cursor.fetchall()]

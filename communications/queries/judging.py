"""What is due, and what stands against it: asked of many touchpoints at once, in the order of the rules."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from communications.buckets import BUCKETS
from communications.models import Suppression
from communications.queries import pressure, reach

# Of every live plan what was due first; so a plan that is paused, or has a million in front, keeps nobody waiting.
CUSTOMERS = """
WITH first AS MATERIALIZED (
    SELECT due.customer_id FROM communications_plan p CROSS JOIN LATERAL (
        SELECT t.customer_id, t.due_at FROM communications_touchpoint t
        WHERE t.plan_id = p.id AND t.state = 'planned' AND t.due_at <= %(at)s AND t.channel = ANY(%(channels)s)
        ORDER BY t.due_at, t.id LIMIT %(limit)s
    ) due
    WHERE p.status = 'live' ORDER BY due.due_at LIMIT %(limit)s
)
SELECT c.id FROM customers_customer c WHERE c.id IN (SELECT customer_id FROM first)
ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED
"""
MINE = """
SELECT t.id FROM communications_touchpoint t JOIN communications_plan p ON p.id = t.plan_id AND p.status = 'live'
WHERE t.customer_id = ANY(%(customers)s) AND t.state = 'planned' AND t.due_at <= %(at)s
    AND t.channel = ANY(%(channels)s)
FOR NO KEY UPDATE OF t SKIP LOCKED
"""

ANCHOR_GONE = """EXISTS (
    SELECT FROM customers_purchase pu WHERE pu.id = en.purchase_id AND (pu.status = 'cancelled'
        OR pu.returned > 0 AND (pu.returned >= pu.goods OR v.exit_on_partial_return))
)"""
HELD = "EXISTS (SELECT FROM communications_hold h WHERE h.customer_id = t.customer_id AND h.lifted_at IS NULL)"
ADDRESS = "CASE t.channel " + " ".join(f"WHEN '{one}' THEN {sql}" for one, sql in reach.ADDRESSES.items()) + " END"
CONSENT = reach.CONSENT.format(channel="t.channel", purpose="v.purpose")
HELD_OUT = f"{reach.bucket('%(holdout_salt)s')} < %(holdout)s"
OWN_HELD_OUT = reach.bucket("'plan-' || t.plan_id") + f" < v.holdout_percent * {BUCKETS // 100}"

JUDGE = f"""
SELECT t.id, t.plan_id, t.version_id, t.step_id, t.step_key, t.customer_id, t.enrolment_id, t.anchor_key, t.channel,
    t.variant, t.priority, t.due_at, t.wanted_at, t.expires_at, t.tries, c.zone, v.purpose <> '',
    coalesce(en.anchor_at, en.anchor_on::timestamptz, t.wanted_at, t.due_at), CASE
        WHEN c.status = 'erased' THEN 'erased'
        WHEN c.status = 'merged' THEN 'merged'
        WHEN {ANCHOR_GONE} THEN 'anchor_cancelled'
        WHEN en.state <> 'active' THEN 'exited'
        WHEN t.expires_at < %(at)s THEN 'expired'
        WHEN reached.address IS NULL THEN 'no_address'
        WHEN s.bounces >= {Suppression.HOPELESS} THEN 'suppressed'
        WHEN v.purpose = '' THEN ''
        WHEN NOT {CONSENT} THEN 'no_consent'
        WHEN s.id IS NOT NULL THEN 'suppressed'
        WHEN {HELD_OUT} THEN 'holdout'
        WHEN v.holdout_percent > 0 AND {OWN_HELD_OUT} THEN 'holdout_of_plan'
        WHEN {HELD} THEN 'hold'
        ELSE '' END
FROM communications_touchpoint t
JOIN customers_customer c ON c.id = t.customer_id
JOIN communications_planversion v ON v.id = t.version_id
LEFT JOIN communications_enrolment en ON en.id = t.enrolment_id
CROSS JOIN LATERAL (SELECT {ADDRESS} AS address) reached
LEFT JOIN communications_suppression s ON s.address = lower(reached.address) AND s.lifted_at IS NULL
WHERE t.id = ANY(%(ids)s)
ORDER BY t.priority DESC, t.due_at, t.id
"""
NOW = "SELECT now()"


@dataclass(frozen=True)
class Candidate:
    """A touchpoint that is due. ``verdict`` is what stands against it, nothing where nothing does."""

    id: int
    plan_id: int
    version_id: int
    step_id: int
    step_key: str
    customer_id: int
    enrolment_id: int | None
    anchor_key: str
    channel: str
    variant: str
    priority: int
    due_at: datetime
    wanted_at: datetime | None
    expires_at: datetime | None
    tries: int
    zone: str
    marketing: bool
    anchor: datetime
    verdict: str


def clock() -> datetime:
    """The time of the database: workers' own clocks may be wrong."""
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        [(now,)] = cursor.fetchall()
    assert isinstance(now, datetime)
    return now


def claimed(at: datetime, channels: Collection[str], limit: int) -> list[int]:
    """Touchpoints that are due, of customers whom no other worker has in hand. Both are locked, in that order.

    All that is due of a customer comes together, so that the most important goes first.
    """
    values: dict[str, Any] = {"at": at, "channels": list(channels), "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, values)
        customers = [pk for (pk,) in cursor.fetchall()]
        if not customers:
            return []
        cursor.execute(MINE, {**values, "customers": customers})
        return [pk for (pk,) in cursor.fetchall()]


def judged(ids: Collection[int], at: datetime) -> list[Candidate]:
    """In the order in which they go: the higher priority, what was due earlier, the lower id."""
    settings = pressure.settings()
    values: dict[str, Any] = {
        "ids": list(ids),
        "at": at,
        "holdout_salt": settings.holdout_salt,
        "holdout": round(settings.holdout_percent * BUCKETS / 100),
    }
    with connection.cursor() as cursor:
        cursor.execute(JUDGE, values)
        return [Candidate(*row) for row in cursor.fetchall()]

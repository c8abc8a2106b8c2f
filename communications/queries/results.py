"""What a plan brought: step by step, by channel, and what its customers bought beside those who were held out.

Of everybody, or of those customers only who are in a segment now.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from communications.lift import Amounts, Arm, Lift, difference, lift
from communications.models import Plan
from communications.queries.members import named
from customers.models import Customer

Members = QuerySet[Customer]

AFTER = timedelta(days=7)  # an answer, an unsubscription or a complaint this long after a message is of it

AMONG = "AND customer_id IN ({members})"

# A step in all versions of the plan. Answers: what was clicked in it or said within a week, where the fact says which
# letter it was; redeemed: the voucher given.
STEPS = """
WITH t AS (
    SELECT * FROM communications_touchpoint WHERE plan_id = %(plan)s {among}
)
SELECT t.step_key, max(s.name), max(s.kind), max(t.channel), min(s.position),
    count(*) AS found,
    count(*) FILTER (WHERE t.state = 'sent') AS reached,
    count(*) FILTER (WHERE t.state = 'failed') AS failed,
    count(*) FILTER (WHERE t.state = 'skipped') AS left_out,
    count(*) FILTER (WHERE t.state = 'sent' AND (h.outcome IN ('reached', 'agreed', 'declined') OR EXISTS (
        SELECT FROM customers_fact f WHERE f.customer_id = t.customer_id AND f.verb = 'email_clicked'
            AND t.channel = 'email' AND f.at > t.sent_at AND f.at <= t.sent_at + %(after)s
            AND coalesce(f.about ->> 'message' = t.message_id::text, true)))) AS answered,
    count(*) FILTER (WHERE EXISTS (
        SELECT FROM loyalty_voucher v JOIN loyalty_voucheruse u ON u.voucher_id = v.id
        WHERE v.claim_id = t.claim_id AND u.released_at IS NULL)) AS redeemed,
    count(*) FILTER (WHERE t.state = 'sent' AND EXISTS (
        SELECT FROM customers_consentdecision d WHERE d.customer_id = t.customer_id AND d.channel = t.channel
            AND NOT d.granted AND d.at > t.sent_at AND d.at <= t.sent_at + %(after)s)) AS unsubscribed,
    count(*) FILTER (WHERE t.state = 'sent' AND EXISTS (
        SELECT FROM customers_fact f WHERE f.customer_id = t.customer_id
            AND f.verb IN ('spam_reported', 'complaint_opened')
            AND f.at > t.sent_at AND f.at <= t.sent_at + %(after)s)) AS complained,
    coalesce(sum(s.cost) FILTER (WHERE t.state = 'sent'), 0) AS cost
FROM t JOIN communications_step s ON s.id = t.step_id
LEFT JOIN communications_humantask h ON h.touchpoint_id = t.id
GROUP BY t.step_key ORDER BY 5, 1
"""

# Left out after it was drawn who is held out: were they not counted, those who hear much would be missing in one arm.
SINCE_THE_DRAW = ["frequency_cap", "branch", "no_reward", "empty", "subject_broken"]

# Everybody of the plan's first step counts from when it was due for them, whether it reached them or not; those whose
# days are not over yet are left out, of both arms alike.
ARMS = """
WITH first AS (
    SELECT DISTINCT ON (customer_id) customer_id, reason LIKE 'holdout%%' AS held, coalesce(wanted_at, due_at) AS at
    FROM communications_touchpoint
    WHERE plan_id = %(plan)s {among}
        AND (state IN ('sent', 'queued', 'failed', 'uncertain') OR reason LIKE 'holdout%%'
            OR state = 'skipped' AND reason = ANY(%(drawn)s))
    ORDER BY customer_id, coalesce(wanted_at, due_at)
), arm AS (
    SELECT held, customer_id, at FROM first WHERE at + %(days)s <= %(now)s
)
SELECT held, count(*), count(*) FILTER (WHERE bought.times > 0), coalesce(sum(bought.goods), 0),
    coalesce(sum(bought.goods::numeric * bought.goods), 0)
FROM arm LEFT JOIN LATERAL (
    SELECT count(*) AS times, sum(goods - returned) FILTER (WHERE p.currency = %(currency)s) AS goods
    FROM customers_purchase p WHERE p.customer_id = arm.customer_id AND p.status = 'standing'
        AND p.at > arm.at AND p.at <= arm.at + %(days)s
) bought ON true
GROUP BY held
"""


@dataclass(frozen=True)
class StepResult:
    key: str
    name: str
    kind: str
    channel: str
    found: int
    reached: int
    failed: int
    left_out: int
    answered: int
    redeemed: int
    unsubscribed: int
    complained: int
    cost: int

    @property
    def percent(self) -> int:
        return round(100 * self.reached / self.found) if self.found else 0


@dataclass(frozen=True)
class Brought:
    """Purchases within the days of those who were in the plan and of those held out. Money in minor units.

    ``lift`` is of the share who bought, ``revenue`` of what a customer bought on average.
    """

    days: int
    treated: Arm
    held: Arm
    treated_goods: int
    held_goods: int
    lift: Lift | None
    revenue: Lift | None

    @property
    def each(self) -> int:
        """What a treated customer bought on average."""
        return round(self.treated_goods / self.treated.n) if self.treated.n else 0

    @property
    def each_held(self) -> int:
        return round(self.held_goods / self.held.n) if self.held.n else 0


def steps(plan: Plan, *, members: Members | None = None) -> list[StepResult]:
    """One row for each step that was ever for somebody; one query. ``members`` are the only customers who count."""
    with connection.cursor() as cursor:
        statement, values = _among(STEPS, members)
        cursor.execute(statement, values | {"plan": plan.pk, "after": AFTER})
        return [StepResult(*row[:4], *row[5:]) for row in cursor.fetchall()]


def _among(statement: str, members: Members | None) -> tuple[str, dict[str, Any]]:
    if members is None:
        return statement.format(among=""), {}
    chosen, values = named(members)
    return statement.format(among=AMONG.format(members=chosen)), values


def by_channel(found: Iterable[StepResult]) -> list[StepResult]:
    """The same added up by channel."""
    added: dict[str, list[Any]] = {}
    counted = [each.name for each in fields(StepResult)][4:]
    for row in found:
        kept = added.setdefault(row.channel, [0] * len(counted))
        for n, name in enumerate(counted):
            kept[n] += getattr(row, name)
    return [StepResult(channel, channel, "", channel, *numbers) for channel, numbers in sorted(added.items())]


def brought(plan: Plan, *, days: int, at: datetime, members: Members | None = None) -> Brought:
    """What customers bought within so many days, beside those who were held out; one query."""
    statement, values = _among(ARMS, members)
    values |= {"plan": plan.pk, "days": timedelta(days=days), "now": at, "currency": settings.BUSINESS_CURRENCY}
    values["drawn"] = SINCE_THE_DRAW
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = {held: (Arm(hits, n), Amounts(n, int(sum_), int(squares))) for held, n, hits, sum_, squares in cursor}
    none = (Arm(0, 0), Amounts(0, 0, 0))
    (treated, spent), (held, spent_held) = found.get(False, none), found.get(True, none)
    return Brought(
        days, treated, held, spent.total, spent_held.total, lift(treated, held), difference(spent, spent_held)
    )

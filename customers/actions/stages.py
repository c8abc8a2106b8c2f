"""Stages change with the clock, without anybody doing anything: tell the timeline of every change, once."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from customers.models import Verb
from customers.stages import STAGE

# Rows are locked in the order of their ids; who is at it already is left to them.
MOVE = f"""
WITH figures AS (
    SELECT customer_id, stage_told, purchases, usual_gap_days AS usual_gap, last_gap_days AS last_gap,
           EXTRACT(epoch FROM %(at)s - last_purchase_at) / 86400 AS quiet
    FROM customers_profile
), due AS (
    SELECT figures.customer_id, stage_told AS before, {STAGE} AS stage FROM figures
), locked AS (
    SELECT profile.customer_id, before, due.stage
    FROM due JOIN customers_profile profile USING (customer_id) JOIN customers_customer c ON c.id = customer_id
    WHERE (due.stage <> before OR due.stage <> profile.stage) AND c.status = 'active'
    ORDER BY profile.customer_id LIMIT %(limit)s FOR NO KEY UPDATE OF profile SKIP LOCKED
), moved AS (
    UPDATE customers_profile profile SET stage = locked.stage, stage_told = locked.stage
    FROM locked WHERE profile.customer_id = locked.customer_id
    RETURNING profile.customer_id, locked.before, locked.stage
), told AS (
    INSERT INTO customers_fact (customer_id, verb, at, about)
    SELECT customer_id, %(verb)s, %(at)s, jsonb_build_object('from', before, 'to', stage)
    FROM moved WHERE before <> stage ORDER BY customer_id
)
SELECT count(*) FROM moved
"""


@transaction.atomic
def move(*, at: datetime | None = None, limit: int = 10_000) -> int:
    """Put customers into the stage that their purchases and the clock say, and leave a fact of each change.

    At most ``limit`` at a time; returns how many, so that the caller goes on until it is 0.
    """
    with connection.cursor() as cursor:
        cursor.execute(MOVE, {"at": at or timezone.now(), "limit": limit, "verb": Verb.STAGE_REACHED})
        return int(cursor.fetchone()[0])

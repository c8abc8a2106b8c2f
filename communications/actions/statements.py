"""The statements that move messages from state to state while they are sent. Each names the worker that holds them.

What is not the worker's any more, because its lease ran out or somebody cancelled it, is left alone.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from communications import mime
from communications.models import Message, Suppression

LEASED_FOR = 120  # seconds

HELD = "EXISTS (SELECT FROM communications_hold h WHERE h.customer_id = m.customer_id AND h.lifted_at IS NULL)"

CLAIM = f"""
WITH due AS (
    SELECT id, due_at FROM communications_message m
    WHERE state = 'queued' AND channel = %s AND priority = %s AND due_at <= now()
        AND NOT (kind = 'marketing' AND {HELD})
    ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
), leased AS (
    UPDATE communications_message m
    SET state = 'leased', worker = %s, lease_until = now() + make_interval(secs => %s)
    FROM due WHERE m.id = due.id RETURNING m.id, m.due_at
)
SELECT id FROM leased ORDER BY due_at, id
"""

SENT = """
UPDATE communications_message SET state = 'sent', sent_at = now(), error = '', worker = '', lease_until = NULL
WHERE id = ANY(%s) AND worker = %s AND state = 'in_flight'
"""

# Who may be written to, asked as late as it can be. What may not goes back (held), or ends (skipped).
LAUNCH = f"""
WITH judged AS MATERIALIZED (
    SELECT m.id, CASE
        WHEN c.status = 'erased' THEN 'erased'
        WHEN s.bounces >= {Suppression.HOPELESS} THEN 'suppressed'
        WHEN m.kind = 'transactional' THEN ''
        WHEN s.id IS NOT NULL THEN 'suppressed'
        WHEN NOT coalesce((
            SELECT d.granted FROM customers_consentdecision d
            WHERE d.customer_id = m.customer_id AND d.channel = m.channel AND d.purpose = m.purpose
            ORDER BY d.at DESC, d.id DESC LIMIT 1
        ), false) THEN 'no_consent'
        WHEN {HELD} THEN 'held'
        ELSE '' END AS verdict
    FROM communications_message m
    LEFT JOIN customers_customer c ON c.id = m.customer_id
    LEFT JOIN communications_suppression s ON s.address = lower(m.to_address) AND s.lifted_at IS NULL
    WHERE m.id = ANY(%s) AND m.worker = %s AND m.state = 'leased'
    ORDER BY m.id FOR UPDATE OF m
), launched AS (
    UPDATE communications_message m SET
        state = CASE verdict WHEN '' THEN 'in_flight' WHEN 'held' THEN 'queued' ELSE 'skipped' END,
        reason = CASE WHEN verdict IN ('', 'held') THEN '' ELSE verdict END,
        ended_at = CASE WHEN verdict IN ('', 'held') THEN NULL ELSE now() END,
        worker = CASE verdict WHEN '' THEN m.worker ELSE '' END,
        lease_until = CASE verdict WHEN '' THEN now() + make_interval(secs => %s) END,
        handed_at = CASE verdict WHEN '' THEN now() ELSE m.handed_at END,
        attempts = m.attempts + CASE verdict WHEN '' THEN 1 ELSE 0 END
    FROM judged WHERE m.id = judged.id RETURNING m.*
)
SELECT id, customer_id, kind, channel, to_address, from_name, from_address, reply_to, subject, text, html, headers,
    attachments, message_id, attempts, handed_at
FROM launched WHERE state = 'in_flight'
"""

RECOVER = """
UPDATE communications_message SET
    state = CASE
        WHEN to_address = '' THEN 'cancelled'
        WHEN state = 'leased' OR (kind = 'transactional' AND attempts < %s) THEN 'queued'
        ELSE 'uncertain' END,
    reason = CASE
        WHEN to_address = '' THEN 'erased'
        WHEN state = 'leased' OR (kind = 'transactional' AND attempts < %s) THEN ''
        ELSE 'worker_lost' END,
    ended_at = CASE
        WHEN to_address <> '' AND (state = 'leased' OR (kind = 'transactional' AND attempts < %s)) THEN NULL
        ELSE now() END,
    worker = '', lease_until = NULL
WHERE id IN (
    SELECT id FROM communications_message
    WHERE state IN ('leased', 'in_flight') AND lease_until < now() ORDER BY id FOR UPDATE SKIP LOCKED
)
"""

RELEASE = """
UPDATE communications_message SET state = 'queued', worker = '', lease_until = NULL
WHERE worker = %s AND state = 'leased'
"""

PUT_BACK = """
UPDATE communications_message SET state = CASE WHEN to_address = '' THEN 'cancelled' ELSE 'queued' END,
    reason = CASE WHEN to_address = '' THEN 'erased' ELSE '' END,
    ended_at = CASE WHEN to_address = '' THEN now() END,
    due_at = greatest(due_at, now() + make_interval(secs => %s)), attempts = attempts - %s, error = %s,
    worker = '', lease_until = NULL
WHERE id = %s AND worker = %s AND state = 'in_flight'
"""

END = """
UPDATE communications_message
SET state = %s, reason = %s, error = %s, ended_at = now(), worker = '', lease_until = NULL
WHERE id = %s AND worker = %s AND state = 'in_flight'
"""


class Held(NamedTuple):
    """A message in this worker's hands."""

    id: int
    customer_id: int | None
    kind: str
    channel: str
    to_address: str
    from_name: str
    from_address: str
    reply_to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    attachments: list[dict[str, Any]]
    message_id: str
    attempts: int
    handed_at: datetime

    @property
    def transactional(self) -> bool:
        return self.kind == Message.Kind.TRANSACTIONAL

    def letter(self, files: Sequence[mime.File]) -> mime.Letter:
        return mime.Letter(
            message_id=self.message_id,
            from_name=self.from_name,
            from_address=self.from_address,
            to_address=self.to_address,
            reply_to=self.reply_to,
            subject=self.subject,
            text=self.text,
            html=self.html,
            headers=self.headers,
            files=files,
        )


def claim(worker: str, channel: str, priority: int, limit: int) -> list[int]:
    return [pk for (pk,) in _rows(CLAIM, [channel, priority, limit, worker, LEASED_FOR])]


def launch(worker: str, sent: Sequence[int], group: Sequence[int], *, seconds: int) -> list[Held]:
    """Mark what was sent, and put a group in flight for so many seconds. Returns those that may go."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")
        if sent:
            cursor.execute(SENT, [list(sent), worker])
    if not group:
        return []
    place = {pk: n for n, pk in enumerate(group)}
    launched = [_held(row) for row in _rows(LAUNCH, [list(group), worker, seconds])]
    return sorted(launched, key=lambda held: place[held.id])


def _held(row: tuple[Any, ...]) -> Held:
    """Django leaves JSON as text."""
    held = Held(*row)
    return held._replace(headers=json.loads(row[11]), attachments=json.loads(row[12]))


def recover(*, attempts: int) -> int:
    return _do(RECOVER, [attempts] * 3)


def release(worker: str) -> int:
    """Give back what was leased and not touched."""
    return _do(RELEASE, [worker])


def put_back(worker: str, pk: int, error: str) -> None:
    """It was not tried after all."""
    _do(PUT_BACK, [0, 1, error, pk, worker])


def put_off(worker: str, pk: int, seconds: int, error: str) -> None:
    """It waits so long for the next attempt."""
    _do(PUT_BACK, [seconds, 0, error, pk, worker])


def end(worker: str, pk: int, state: str, reason: str, error: str) -> None:
    _do(END, [state, reason, error, pk, worker])


def _rows(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _do(statement: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount

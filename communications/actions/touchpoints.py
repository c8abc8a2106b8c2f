"""What becomes of touchpoints: cancelled, taken back, and following what the outbox and people did with them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from communications import arrivals
from communications.models import Enrolment, Plan, Touchpoint
from customers.actions import timeline

State = Touchpoint.State
AT_ONCE = 10_000

# A message that a worker has not touched yet can still be pulled out; one that is in flight goes on and is logged.
PULLED = """
pulled AS (
    UPDATE communications_message m
    SET state = 'cancelled', reason = %(reason)s, ended_at = %(at)s, worker = '', lease_until = NULL
    FROM wanted WHERE m.id = wanted.message_id AND m.state IN ('queued', 'leased') RETURNING m.id
)"""
WANTED = """
WITH wanted AS MATERIALIZED (
    SELECT id, message_id FROM communications_touchpoint
    WHERE id = ANY(%(ids)s) AND state IN ('planned', 'queued') ORDER BY id FOR UPDATE
)"""
CANCEL = f"""
{WANTED}, {PULLED}, dropped AS (
    UPDATE communications_humantask h SET state = 'cancelled', reason = %(reason)s, ended_at = %(at)s
    FROM wanted WHERE h.touchpoint_id = wanted.id AND h.state = 'open' RETURNING h.touchpoint_id
)
UPDATE communications_touchpoint t SET state = 'cancelled', reason = %(reason)s, ended_at = %(at)s
FROM wanted WHERE t.id = wanted.id AND (
    t.state = 'planned' OR t.message_id IN (SELECT id FROM pulled) OR t.id IN (SELECT touchpoint_id FROM dropped)
)
RETURNING t.enrolment_id
"""
TAKE_BACK = f"""
{WANTED}, {PULLED}
UPDATE communications_touchpoint t
SET state = 'planned', message_id = NULL, queued_at = NULL, tries = t.tries + 1, deferred = %(reason)s
FROM wanted WHERE t.id = wanted.id AND t.message_id IN (SELECT id FROM pulled)
RETURNING t.enrolment_id
"""

# While a message is on its way the touchpoint is queued; then it is what became of the message. What was sent never
# changes again, so the customer's timeline tells once that it reached them.
FOLLOW = f"""
WITH moved AS MATERIALIZED (
    SELECT t.id, m.sent_at, m.ended_at, m.reason,
        CASE WHEN m.state IN ('queued', 'leased', 'in_flight') THEN 'queued' ELSE m.state END AS state
    FROM communications_touchpoint t JOIN communications_message m ON m.id = t.message_id
    WHERE {{which}}
), changed AS (
    UPDATE communications_touchpoint t SET state = moved.state, sent_at = moved.sent_at, ended_at = moved.ended_at,
        reason = CASE WHEN moved.state IN ('queued', 'sent') THEN '' ELSE moved.reason END
    FROM moved WHERE t.id = moved.id AND t.state <> moved.state AND t.state <> 'sent'
    RETURNING t.id, t.enrolment_id, t.customer_id, t.plan_id, t.step_id, t.state, t.sent_at
), told AS (
    {timeline.INSERT_FACTS}
    SELECT c.customer_id, {arrivals.VERB.format(kind="s.kind")}, c.sent_at, NULL, {arrivals.ABOUT}
    FROM changed c JOIN communications_step s ON s.id = c.step_id JOIN communications_plan p ON p.id = c.plan_id
    WHERE c.state = 'sent' ORDER BY c.id
)
SELECT enrolment_id FROM changed
"""
UNDER_WAY = "t.state IN ('queued', 'uncertain') AND t.message_id IS NOT NULL"

COMPLETE = """
UPDATE communications_enrolment e SET state = 'completed', ended_at = %s
WHERE e.id = ANY(%s) AND e.state = 'active' AND NOT EXISTS (
    SELECT FROM communications_touchpoint t
    WHERE t.customer_id = e.customer_id AND t.enrolment_id = e.id AND t.state IN ('planned', 'queued', 'uncertain')
)
"""


@transaction.atomic
def cancel(found: QuerySet[Touchpoint], *, reason: str, at: datetime | None = None) -> int:
    """Cancel those of the touchpoints that have not reached anybody; ``reason`` is a code. Returns how many.

    A message that waits in the outbox is pulled out, an open task is dropped. What is in flight goes on.
    """
    return len(_each(CANCEL, found, reason, at or timezone.now()))


@transaction.atomic
def end(found: QuerySet[Touchpoint], *, reason: str, at: datetime) -> int:
    """The same, and who has nothing to come any more has come to the end of their sequence. Returns how many."""
    ended = _each(CANCEL, found, reason, at)
    complete(ended, at=at)
    return len(ended)


@transaction.atomic
def take_back(plan: Plan, *, at: datetime | None = None) -> int:
    """Take what waits in the outbox for a plan out of it again, to be planned. Returns how many."""
    waiting = Touchpoint.objects.filter(plan=plan, state=State.QUEUED, message__isnull=False)
    return len(_each(TAKE_BACK, waiting, "paused", at or timezone.now()))


@transaction.atomic
def follow(messages: Sequence[int] | None = None, *, at: datetime | None = None) -> int:
    """Let touchpoints say what became of their messages: of these, or of all that are under way. Returns how many."""
    if messages is None:
        ended = _rows(FOLLOW.format(which=UNDER_WAY), {})
    else:
        ended = _rows(FOLLOW.format(which="m.id = ANY(%(ids)s)"), {"ids": list(messages)})
    complete(ended, at=at or timezone.now())
    return len(ended)


@transaction.atomic
def finish(touchpoint: Touchpoint, *, reason: str = "", at: datetime | None = None) -> Touchpoint:
    """Somebody did what the touchpoint asks for; or could not, for a ``reason``. Ended before, it stays as it was."""
    at = at or timezone.now()
    touchpoint = Touchpoint.objects.select_for_update().get(pk=touchpoint.pk)
    if touchpoint.state != State.QUEUED:
        return touchpoint
    if reason:
        touchpoint.state, touchpoint.reason, touchpoint.ended_at = State.FAILED, reason, at
    else:
        touchpoint.state, touchpoint.sent_at = State.SENT, at
    touchpoint.save(update_fields=["state", "reason", "ended_at", "sent_at"])
    complete([touchpoint.enrolment_id], at=at)
    return touchpoint


def complete(enrolments: Sequence[int | None], *, at: datetime) -> int:
    """End the enrolments of which nothing is to come any more. Returns how many."""
    ids = sorted({one for one in enrolments if one is not None})
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(COMPLETE, [at, ids])
        return int(cursor.rowcount)


def leave(found: QuerySet[Enrolment], *, state: str, reason: str, at: datetime) -> int:
    """End enrolments early, with all that was to come of them. Returns how many touchpoints were cancelled."""
    ids = list(
        found.filter(state=Enrolment.State.ACTIVE).select_for_update().order_by("pk").values_list("pk", flat=True)
    )
    customers = Enrolment.objects.filter(pk__in=ids).values("customer")
    cancelled = cancel(Touchpoint.objects.filter(customer__in=customers, enrolment__in=ids), reason=reason, at=at)
    Enrolment.objects.filter(pk__in=ids, state=Enrolment.State.ACTIVE).update(state=state, reason=reason, ended_at=at)
    return cancelled


def _each(statement: str, found: QuerySet[Touchpoint], reason: str, at: datetime) -> list[int | None]:
    ended: list[int | None] = []
    for ids in _chunks(found):
        ended += _rows(statement, {"ids": ids, "reason": reason, "at": at})
    return ended


def _chunks(found: QuerySet[Touchpoint]) -> Iterator[list[int]]:
    ids = list(found.filter(state__in=[State.PLANNED, State.QUEUED]).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _rows(statement: str, values: dict[str, Any]) -> list[int | None]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]

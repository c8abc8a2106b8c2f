"""What is due is judged and handed over: to the outbox, or to people.

1. Customers of whom something is due are taken, those that no other worker has in hand, with all that is due of them.
2. It is judged in the order of the rules: anchor, enrolment, consent, suppression, hold-out, branches, quiet hours and
   days, caps and limits. What stands against it leaves it out, or puts it off, with the reason.
3. The rest is handed over in the same transaction. The outbox sends it after the commit, and asks for consent again.

The clock of the database decides what is due.
"""

import logging
import time
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from communications.actions import handing, pacing, touchpoints
from communications.actions.pacing import Decided
from communications.models import Message, Step
from communications.queries import judging

logger = logging.getLogger(__name__)

AT_ONCE = 500  # customers
MOST_WAITING = 5_000  # messages in the outbox: the rest stays where a pause reaches it at once
LETTERS = ("email", "sms", "push")
LATER = {"merged": 60, "hold": 900, "waiting_for_task": 900, "no_code": 3_600, "error": 900}  # seconds

SETTLE = """
UPDATE communications_touchpoint t SET
    state = CASE one.reason WHEN '' THEN 'planned' ELSE 'skipped' END, reason = one.reason,
    ended_at = CASE WHEN one.reason <> '' THEN %(at)s::timestamptz END,
    due_at = coalesce(one.due_at, t.due_at), deferred = coalesce(nullif(one.deferred, ''), t.deferred)
FROM unnest(%(ids)s::bigint[], %(reasons)s::text[], %(due)s::timestamptz[], %(deferred)s::text[])
    AS one (id, reason, due_at, deferred)
WHERE t.id = one.id
RETURNING CASE WHEN t.state = 'skipped' THEN t.enrolment_id END
"""


def dispatch_due(*, seconds: float = 20) -> int:
    """Hand over what is due until nothing is left or the time is over. Returns how many.

    Any number of workers may do this at once. While much waits in the outbox, only what people do goes on.
    """
    until, total = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        seen, handed = dispatch()
        total += handed
        if not seen:
            break
    return total


def dispatch(*, at: datetime | None = None, limit: int = AT_ONCE) -> tuple[int, int]:
    """One batch of customers. Returns how many touchpoints were looked at, and how many handed over.

    Where something breaks, the customers are taken one by one, and what breaks is put off.
    """
    at = at or judging.clock()
    channels = _open_channels()
    try:
        return _batch(at, channels, limit)
    except Exception:
        if limit == 1:
            raise
        logger.exception("a batch of touchpoints could not be handed over, and is tried one by one")
    return _one_by_one(at, channels, limit)


def _open_channels() -> Sequence[str]:
    waiting = Message.objects.filter(state=Message.State.QUEUED, priority=Message.Priority.BULK)
    full = len(waiting.order_by().values_list("pk")[:MOST_WAITING]) >= MOST_WAITING
    return Step.BY_PEOPLE if full else (*LETTERS, *Step.BY_PEOPLE)


def _one_by_one(at: datetime, channels: Sequence[str], limit: int) -> tuple[int, int]:
    seen = handed = 0
    for _ in range(limit):
        try:
            more, done = _batch(at, channels, 1)
        except Exception as flaw:
            logger.exception("a customer's touchpoints could not be handed over, and are put off")
            more, done = _put_off(at, channels, type(flaw).__name__), 0
        seen, handed = seen + more, handed + done
        if not more:
            break
    return seen, handed


@transaction.atomic
def _put_off(at: datetime, channels: Sequence[str], flaw: str) -> int:
    ids = judging.claimed(at, channels, 1)
    settle([Decided(pk, deferred="error", due_at=pacing.after(at, LATER["error"])) for pk in ids], at=at)
    return len(ids)


@transaction.atomic
def _batch(at: datetime, channels: Sequence[str], limit: int) -> tuple[int, int]:
    ids = judging.claimed(at, channels, limit)
    if not ids:
        return 0, 0
    candidates = judging.judged(ids, at)
    decided = [_of_verdict(one.id, one.verdict, at) for one in candidates if one.verdict]
    free = [one for one in candidates if not one.verdict]
    going, later = pacing.paced(free, at=at)
    handed, refused = handing.hand_over(going, at=at)
    settle([*decided, *later, *refused], at=at)
    return len(ids), handed


def _of_verdict(pk: int, verdict: str, at: datetime) -> Decided:
    if verdict in LATER:
        return Decided(pk, deferred=verdict, due_at=pacing.after(at, LATER[verdict]))
    return Decided(pk, reason=verdict)


def settle(decided: Collection[Decided], *, at: datetime) -> None:
    """Leave out or put off what does not go now, and say why."""
    if not decided:
        return
    values: dict[str, Any] = {
        "at": at,
        "ids": [one.id for one in decided],
        "reasons": [one.reason for one in decided],
        "due": [one.due_at for one in decided],
        "deferred": [one.deferred for one in decided],
    }
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, values)
        ended = [pk for (pk,) in cursor.fetchall()]
    touchpoints.complete(ended, at=at)

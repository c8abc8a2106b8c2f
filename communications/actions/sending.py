"""Send what is due: never twice, and whatever a dead worker may have sent is shown, not guessed.

1. ``_claim``: a worker leases up to five hundred messages that are due; others skip them.
2. ``_launch``: of these, a group at a time is marked as in flight, in one statement that also settles the group
   before; committed before anything leaves. Here it is judged once more who may be written to.
3. Each is handed over on one connection.

A worker that dies leaves leased messages, which were never touched and go back, and those in flight, at most one
group. Nobody knows of these whether they left: what is transactional goes out again under the same Message-ID,
marketing waits for a person. The clock of the database decides what is due and which lease is over.
"""

import json
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from redis.exceptions import RedisError

from communications import attachments, dkim, keys, mime, tracking
from communications.actions import outbox, statements, suppressions, throttles
from communications.actions.statements import Held
from communications.channels import Channel, Outcome, Result, Unreachable, open_channel
from communications.models import Message, Touchpoint
from communications.queries.outbox import shut, shut_key

logger = logging.getLogger(__name__)

CLAIMED = 500
PAUSES = (0.2, 1.0, 3.0)  # seconds, after the database did not answer
PATIENCE = 30.0  # seconds beyond its time that a run may take to end its group
IN_FLIGHT_FOR = 420  # seconds after which a worker that holds a group is taken for dead
HANDS_OFF = 200.0  # seconds after which it touches none of the group any more: time for the last one to end

SHUT_FOR = 30  # seconds until a server that did not answer is tried again
ATTEMPTS = 12  # the last one about a day after the first
UNSURE_AT_MOST = 3  # hand-overs without an answer, of one transactional message


@dataclass
class Run:
    """What one worker is about: who it is, until when it works, and what came of its last group."""

    channel: Channel
    until: float
    kind: str = Message.Channel.EMAIL
    worker: str = field(default_factory=lambda: uuid4().hex)
    outcomes: list[tuple[Held, Outcome]] = field(default_factory=list)
    sent: int = 0
    steps: dict[int, int] = field(default_factory=dict)  # of messages, where it is counted by steps who reads them

    def settled(self, sent: int) -> None:
        self.sent += sent
        self.outcomes = []


def send_due(*, seconds: float = 20, channel: Channel | None = None) -> int:
    """Send what is due until nothing is left or the time is over, which each channel has. Returns how many were sent.

    Any number of workers may do this at once. Where there is no way out, messages wait. ``channel`` is another way
    than settings say, for e-mail alone.
    """
    if transaction.get_connection().in_atomic_block:
        raise RuntimeError("send_due may not be called inside a transaction")
    recover()
    if channel is not None:
        return _send_all(Message.Channel.EMAIL, channel, seconds)
    sent = 0
    for kind in Message.Channel:
        way = None if shut(kind) else open_channel(kind)
        sent += _send_all(kind, way, seconds) if way else 0
    return sent


def _send_all(kind: str, channel: Channel, seconds: float) -> int:
    run = Run(channel, time.monotonic() + seconds, kind)
    try:
        while time.monotonic() < run.until and (mine := _claim(run)):
            _send(run, mine)
    except Unreachable as flaw:
        logger.warning("the way out for %s is closed: %s", kind, flaw)
        with suppress(RedisError):
            cache.set(shut_key(kind), str(flaw)[:200], SHUT_FOR)
    finally:
        statements.release(run.worker)
        channel.close()
    return run.sent


def recover() -> int:
    """Take up what dead workers left: what they never touched waits again, the rest is uncertain. Returns how many."""
    return statements.recover(attempts=UNSURE_AT_MOST)


def _claim(run: Run) -> list[int]:
    """Messages that are due and that nobody holds, in the order in which they go; leased by this worker."""
    mine: list[int] = []
    for priority in sorted(Message.Priority.values, reverse=True):
        if len(mine) < CLAIMED:
            mine += statements.claim(run.worker, run.kind, priority, CLAIMED - len(mine))
    return mine


def _send(run: Run, mine: Sequence[int]) -> None:
    """Group by group; each launch settles the group before. However this ends, what is known is written down."""
    size = max(settings.OUTBOX_GROUP, 1)
    run.channel.open()
    try:
        for start in range(0, len(mine), size):
            if time.monotonic() > run.until:
                break
            _hand_over(run, _launch(run, mine[start : start + size]))
    finally:
        _launch(run, [])


def _launch(run: Run, group: Sequence[int]) -> list[Held]:
    """Tried again where the database was away for a moment: what was handed over must not be forgotten."""
    for pause in (*PAUSES, None):
        try:
            return _commit(run, group)
        except OperationalError:
            if pause is None:
                raise
            logger.warning("the outbox could not be written, and is tried again", exc_info=True)
            connection.close()
            time.sleep(pause)
    raise AssertionError("not reached")


@transaction.atomic(durable=True)
def _commit(run: Run, group: Sequence[int]) -> list[Held]:
    """Settle the group before, and mark this one as in flight: one commit, which waits for the disk."""
    sent = [held.id for held, outcome in run.outcomes if outcome.result is Result.SENT]
    for held, outcome in run.outcomes:
        if outcome.result is not Result.SENT:
            _settle(run.worker, held, outcome)
    may = throttles.take(run.worker, run.kind, group) if group else group
    launched = statements.launch(run.worker, sent, may, seconds=IN_FLIGHT_FOR)
    run.settled(len(sent))
    return launched


def _hand_over(run: Run, group: Sequence[Held]) -> None:
    """Each of the group. Where the way out closes, or time is over, the rest is as if it had never been taken."""
    began = time.monotonic()
    if settings.TRACKING == tracking.AGGREGATE:
        wanted = Touchpoint.objects.filter(message__in=[held.id for held in group])
        run.steps = {message: step for message, step in wanted.values_list("message_id", "step_id") if message}
    for place, held in enumerate(group):
        late = time.monotonic() > min(run.until + PATIENCE, began + HANDS_OFF)
        try:
            outcome = Outcome(Result.UNTOUCHED) if late else _one(run, held)
        except Unreachable as flaw:
            run.outcomes += [(one, Outcome(Result.UNTOUCHED, str(flaw))) for one in group[place:]]
            raise
        run.outcomes.append((held, outcome))


def _one(run: Run, held: Held) -> Outcome:
    try:
        to, letter = _composed(held, run.steps.get(held.id, 0))
    except (OSError, ValueError) as flaw:  # a file that has gone, a text that cannot be written
        logger.exception("message %s cannot be composed", held.id)
        return Outcome(Result.REFUSED, f"{type(flaw).__name__}: {flaw}")
    return run.channel.hand_over(held.from_address, to, letter, name=held.message_id)


def _composed(held: Held, step: int) -> tuple[str, bytes]:
    """Where it goes and what is handed over: an e-mail, a text, or what a device shows."""
    if held.channel == Message.Channel.SMS:
        return held.to_address, held.text.encode()
    if held.channel == Message.Channel.PUSH:
        shown = {"title": held.subject, "body": held.text, "url": held.headers.get(outbox.LINK, "")}
        return str(held.customer_id), json.dumps(shown, ensure_ascii=False).encode()
    if settings.TRACKING and not held.transactional:
        held = held._replace(html=tracking.marked(held.html, message=held.id, step=step, how=settings.TRACKING))
    letter = mime.compose(held.letter(attachments.read(held.attachments)), at=held.handed_at)
    key = keys.dkim_key()
    if key and key.signs_for(held.from_address):
        letter = dkim.signed(letter, key, at=held.handed_at)
    return held.to_address, letter


def _settle(worker: str, held: Held, outcome: Outcome) -> None:
    """Everything but success, which is marked for the whole group at once."""
    error = outcome.error[:300]
    if outcome.result is Result.UNTOUCHED:
        statements.put_back(worker, held.id, error)
    elif outcome.result is Result.REFUSED:
        statements.end(worker, held.id, Message.State.FAILED, "refused", error)
        if outcome.no_such_address:
            suppressions.bounced(held.to_address, customer_id=held.customer_id)
    elif outcome.result is Result.UNKNOWN and not (held.transactional and held.attempts < UNSURE_AT_MOST):
        statements.end(worker, held.id, Message.State.UNCERTAIN, "no_answer", error)
    elif held.attempts >= ATTEMPTS:
        statements.end(worker, held.id, Message.State.FAILED, "gave_up", error)
    else:
        statements.put_off(worker, held.id, pause_after(held.attempts), error)


def pause_after(attempts: int) -> int:
    """Seconds until the next attempt: a minute, and twice as long after each, up to four hours."""
    return int(min(60 * 2 ** min(attempts - 1, 20), 4 * 3600))

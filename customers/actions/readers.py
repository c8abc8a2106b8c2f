"""Read the timeline: every reader from its own bookmark, each fact once, in order, with any number of workers.

A reader is a name and a function that reacts to facts. What the function does in the database, the bookmark and
the notes on facts that failed are one transaction. Anything outside the database belongs in a row that it writes.
"""

import traceback
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from time import monotonic
from typing import Any, NamedTuple

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.db.models import Exists, F, Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from customers.models import Bookmark, Customer, Fact, SetAside

Reaction = Callable[[list[Any]], object]

AT_ONCE = 1_000
TRIES = 3
PAUSES = (timedelta(seconds=10), timedelta(seconds=60))  # after the first and the second failed try
NUMBERED_AT_ONCE = 25_000
NUMBERING_LOCK, BEGINNING_LOCK = 0x4D53_0001, 0x4D53_0002  # PostgreSQL's advisory locks belong to the database

# Statistics lag behind a column that is NULL for seconds only; without them the partial index is found as well.
LOCK = """
SELECT pg_advisory_xact_lock(%s),
    set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)
"""
NUMBER = """
WITH highest AS MATERIALIZED (SELECT coalesce(max(position), 0) AS position FROM customers_fact),
waiting AS MATERIALIZED (
    SELECT id, row_number() OVER (ORDER BY id) AS n
    FROM (SELECT id FROM customers_fact WHERE position IS NULL ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) AS first
)
UPDATE customers_fact SET position = highest.position + waiting.n
FROM waiting, highest WHERE customers_fact.id = waiting.id
"""


def number(limit: int = NUMBERED_AT_ONCE) -> int:
    """Give facts that are committed and have no position the next ones. Returns how many.

    One at a time, in a transaction of its own: so whoever sees a position sees all smaller ones as well, which
    neither ids nor transaction ids give. A fact that is being moved or emptied at this moment is left for next time.
    """
    if Fact.objects.filter(position=None).order_by("pk").first() is None:  # the order leads into the partial index
        return 0
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(LOCK, [NUMBERING_LOCK])
        cursor.execute(NUMBER, [limit])
        return int(cursor.rowcount)


class BareFact(NamedTuple):
    """What a reader that asks for no more gets of a fact: in a third of the time that a whole one takes."""

    pk: int
    customer_id: int
    verb: str
    position: int

    @property
    def customer(self) -> Customer:
        return Customer.objects.get(pk=self.customer_id)


@dataclass(frozen=True)
class Reader:
    """Who reads, and how; what each means stands at ``read``."""

    name: str
    react: Reaction
    limit: int = AT_ONCE
    lanes: int = 1
    verbs: Collection[str] | None = None
    from_the_end: bool = False
    bare: bool = False


def catch_up(reader: str, react: Reaction, *, seconds: float = 20, lanes: int = 1, **options: Any) -> int:
    """Read until nothing is left or the time is over. Returns how many facts were read or settled.

    Any number of workers may do this at once; each takes the lanes that nobody else is reading. The options are
    those of ``read``.
    """
    until = monotonic() + seconds
    who = Reader(reader, react, lanes=lanes, **options)
    number()
    total = idle = 0
    for lane in cycle(range(lanes)):
        count = _read(who, lane)
        total += count
        idle = 0 if count else idle + 1
        if monotonic() >= until:
            break
        if idle == lanes:
            if not number():
                break
            idle = 0
    return total


def read(
    reader: str,
    react: Reaction,
    *,
    limit: int = AT_ONCE,
    lane: int = 0,
    lanes: int = 1,
    verbs: Collection[str] | None = None,
    from_the_end: bool = False,
    bare: bool = False,
) -> int:
    """Let a reader react to the next facts of one of its lanes, in order. Returns how many were read or settled.

    ``react`` is called with a list of at most ``limit`` facts, and with one alone when it failed on the list. A fact
    that fails is tried three times, some seconds apart; later facts of the same customer wait behind it, all others
    go on. Then it is set aside with its error. Returns 0 at once where another worker is reading the same lane.

    A reader begins with the first fact there is, or with what comes after its first call where ``from_the_end``.
    With another number of ``lanes`` than before, the old lanes are first brought to the same place.
    ``verbs`` limits what the reader hears of. With ``bare`` it gets a BareFact of each instead of the fact, which is
    much quicker for who works with statements over many.
    """
    number()
    return _read(Reader(reader, react, limit, lanes, verbs, from_the_end, bare), lane)


def highest_position() -> int:
    return Fact.objects.aggregate(highest=Max("position"))["highest"] or 0


def carry_over(customer: Customer, *, into: Customer) -> None:
    """Before a merge moves facts: see to it that no reader with lanes misses one, or hears it twice.

    Facts that the lane they leave has still to read, and the lane they come into has passed, wait for the reader by
    themselves; those that were read and would be met again are noted as digested. To be called first in the merge's
    transaction: it waits for readers that are at work.
    """
    marks = list(Bookmark.objects.filter(lanes__gt=1).order_by("reader", "lane").select_for_update())
    lanes = {(mark.reader, mark.lane): mark for mark in marks}
    for reader, count in {(mark.reader, mark.lanes) for mark in marks}:
        left, entered = lanes[reader, customer.pk % count], lanes[reader, into.pk % count]
        low, high = sorted([left.position, entered.position])
        missed = left.position < entered.position
        moving = Fact.objects.filter(customer=customer, position__gt=low, position__lte=high)
        state = {"next_try_at" if missed else "digested_at": timezone.now()}
        rows = [SetAside(reader=reader, fact_id=pk, **state) for pk in moving.values_list("pk", flat=True)]
        SetAside.objects.bulk_create(rows, batch_size=5_000, ignore_conflicts=True)


def _read(reader: Reader, lane: int) -> int:
    with transaction.atomic(durable=True):
        if mark := _open(reader, lane):
            settled, some_wait = _retry_waiting(reader, mark)
            return settled + _read_on(reader, mark, mark.ceiling or 0, some_wait=some_wait)
        others = Bookmark.objects.filter(reader=reader.name).exclude(lanes=reader.lanes)
        if others.exists():
            return _level(reader)
        if Bookmark.objects.filter(reader=reader.name).exists():
            return 0
    _begin(reader)
    return _read(reader, lane)


@transaction.atomic(durable=True)
def _begin(reader: Reader) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BEGINNING_LOCK])
    if not Bookmark.objects.filter(reader=reader.name).exists():
        _divide(reader, highest_position() if reader.from_the_end else 0)


def _divide(reader: Reader, position: int) -> None:
    lanes = range(reader.lanes)
    rows = [Bookmark(reader=reader.name, lane=lane, lanes=reader.lanes, position=position) for lane in lanes]
    Bookmark.objects.bulk_create(rows)


def _open(reader: Reader, lane: int) -> Any:
    """The lane's bookmark, locked, with the highest position as ``ceiling``; None where it is in use or not there."""
    highest = Fact.objects.filter(position__isnull=False).order_by("-position").values("position")[:1]
    mine = Bookmark.objects.filter(reader=reader.name, lane=lane, lanes=reader.lanes)
    return mine.annotate(ceiling=Subquery(highest)).select_for_update(skip_locked=True).first()


def _level(reader: Reader) -> int:
    """Bring the old lanes to the place of the foremost, a batch at a time; then divide anew."""
    old = list(Bookmark.objects.filter(reader=reader.name).order_by("lane").select_for_update())
    if not old or old[0].lanes == reader.lanes:
        return 0  # somebody else was quicker
    place = max(mark.position for mark in old)
    for mark in old:
        if mark.position < place:
            return max(1, _read_on(reader, mark, place))
    Bookmark.objects.filter(reader=reader.name).delete()
    _divide(reader, place)
    return 1


def _read_on(reader: Reader, mark: Bookmark, ceiling: int, *, some_wait: bool = True) -> int:
    """React to the facts after the bookmark and move it.

    The ceiling was looked up before the facts: positions that appear meanwhile may not be stepped over.
    """
    if ceiling <= mark.position:
        return 0
    excepted = SetAside.objects.filter(reader=reader.name, fact=OuterRef("pk"))
    facts = Fact.objects.filter(~Exists(excepted), position__gt=mark.position, position__lte=ceiling)
    if reader.verbs is not None:
        facts = facts.filter(verb__in=reader.verbs)
    if mark.lanes > 1:
        facts = facts.annotate(lane=F("customer_id") % mark.lanes).filter(lane=mark.lane)
    some = facts.order_by("position")[: reader.limit]
    batch = list(map(BareFact._make, some.values_list(*BareFact._fields))) if reader.bare else list(some)
    if batch:
        _digest(reader, batch, some_wait)
    reached = batch[-1].position if len(batch) == reader.limit else ceiling
    Bookmark.objects.filter(pk=mark.pk).update(position=reached, moved_at=timezone.now())
    return len(batch)


def _waiting(reader: Reader) -> QuerySet[SetAside]:
    return SetAside.objects.filter(reader=reader.name, next_try_at__isnull=False)


def _digest(reader: Reader, batch: Sequence[Fact | BareFact], some_wait: bool) -> None:
    """React to all at once; where that fails, to one after the other, noting which fail."""
    held_up = set(_waiting(reader).values_list("fact__customer_id", flat=True)) if some_wait else set()
    free = [fact for fact in batch if fact.customer_id not in held_up]
    failed = bool(free) and _try(reader, free) is not None
    notes = []
    for fact in batch if failed or held_up else []:
        if fact.customer_id in held_up:
            notes.append(SetAside(reader=reader.name, fact_id=fact.pk, next_try_at=timezone.now()))
        elif failed and (error := _try(reader, [fact])):
            notes.append(_note(SetAside(reader=reader.name, fact_id=fact.pk), error))
            held_up.add(fact.customer_id)
    SetAside.objects.bulk_create(notes)


def _retry_waiting(reader: Reader, mark: Bookmark) -> tuple[int, bool]:
    """Try what failed before and is due again. Returns how many facts were settled, and whether any were waiting."""
    waiting = _waiting(reader)
    if mark.lanes > 1:
        waiting = waiting.annotate(lane=F("fact__customer_id") % mark.lanes).filter(lane=mark.lane)
    waiting = waiting.select_related("fact").order_by("fact__position").select_for_update(of=["self"])
    rows = list(waiting[: reader.limit])
    now, held_up, settled = timezone.now(), set(), 0
    for row in rows:
        if row.fact.customer_id in held_up:
            continue
        if row.next_try_at is not None and row.next_try_at > now:
            held_up.add(row.fact.customer_id)
        elif error := _try(reader, [row.fact]):
            _note(row, error).save()
            settled += row.set_aside_at is not None
            if row.next_try_at:
                held_up.add(row.fact.customer_id)
        else:
            row.next_try_at, row.digested_at = None, timezone.now()
            row.save() if row.error else row.delete()
            settled += 1
    return settled, bool(rows)


def _try(reader: Reader, facts: list[Any]) -> Exception | None:
    try:
        with transaction.atomic():
            reader.react(facts)
    except SoftTimeLimitExceeded:
        raise  # the worker's time is over; that is not the facts' fault
    except Exception as error:
        return error
    return None


def _note(row: SetAside, error: Exception) -> SetAside:
    """Count a failed try. Only the first line of the message is kept: PostgreSQL's second one shows a row's values."""
    at = traceback.extract_tb(error.__traceback__)[-1]
    row.tries += 1
    message = str(error).partition("\n")[0][:500]
    row.error = f"{type(error).__name__}: {message}\n{at.filename}:{at.lineno} {at.name}"
    now = timezone.now()
    row.next_try_at = now + PAUSES[row.tries - 1] if row.tries < TRIES else None
    row.set_aside_at = None if row.next_try_at else now
    return row

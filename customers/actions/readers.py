"""Read the timeline: every reader from its own bookmark, each fact once, in order, with any number of workers.

A reader is a name and a function that reacts to facts. What the function does in the database, the bookmark and
the notes on facts that failed are one transaction. Anything outside the database belongs in a row that it writes.
"""

import traceback
from collections.abc import Callable, Collection
from datetime import timedelta
from itertools import cycle
from time import monotonic

from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Exists, F, Max, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Bookmark, Customer, Fact, SetAside
from people.models import User

Reaction = Callable[[list[Fact]], object]

TRIES = 3
PAUSES = (timedelta(seconds=10), timedelta(seconds=60))  # after the first and the second failed try
NUMBERED_AT_ONCE = 10_000
NUMBERING_LOCK, BEGINNING_LOCK = 0x4D53_0001, 0x4D53_0002  # PostgreSQL's advisory locks belong to the database

NUMBER = """
WITH highest AS MATERIALIZED (SELECT coalesce(max(position), 0) AS position FROM customers_fact),
waiting AS MATERIALIZED (
    SELECT id, row_number() OVER (ORDER BY id) AS n
    FROM (SELECT id FROM customers_fact WHERE position IS NULL ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) AS first
)
UPDATE customers_fact SET position = highest.position + waiting.n
FROM waiting, highest WHERE customers_fact.id = waiting.id
"""


class NotSetAside(ValidationError):
    def __init__(self, row: SetAside) -> None:
        super().__init__(
            _("The fact %(fact)s is not set aside by %(reader)s."),
            code="not_set_aside",
            params={"fact": row.fact_id, "reader": row.reader},
        )


def number(limit: int = NUMBERED_AT_ONCE) -> int:
    """Give facts that are committed and have no position the next ones. Returns how many.

    One at a time, in a transaction of its own: so whoever sees a position sees all smaller ones as well, which
    neither ids nor transaction ids give. A fact that is being moved or emptied at this moment is left for next time.
    """
    if not Fact.objects.filter(position=None).exists():
        return 0
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING_LOCK])
        cursor.execute(NUMBER, [limit])
        return int(cursor.rowcount)


def catch_up(
    reader: str,
    react: Reaction,
    *,
    seconds: float = 20,
    limit: int = 500,
    lanes: int = 1,
    verbs: Collection[str] | None = None,
    from_the_end: bool = False,
) -> int:
    """Read until nothing is left or the time is over. Returns how many facts were read.

    Any number of workers may do this at once; each takes the lanes that nobody else is reading.
    """
    until = monotonic() + seconds
    total = idle = 0
    for lane in cycle(range(lanes)):
        count = read(reader, react, limit=limit, lane=lane, lanes=lanes, verbs=verbs, from_the_end=from_the_end)
        total += count
        idle = 0 if count else idle + 1
        if idle == lanes or monotonic() >= until:
            break
    return total


def read(
    reader: str,
    react: Reaction,
    *,
    limit: int = 500,
    lane: int = 0,
    lanes: int = 1,
    verbs: Collection[str] | None = None,
    from_the_end: bool = False,
) -> int:
    """Let a reader react to the next facts of one of its lanes, in order. Returns how many were read or settled.

    ``react`` is called with a list of at most ``limit`` facts, and with one alone when it failed on the list. A fact
    that fails is tried three times, some seconds apart; later facts of the same customer wait behind it, all others
    go on. Then it is set aside with its error. Returns 0 at once where another worker is reading the same lane.

    A reader begins with the first fact there is, or with what comes after its first call where ``from_the_end``.
    With another number of ``lanes`` than before, the old lanes are first brought to the same place.
    ``verbs`` limits what the reader hears of.
    """
    number()
    if not Bookmark.objects.filter(reader=reader).exists():
        _begin(reader, lanes, from_the_end)
    with transaction.atomic(durable=True):
        bookmark = _open(reader, lane, lanes)
        if bookmark is None:
            return 0
        if bookmark.lanes != lanes:
            return _level(reader, react, lanes, limit, verbs)
        ceiling = highest_position()
        return _retry_waiting(bookmark, react, limit) + _read_on(bookmark, react, limit, verbs, ceiling)


def highest_position() -> int:
    return Fact.objects.aggregate(highest=Max("position"))["highest"] or 0


@transaction.atomic
def retry(set_aside: SetAside) -> SetAside:
    """Let the reader try a fact again that was set aside: with its next reading, and three times.

    Raises NotSetAside when it is not (or no longer) set aside.
    """
    row = _unsettled(set_aside)
    row.tries, row.set_aside_at, row.next_try_at = 0, None, timezone.now()
    row.save(update_fields=["tries", "set_aside_at", "next_try_at"])
    return row


def retry_all(reader: str) -> int:
    """Let the reader try everything again that it has set aside. Returns how many facts."""
    rows = SetAside.objects.filter(reader=reader, set_aside_at__isnull=False)
    return rows.update(tries=0, set_aside_at=None, next_try_at=timezone.now())


@transaction.atomic
def dismiss(set_aside: SetAside, *, by: User) -> SetAside:
    """Say that the reader shall never hear of this fact.

    Raises NotSetAside when it is not (or no longer) set aside.
    """
    row = _unsettled(set_aside)
    row.set_aside_at, row.dismissed_at, row.dismissed_by = None, timezone.now(), by
    row.save(update_fields=["set_aside_at", "dismissed_at", "dismissed_by"])
    return row


def _unsettled(set_aside: SetAside) -> SetAside:
    row = SetAside.objects.select_for_update().get(pk=set_aside.pk)
    if row.set_aside_at is None:
        raise NotSetAside(row)
    return row


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


@transaction.atomic(durable=True)
def _begin(reader: str, lanes: int, from_the_end: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BEGINNING_LOCK])
    if not Bookmark.objects.filter(reader=reader).exists():
        _divide(reader, lanes, highest_position() if from_the_end else 0)


def _open(reader: str, lane: int, lanes: int) -> Bookmark | None:
    """The lane's bookmark, locked; any of the reader's where it has another number of lanes; None where in use."""
    known = Bookmark.objects.filter(reader=reader).order_by("lane")
    mine = known.filter(lane=lane, lanes=lanes)
    if bookmark := mine.select_for_update(skip_locked=True).first():
        return bookmark
    return known.exclude(lanes=lanes).first()


def _divide(reader: str, lanes: int, position: int) -> None:
    rows = [Bookmark(reader=reader, lane=lane, lanes=lanes, position=position) for lane in range(lanes)]
    Bookmark.objects.bulk_create(rows)


def _level(reader: str, react: Reaction, lanes: int, limit: int, verbs: Collection[str] | None) -> int:
    """Bring the old lanes to the place of the foremost, a batch at a time; then divide anew."""
    old = list(Bookmark.objects.filter(reader=reader).order_by("lane").select_for_update())
    if not old or old[0].lanes == lanes:
        return 0  # somebody else was quicker
    place = max(mark.position for mark in old)
    for mark in old:
        if mark.position < place:
            return max(1, _read_on(mark, react, limit, verbs, place))
    Bookmark.objects.filter(reader=reader).delete()
    _divide(reader, lanes, place)
    return 1


def _read_on(mark: Bookmark, react: Reaction, limit: int, verbs: Collection[str] | None, ceiling: int) -> int:
    """React to the facts after the bookmark and move it.

    The ceiling was looked up before the facts: positions that appear meanwhile may not be stepped over.
    """
    if ceiling <= mark.position:
        return 0
    excepted = SetAside.objects.filter(reader=mark.reader, fact=OuterRef("pk"))
    facts = Fact.objects.filter(~Exists(excepted), position__gt=mark.position, position__lte=ceiling)
    if verbs is not None:
        facts = facts.filter(verb__in=verbs)
    if mark.lanes > 1:
        facts = facts.annotate(lane=F("customer_id") % mark.lanes).filter(lane=mark.lane)
    batch = list(facts.order_by("position")[:limit])
    if batch:
        _digest(mark.reader, react, batch)
    reached = batch[-1].position if len(batch) == limit else ceiling
    Bookmark.objects.filter(pk=mark.pk).update(position=reached, moved_at=timezone.now())
    return len(batch)


def _digest(reader: str, react: Reaction, batch: list[Fact]) -> None:
    """React to all at once; where that fails, to one after the other, noting which fail."""
    waiting = SetAside.objects.filter(reader=reader, next_try_at__isnull=False)
    held_up = set(
        waiting.filter(fact__customer_id__in={fact.customer_id for fact in batch}).values_list(
            "fact__customer_id", flat=True
        )
    )
    free = [fact for fact in batch if fact.customer_id not in held_up]
    failed = bool(free) and _try(react, free) is not None
    notes = []
    for fact in batch if failed or held_up else []:
        if fact.customer_id in held_up:
            notes.append(SetAside(reader=reader, fact=fact, next_try_at=timezone.now()))
        elif failed and (error := _try(react, [fact])):
            notes.append(_note(SetAside(reader=reader, fact=fact), error))
            held_up.add(fact.customer_id)
    SetAside.objects.bulk_create(notes)


def _retry_waiting(mark: Bookmark, react: Reaction, limit: int) -> int:
    """Try what failed before and is due again. Returns how many facts were settled, well or badly."""
    waiting = SetAside.objects.filter(reader=mark.reader, next_try_at__isnull=False)
    if mark.lanes > 1:
        waiting = waiting.annotate(lane=F("fact__customer_id") % mark.lanes).filter(lane=mark.lane)
    rows = waiting.select_related("fact").order_by("fact__position").select_for_update(of=["self"])[:limit]
    now, held_up, settled = timezone.now(), set(), 0
    for row in rows:
        if row.fact.customer_id in held_up:
            continue
        if row.next_try_at is not None and row.next_try_at > now:
            held_up.add(row.fact.customer_id)
        elif error := _try(react, [row.fact]):
            _note(row, error).save()
            settled += row.set_aside_at is not None
            if row.next_try_at:
                held_up.add(row.fact.customer_id)
        else:
            row.next_try_at, row.digested_at = None, timezone.now()
            row.save() if row.error else row.delete()
            settled += 1
    return settled


def _try(react: Reaction, facts: list[Fact]) -> Exception | None:
    try:
        with transaction.atomic():
            react(facts)
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

"""Points for a whole segment: started once, carried on in batches by whoever has time, undone by reversing.

Each batch is a transaction that grants and writes down for whom. A worker that dies in one leaves nothing of it, the
next goes on; the ledger's natural key is the second net.
"""

from collections.abc import Sequence
from datetime import datetime
from time import monotonic

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Segment, Verb
from customers.queries import segments
from loyalty.actions import clawbacks, points, posting, programmes, wallets
from loyalty.actions.adjustments import SecondPersonNeeded
from loyalty.actions.posting import Draft, Move
from loyalty.actions.refusals import OverReversal, ReasonMissing
from loyalty.models import Account, BulkGrant, BulkGrantRow, Kind, Lot, Programme, Transaction
from people.models import User

State, Row = BulkGrant.State, BulkGrantRow.State
AT_ONCE, UNDONE_AT_ONCE = 2000, 1000
SECONDS_OF_A_TURN = 200  # a task may take 270
LOCK = 0x1348  # first half of the advisory lock of a grant; the second is its id


class GrantRefused(ValidationError):
    """``not_startable``, ``not_undoable`` or ``nobody_chosen``."""


@transaction.atomic
def draft(
    segment: Segment, many: int, *, reason: str, by: User | None = None, programme: Programme | None = None
) -> BulkGrant:
    """Write down what shall be granted; nothing happens yet. Raises ReasonMissing or NoPoints."""
    posting.check_points(many)
    if not reason.strip():
        raise ReasonMissing
    rules = programme or programmes.main(fresh=True)
    return BulkGrant.objects.create(programme=rules, segment=segment, points=many, reason=reason.strip(), made_by=by)


@transaction.atomic
def start(grant: BulkGrant, *, by: User | None = None, at: datetime | None = None) -> BulkGrant:
    """Write down who is in the segment now, and let workers grant. More points for each than may be adjusted at once
    need a second person.

    Raises GrantRefused or SecondPersonNeeded.
    """
    grant, at = _locked(grant), at or timezone.now()
    if grant.state != State.DRAFT:
        raise GrantRefused(_("It was started before."), "not_startable")
    if grant.points > grant.programme.adjustment_limit and by and by.pk == grant.made_by_id:
        raise SecondPersonNeeded
    if not _write_down(grant, at):
        raise GrantRefused(_("Nobody is in the segment."), "nobody_chosen")
    grant.state, grant.started_at, grant.started_by = State.RUNNING, at, by
    grant.conditions = grant.segment.conditions
    grant.save()
    return grant


@transaction.atomic
def undo(grant: BulkGrant, *, reason: str, by: User | None = None) -> BulkGrant:
    """Let workers take back what was granted, by the programme's policy for points that are gone.

    A grant that is under way stops where it is. Raises GrantRefused or ReasonMissing.
    """
    grant = _locked(grant)
    if not reason.strip():
        raise ReasonMissing
    if grant.state not in (State.RUNNING, State.DONE):
        raise GrantRefused(_("There is nothing to undo."), "not_undoable")
    grant.finished_at = grant.finished_at or timezone.now()
    grant.state, grant.undone_by, grant.undo_reason = State.UNDOING, by, reason.strip()
    grant.save()
    return grant


def take_turns(seconds: float = SECONDS_OF_A_TURN) -> int:
    """Carry on every grant under way that no other worker has in hand. Answers with how many came to their end."""
    ended, until = 0, monotonic() + seconds
    for grant in BulkGrant.objects.filter(state__in=(State.RUNNING, State.UNDOING)).order_by("pk"):
        if not _ask("SELECT pg_try_advisory_lock(%s, %s)", grant):
            continue
        try:
            ended += carry_on(grant, until=until)
        finally:
            if connection.is_usable():  # a lost connection has let go by itself
                _ask("SELECT pg_advisory_unlock(%s, %s)", grant)
    return ended


def carry_on(grant: BulkGrant, *, until: float | None = None) -> bool:
    """Work at a grant batch by batch, until it is done or the time is up. Returns whether it is done."""
    while until is None or monotonic() < until:
        if not _batch(grant):
            return True
    return False


@transaction.atomic
def _batch(grant: BulkGrant) -> bool:
    """One batch, under the lock of the grant's row: it is stopped between batches. False: nothing is left."""
    grant = _locked(grant)
    if grant.state == State.RUNNING:
        return _grant_some(grant) or _end(grant, State.DONE)
    if grant.state == State.UNDOING:
        return _undo_some(grant) or _end(grant, State.UNDONE)
    return False


def _end(grant: BulkGrant, state: BulkGrant.State) -> bool:
    grant.state = state
    if state == State.DONE:
        grant.finished_at = timezone.now()
    else:
        grant.undone_at = timezone.now()
    grant.save()
    return False


def _grant_some(grant: BulkGrant) -> bool:
    chosen = _rows(grant, Row.WAITING, AT_ONCE)
    if not chosen:
        return False
    active = set(Customer.objects.filter(pk__in=chosen, status=Customer.Status.ACTIVE).values_list("pk", flat=True))
    assert grant.started_at is not None
    asked = [
        points.Points(
            pk,
            grant.points,
            grant.started_at,
            natural_key=f"bulk:{grant.pk}:{pk}",
            reason=grant.reason,
            reference=f"grant {grant.pk}",
        )
        for pk in chosen
        if pk in active
    ]
    outcomes = points.earn_many(asked, by=grant.started_by, programme=grant.programme, kind=Kind.GRANT)
    told: list[tuple[int, str, str, int | None]] = [
        (pk, Row.REFUSED.value, "gone", None) for pk in chosen if pk not in active
    ]
    for outcome in outcomes:
        code = str(outcome.refusal.code) if outcome.refusal else ""
        state = Row.REFUSED if code else Row.GRANTED
        told.append((outcome.asked.customer_id, state.value, code, None if code else outcome.transaction))
    _tell(grant, told)
    return True


def _undo_some(grant: BulkGrant) -> bool:
    """Most have their points still: those are taken back by one statement. The others one by one, by the policy."""
    chosen = _rows(grant, Row.GRANTED, UNDONE_AT_ONCE)
    if not chosen:
        return False
    at = timezone.now()
    rows = BulkGrantRow.objects.filter(grant=grant, customer__in=chosen)
    made = {row.customer_id: row.transaction_id for row in rows if row.transaction_id}
    held = {one.pk: one for one in wallets.locked(*chosen, programme=grant.programme, at=at)}
    originals = {one.pk: one for one in Transaction.objects.filter(pk__in=made.values())}
    answered = set(Transaction.objects.filter(reverses__in=originals).values_list("reverses", flat=True))
    own: dict[int, list[Lot]] = {}
    for lot in Lot.objects.filter(origin__in=originals, wallet__in=held).order_by("pk"):
        own.setdefault(lot.origin_id, []).append(lot)
    drafts = []
    for pk in sorted(chosen):
        original = originals[made[pk]]
        lots = [lot for lot in own.get(original.pk, []) if lot.wallet_id == original.wallet_id]
        key = f"bulk-undo:{grant.pk}:{pk}"
        if original.pk not in answered and sum(lot.pending + lot.available for lot in lots) == grant.points:
            moves = [move for lot in lots for move in _back(lot)]
            back = Draft(held[original.wallet_id], Kind.CLAW_BACK, Verb.POINTS_CLAWED_BACK, at, moves, natural_key=key)
            back.reverses_id, back.reason = original.pk, grant.undo_reason
            back.by_id, back.about = grant.undone_by_id, {"points": grant.points, "waived": 0}
            drafts.append(back)
        else:
            _claw_back(original, grant, key, at)
    if drafts:
        posting.post(drafts)
    _tell(grant, [(pk, Row.UNDONE.value, "", made[pk]) for pk in chosen])
    return True


def _back(lot: Lot) -> list[Move]:
    ways = ((Account.PENDING, lot.pending), (Account.AVAILABLE, lot.available))
    return [Move(source, Account.CLAWED_BACK, there, lot.pk) for source, there in ways if there]


def _claw_back(original: Transaction, grant: BulkGrant, key: str, at: datetime) -> None:
    try:
        clawbacks.claw_back(original, reason=grant.undo_reason, natural_key=key, by=grant.undone_by, at=at)
    except OverReversal:
        return  # it was taken back by somebody else before


def _rows(grant: BulkGrant, state: BulkGrantRow.State, many: int) -> list[int]:
    rows = BulkGrantRow.objects.filter(grant=grant, state=state).order_by("customer_id")
    return list(rows.values_list("customer_id", flat=True)[:many])


def _tell(grant: BulkGrant, told: Sequence[tuple[int, str, str, int | None]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE loyalty_bulkgrantrow r SET state = t.state, code = t.code, transaction_id = t.transaction
            FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) t(customer, state, code, transaction)
            WHERE r.grant_id = %s AND r.customer_id = t.customer""",
            [*(list(column) for column in zip(*told, strict=True)), grant.pk],
        )


def _write_down(grant: BulkGrant, at: datetime) -> int:
    """Who is in the segment at this moment, by one statement that reads and writes."""
    chosen = segments.members(grant.segment, at).order_by().values_list("pk", flat=True).distinct()
    sql, values = chosen.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO loyalty_bulkgrantrow (grant_id, customer_id) SELECT %s, chosen.* FROM ({sql}) chosen",
            [grant.pk, *values],
        )
        return cursor.rowcount


def _locked(grant: BulkGrant) -> BulkGrant:
    found = BulkGrant.objects.select_for_update(of=["self"])
    return found.select_related("programme", "segment", "started_by", "undone_by").get(pk=grant.pk)


def _ask(sql: str, grant: BulkGrant) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [LOCK, grant.pk])
        return bool(cursor.fetchone()[0])

"""Points come in: earned, granted by hand or by another app, brought in from an older system. One, or many at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from customers.models import Customer, Verb
from loyalty.actions import posting, programmes, wallets
from loyalty.actions.posting import Asked, Draft, Line, Move, NewLot
from loyalty.actions.programmes import RulesChanged
from loyalty.actions.refusals import (
    ControlTotalDiffers,
    DuplicateReference,
    IdempotencyConflict,
    WalletClosed,
    WalletFrozen,
)
from loyalty.lasting import Lasting
from loyalty.models import Account, Kind, Programme, Transaction
from loyalty.queries import expiries
from people.models import User

T = TypeVar("T")
BY_RULE: Any = object()  # the date that the programme's rules give


@dataclass(slots=True)
class Points:
    """Points for one customer, as asked for in a batch. Dates left out come from the programme's rules."""

    customer_id: int
    points: int
    at: datetime
    key: str | None = None
    natural_key: str | None = None
    reference: str = ""
    reason: str = ""
    purchase_id: int | None = None
    activates_at: datetime | None = None
    expires_at: datetime | None = BY_RULE
    meta: dict[str, Any] = field(default_factory=dict)
    lasts: Lasting | None = None  # otherwise than by the programme's rule


@dataclass(slots=True)
class Outcome:
    """What came of one of a batch: posted now, or posted before (``replayed``), or refused."""

    asked: Points
    transaction: int | None = None
    posted: bool = False
    refusal: ValidationError | None = None


def grant(
    customer: Customer,
    points: int,
    *,
    reason: str,
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
    expires_at: datetime | None = BY_RULE,
    activates_at: datetime | None = None,
    natural_key: str | None = None,
    reference: str = "",
    programme: Programme | None = None,
    meta: dict[str, Any] | None = None,
) -> Transaction:
    """Give points to a customer, to be spent at once. Asked again with the same key, it gives nothing more.

    Raises IdempotencyConflict, DuplicateReference, WalletFrozen, WalletClosed or NoPoints.
    """
    points_ = Points(
        *(customer.pk, points, at or timezone.now(), key, natural_key, reference, reason, None),
        *(activates_at, expires_at, meta or {}),
    )
    return _one(lambda rules: points_, Kind.GRANT, Account.ISSUED, by=by, programme=programme, dated=at)


def earn(
    customer: Customer,
    points: int,
    *,
    key: str | None = None,
    natural_key: str | None = None,
    at: datetime | None = None,
    activates_at: datetime | None = None,
    expires_at: datetime | None = BY_RULE,
    reason: str = "",
    reference: str = "",
    purchase_id: int | None = None,
    by: User | None = None,
    programme: Programme | None = None,
    meta: dict[str, Any] | None = None,
    source: Account = Account.ISSUED,
    lasts: Lasting | None = None,
) -> Transaction:
    """Book points that a customer has earned; pending until ``activates_at`` where that is given.

    Raises what ``grant`` raises.
    """
    points_ = Points(
        customer.pk,
        points,
        at or timezone.now(),
        key,
        natural_key,
        reference,
        reason,
        purchase_id,
        activates_at,
        expires_at,
        meta or {},
        lasts,
    )
    return _one(lambda rules: points_, Kind.EARN, source, by=by, programme=programme, dated=at)


def book(
    wish: Callable[[Programme], Points], *, by: User | None = None, programme: Programme | None = None
) -> Transaction:
    """Book what is earned by the programme's rules; asks again where they have just changed.

    Raises what ``grant`` raises.
    """
    return _one(wish, Kind.EARN, Account.ISSUED, by=by, programme=programme, dated=None)


def earn_many(
    asked: Sequence[Points], *, by: User | None = None, programme: Programme | None = None, kind: Kind = Kind.EARN
) -> list[Outcome]:
    """Book points for many customers, all in one transaction, by the statement that books for one.

    What was posted before (by its key or natural key) is left out and answered with the earlier transaction; what is
    refused is answered with its refusal, and keeps the others from nothing.
    """
    return _many(asked, kind, Account.ISSUED, by=by, programme=programme)


@transaction.atomic
def bring_in(
    asked: Sequence[Points], *, declared: int, by: User | None = None, programme: Programme | None = None
) -> list[Outcome]:
    """Bring balances in from an older system. Raises ControlTotalDiffers, or the first refusal: all rows, or none."""
    counted = sum(points.points for points in asked)
    if counted != declared:
        raise ControlTotalDiffers(declared, counted)
    outcomes = _many(asked, Kind.IMPORT, Account.IMPORTED, by=by, programme=programme)
    for outcome in outcomes:
        if outcome.refusal:
            raise outcome.refusal
    return outcomes


def _one(
    wish: Callable[[Programme], Points],
    kind: Kind,
    source: Account,
    *,
    by: User | None,
    programme: Programme | None,
    dated: datetime | None,
) -> Transaction:
    def attempt(rules: Programme) -> Transaction:
        points = wish(rules)
        own = expiries.lasting_of(rules, [points.customer_id], points.at)
        asked = _asked(points, rules, own, points.key and posting.request_of(*_content(points, kind, dated)))
        (line,) = _issued([asked], kind, source, by, rules)
        if line.outcome == "fit":
            return posting.transaction_of(line, asked, kind=kind, by_id=by.pk if by else None)
        if refusal := _refusal(line, asked):
            raise refusal
        return posting.read(line)

    return with_rules(programme, attempt)


def _many(
    asked: Sequence[Points], kind: Kind, source: Account, *, by: User | None, programme: Programme | None
) -> list[Outcome]:
    if not asked:
        return []

    @transaction.atomic
    def attempt(rules: Programme) -> list[Outcome]:
        latest = max(points.at for points in asked)
        own = expiries.lasting_of(rules, [points.customer_id for points in asked], latest)
        requests = iter(posting.requests_of([_content(points, kind, points.at) for points in asked if points.key]))
        wishes = [_asked(points, rules, own, points.key and next(requests)) for points in asked]
        firsts, repeats = posting.without_repetitions(wishes)
        answers = dict(zip(firsts, _issued([wishes[n] for n in firsts], kind, source, by, rules), strict=True))
        outcomes = []
        for n, (points, wish) in enumerate(zip(asked, wishes, strict=True)):
            line = answers[repeats.get(n, n)]
            if n in repeats:
                line = line._replace(outcome="replayed", request=_hex(wishes[repeats[n]].request))
            outcomes.append(Outcome(points, line.id, line.outcome == "fit", _refusal(line, wish, many=True)))
        return outcomes

    return with_rules(programme, attempt)


def with_rules(programme: Programme | None, attempt: Callable[[Programme], T]) -> T:
    """Do it by the programme's rules; once more by the new ones where they have changed since they were read."""
    try:
        return attempt(programme or programmes.main())
    except RulesChanged:
        programmes.forget()
        fresh = Programme.objects.get(pk=programme.pk) if programme else programmes.main(fresh=True)
        return attempt(fresh)


def _content(points: Points, kind: Kind, dated: datetime | None) -> tuple[Any, ...]:
    """What is asked, as a repetition has to ask it again."""
    return (
        *(kind, points.customer_id, points.points, points.natural_key, points.reference, points.reason, dated),
        *(points.activates_at, None if points.expires_at is BY_RULE else points.expires_at),
    )


def _asked(points: Points, rules: Programme, own: Mapping[int, Lasting], request: str | None) -> Asked:
    expires_at, meta = points.expires_at, points.meta
    if expires_at is BY_RULE:
        expires_at, meta = _lasts(points, rules, own)
    return Asked(
        points.customer_id,
        points.points,
        points.at,
        points.activates_at,
        expires_at,
        points.key,
        request,
        points.natural_key,
        points.reference,
        points.reason,
        points.purchase_id,
        meta,
    )


def _lasts(points: Points, rules: Programme, own: Mapping[int, Lasting]) -> tuple[datetime | None, dict[str, Any]]:
    """Until when, by the rule that gave the points, the tier or the programme; the earning remembers by which.

    Counted from the day they were earned; where the window closes later still, from then on.
    """
    tier = own.get(points.customer_id)
    lasting = points.lasts or tier or rules.lasting
    expires_at = lasting.of(points.at, points.activates_at, rules.zone)
    if expires_at is None:
        return None, points.meta
    by = {"rule": points.reason} if points.lasts else {"tier": True} if tier else {}
    return expires_at, points.meta | {"lasts": lasting.as_json() | by}


def _issued(asked: list[Asked], kind: Kind, source: Account, by: User | None, rules: Programme) -> list[Line]:
    """Every wish with its final outcome. Most are done by the first statement, without a transaction around it."""
    posted = posting.issue(
        asked, programme=rules, kind=kind, verb=Verb.POINTS_GRANTED, source=source, by_id=by.pk if by else None
    )
    if any(line.outcome == "rules_changed" for line in posted):
        raise RulesChanged
    again = [n for n, line in enumerate(posted) if line.outcome in ("stale", "merged", "in_debt")]
    if again:
        for n, line in zip(again, _under_locks([asked[n] for n in again], kind, source, by, rules), strict=True):
            posted[n] = line
    return posted


@transaction.atomic
def _under_locks(asked: list[Asked], kind: Kind, source: Account, by: User | None, rules: Programme) -> list[Line]:
    """The same with the wallets locked and settled first; new points repay what is owed."""
    at = max(ask.at for ask in asked)
    found = wallets.locked(*(ask.customer_id for ask in asked), programme=rules, at=at)
    asked = [replace(ask, customer_id=wallet.customer_id) for ask, wallet in zip(asked, found, strict=True)]
    values: dict[str, Any] = {"programme": rules, "kind": kind, "verb": Verb.POINTS_GRANTED, "source": source}
    lines = posting.issue(asked, **values, by_id=by.pk if by else None)
    for n, line in enumerate(lines):
        if line.outcome == "in_debt":
            lines[n] = _repaying(asked[n], kind, source, by, rules)
    return lines


def _repaying(ask: Asked, kind: Kind, source: Account, by: User | None, rules: Programme) -> Line:
    (wallet,) = wallets.locked(ask.customer_id, programme=rules, at=ask.at)
    pending = ask.activates_at is not None and ask.activates_at > ask.at
    lot = NewLot(ask.at, ask.activates_at, ask.expires_at)
    moves = [Move(source, Account.PENDING if pending else Account.AVAILABLE, ask.points, lot)]
    draft = Draft(
        wallet,
        kind,
        Verb.POINTS_GRANTED,
        ask.at,
        repaid(moves, wallet.debt),
        key=ask.key,
        request=ask.request,
        natural_key=ask.natural_key,
        reference=ask.reference,
        reason=ask.reason,
        purchase_id=ask.purchase_id,
        by_id=by.pk if by else None,
        meta=ask.meta,
        about={"points": ask.points},
    )
    return posting.post_lines([draft])[0]


def repaid(moves: list[Move], debt: int) -> list[Move]:
    """The moves, and after them those that repay a debt out of what has become available."""
    net: dict[int | NewLot, int] = {}
    for move in moves:
        if move.lot is not None and Account.AVAILABLE in (move.source, move.target):
            change = move.points if move.target is Account.AVAILABLE else -move.points
            net[move.lot] = net.get(move.lot, 0) + change
    repaying = []
    for lot, points in net.items():
        if portion := min(debt, points):
            repaying.append(Move(Account.AVAILABLE, Account.DEBT, portion, lot))
            debt -= portion
    return moves + repaying


def _refusal(line: Line, wish: Asked, *, many: bool = False) -> ValidationError | None:
    if line.outcome == "replayed" and _hex(line.request) != wish.request:
        return IdempotencyConflict(wish.key or "")
    if line.outcome == "duplicate" and not many:
        return DuplicateReference(wish.natural_key or "", line.id)
    if line.outcome == "frozen":
        return WalletFrozen()
    if line.outcome == "closed":
        return WalletClosed()
    return None


def _hex(request: Any) -> str | None:
    return getattr(request, "hex", request)

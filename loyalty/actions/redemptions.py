"""Points go out: redeemed at once, or held first and then captured or released. A redemption can be reversed."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from customers.models import Customer, Verb
from loyalty.actions import posting, wallets
from loyalty.actions.lots import Portions, returning, split, to, unreversed
from loyalty.actions.points import repaid, with_rules
from loyalty.actions.posting import Draft, Line, Move
from loyalty.actions.programmes import RulesChanged
from loyalty.actions.refusals import (
    AlreadyResolved,
    ExceedsHold,
    IdempotencyConflict,
    InDebt,
    InsufficientPoints,
    NotThisKind,
    OverReversal,
    WalletClosed,
    WalletFrozen,
)
from loyalty.actions.statements import NEAR
from loyalty.models import Account, Kind, Programme, Transaction, Wallet
from loyalty.queries import wallet_of
from people.models import User


def redeem(
    customer: Customer,
    points: int,
    *,
    reason: str = "",
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
    reference: str = "",
    programme: Programme | None = None,
    meta: dict[str, Any] | None = None,
    target: Account = Account.REDEEMED,
) -> Transaction:
    """Spend available points: of the soonest expiry first, then the oldest. Remembers the lots that it took from.

    Raises InsufficientPoints, InDebt, IdempotencyConflict, WalletFrozen, WalletClosed or NoPoints.
    """
    wish = _wish(Kind.REDEEM, customer, points, key, by, at, reason, reference, meta)
    return _out(customer, points, wish, programme, target)


def hold(
    customer: Customer,
    points: int,
    *,
    reason: str = "",
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
    reference: str = "",
    programme: Programme | None = None,
    meta: dict[str, Any] | None = None,
) -> Transaction:
    """Set available points aside for a redemption that is being paid. Held points do not expire.

    Raises what ``redeem`` raises.
    """
    wish = _wish(Kind.HOLD, customer, points, key, by, at, reason, reference, meta)
    return _out(customer, points, wish, programme)


def give(
    customer: Customer,
    points: int,
    *,
    reason: str = "",
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
    reference: str = "",
    programme: Programme | None = None,
) -> Transaction:
    """Give available points to charity; see ``causes.give``. Raises what ``redeem`` raises."""
    wish = _wish(Kind.GIVE, customer, points, key, by, at, reason, reference, None)
    return _out(customer, points, wish, programme)


WAYS = {
    Kind.REDEEM: (Account.REDEEMED, Verb.POINTS_SPENT),
    Kind.HOLD: (Account.HELD, Verb.POINTS_HELD),
    Kind.GIVE: (Account.CHARITY, Verb.POINTS_DONATED),
}


def _wish(
    kind: Kind,
    customer: Customer,
    points: int,
    key: str | None,
    by: User | None,
    at: datetime | None,
    reason: str,
    reference: str,
    meta: dict[str, Any] | None,
) -> Draft:
    return Draft(
        Wallet(),
        kind,
        WAYS[kind][1],
        at or timezone.now(),
        [],
        key=key,
        request=key and posting.request_of(kind, customer.pk, points, reason, reference, at),
        reason=reason,
        reference=reference,
        by_id=by.pk if by else None,
        meta=meta or {},
    )


def _out(
    customer: Customer, points: int, wish: Draft, programme: Programme | None, target: Account | None = None
) -> Transaction:
    def attempt(rules: Programme) -> Transaction:
        line = _taken(customer.pk, points, wish, rules, target or WAYS[wish.kind][0])
        if line.outcome == "fit":
            return posting.transaction_of(line, wish)
        if line.outcome == "replayed" and line.request.hex == wish.request:
            return posting.read(line)
        raise _refusal(line, customer, points, rules, wish.key)

    return with_rules(programme, attempt)


def _taken(customer_id: int, points: int, draft: Draft, rules: Programme, target: Account) -> Line:
    line = _take(customer_id, points, draft, rules, NEAR, target)
    if line.outcome in ("stale", "due", "merged", "further"):
        line = _take_under_lock(customer_id, points, draft, rules, target)
    if line.outcome == "rules_changed":
        raise RulesChanged
    return line


@transaction.atomic
def _take_under_lock(customer_id: int, points: int, draft: Draft, rules: Programme, target: Account) -> Line:
    (wallet,) = wallets.locked(customer_id, programme=rules, at=draft.at)
    reach = NEAR
    while (line := _take(wallet.customer_id, points, draft, rules, reach, target)).outcome == "further":
        reach *= 16
    return line


def _take(customer_id: int, points: int, draft: Draft, rules: Programme, reach: int, target: Account) -> Line:
    return posting.take(
        customer_id,
        points,
        programme=rules,
        reach=reach,
        target=target.value,
        kind=draft.kind.value,
        verb=str(draft.verb),
        at=draft.at,
        key=draft.key,
        request=draft.request,
        reason=draft.reason,
        reference=draft.reference,
        by=draft.by_id,
        meta=posting.json_of(draft.meta),
    )


def _refusal(line: Line, customer: Customer, points: int, rules: Programme, key: str | None) -> Exception:
    if line.outcome == "replayed":
        return IdempotencyConflict(key or "")
    if line.outcome == "frozen":
        return WalletFrozen()
    if line.outcome == "closed":
        return WalletClosed()
    wallet = wallet_of(customer, rules)
    if wallet and wallet.debt:
        return InDebt(wallet.debt)
    return InsufficientPoints(points, wallet.available if wallet else 0)


@transaction.atomic
def capture(
    held: Transaction,
    points: int | None = None,
    *,
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
    reason: str = "",
    target: Account = Account.REDEEMED,
) -> Transaction:
    """Complete a hold, whole or in part; the rest becomes available again, or lapses where its date has passed.

    Raises AlreadyResolved, ExceedsHold, IdempotencyConflict, WalletFrozen or NotThisKind.
    """
    at = at or timezone.now()
    wallet = _resolving(held, at)
    request = key and posting.request_of("capture", held.pk, points, reason)
    if earlier := replayed(key, request):
        return earlier
    wallets.refuse_unless_open(wallet)
    portions = _unresolved(held)
    total = sum(part for _, part in portions)
    points = total if points is None else points
    posting.check_points(points)
    if points > total:
        raise ExceedsHold(points, total)
    captured, rest = split(portions, points)
    moves = [Move(Account.HELD, target, part, lot.pk) for lot, part in captured]
    moves += returning(wallet, Account.HELD, rest, at)
    draft = Draft(wallet, Kind.CAPTURE, Verb.POINTS_SPENT, at, repaid(moves, wallet.debt), key=key, request=request)
    draft.reverses_id, draft.by_id, draft.reason = held.pk, by.pk if by else None, reason
    draft.reference, draft.about = held.reference, {"points": points}
    return posting.post([draft])[0]


@transaction.atomic
def void(
    held: Transaction,
    *,
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
    reason: str = "",
) -> Transaction:
    """Release a hold: its points go back to their lots, or lapse where their date has passed.

    Raises AlreadyResolved, IdempotencyConflict or NotThisKind.
    """
    at = at or timezone.now()
    wallet = _resolving(held, at)
    request = key and posting.request_of("void", held.pk, reason)
    if earlier := replayed(key, request):
        return earlier
    portions = _unresolved(held)
    moves = returning(wallet, Account.HELD, portions, at)
    draft = Draft(wallet, Kind.VOID, Verb.POINTS_RELEASED, at, repaid(moves, wallet.debt), key=key, request=request)
    draft.reverses_id, draft.by_id, draft.reason = held.pk, by.pk if by else None, reason
    draft.reference, draft.about = held.reference, {"points": sum(part for _, part in portions)}
    return posting.post([draft])[0]


@transaction.atomic
def reverse(
    redemption: Transaction,
    points: int | None = None,
    *,
    reason: str,
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
    natural_key: str | None = None,
    purchase_id: int | None = None,
) -> Transaction:
    """Give redeemed points back, all that is left or some, to the lots they came from: last taken, first returned.

    A lot past its date lapses at once, unless the programme has a reinstatement window. A hold may be named for its
    capture. Raises OverReversal, IdempotencyConflict or NotThisKind.
    """
    at = at or timezone.now()
    wallet = wallets.locked_of(redemption, at=at)
    redemption = redemption_of(redemption)
    request = key and posting.request_of("reverse", redemption.pk, points, reason, natural_key)
    if earlier := replayed(key, request):
        return earlier
    portions = unreversed(redemption)
    left = sum(part for _, part in portions)
    points = left if points is None else points
    if points > left or not left:
        raise OverReversal(points, left)
    posting.check_points(points)
    back, _ = split(portions, points)
    moves = repaid(returning(wallet, Account.REDEEMED, back, at), wallet.debt)
    draft = Draft(wallet, Kind.REVERSE, Verb.POINTS_RESTORED, at, moves, key=key, request=request, reason=reason)
    draft.reverses_id, draft.by_id, draft.natural_key = redemption.pk, by.pk if by else None, natural_key
    draft.purchase_id, draft.about = purchase_id, {"points": points}
    return posting.post([draft])[0]


def redemption_of(redemption: Transaction) -> Transaction:
    """The transaction that took the points: the redemption itself, or the capture of a hold. Raises NotThisKind."""
    if redemption.kind == Kind.HOLD:
        captured = Transaction.objects.filter(reverses=redemption, kind=Kind.CAPTURE).first()
        redemption = captured or redemption
    if redemption.kind not in (Kind.REDEEM, Kind.CAPTURE):
        raise NotThisKind(str(Kind.REDEEM.label))
    return redemption


def replayed(key: str | None, request: str | None) -> Transaction | None:
    """What was posted with the key before, if anything. Raises IdempotencyConflict where it was something else."""
    earlier = Transaction.objects.filter(key=key).first() if key else None
    if earlier and (earlier.request is None or earlier.request.hex != request):
        raise IdempotencyConflict(key or "")
    return earlier


def _resolving(held: Transaction, at: datetime) -> Wallet:
    if held.kind != Kind.HOLD:
        raise NotThisKind(str(Kind.HOLD.label))
    return wallets.locked_of(held, at=at)


def _unresolved(held: Transaction) -> Portions:
    if Transaction.objects.filter(reverses=held, kind__in=(Kind.CAPTURE, Kind.VOID)).exists():
        raise AlreadyResolved(held.pk)
    return [(transfer.lot, transfer.points) for transfer in to(held, Account.HELD).order_by("number") if transfer.lot]

"""Points go from one wallet to another and keep their dates: given to somebody, or moved when two people are one."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Verb
from loyalty.actions import posting, programmes, wallets
from loyalty.actions.lots import first_available
from loyalty.actions.points import repaid
from loyalty.actions.posting import Draft, Move, NewLot
from loyalty.actions.redemptions import replayed
from loyalty.actions.refusals import InDebt, InsufficientPoints, OpenHold
from loyalty.models import Account, Kind, Lot, Programme, Transaction, Wallet
from people.models import User


class SameWallet(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("The points are in that wallet already."), code="same_wallet")


@transaction.atomic
def transfer(
    customer: Customer,
    points: int,
    *,
    to: Customer,
    reason: str = "",
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
    programme: Programme | None = None,
) -> Transaction:
    """Give available points to another customer; every lot keeps its dates. Returns the giver's transaction.

    Raises InsufficientPoints, InDebt, SameWallet, IdempotencyConflict, WalletFrozen, WalletClosed or NoPoints.
    """
    at = at or timezone.now()
    posting.check_points(points)
    giver, taker = wallets.locked(customer.pk, to.pk, programme=programme or programmes.main(fresh=True), at=at)
    request = key and posting.request_of("transfer", customer.pk, to.pk, points, reason)
    if earlier := replayed(key, request):
        return earlier
    if giver.pk == taker.pk:
        raise SameWallet
    wallets.refuse_unless_open(giver)
    wallets.refuse_unless_open(taker)
    if giver.debt:
        raise InDebt(giver.debt)
    if giver.available < points:
        raise InsufficientPoints(points, giver.available)
    portions = first_available(giver, points)
    return hand_over(giver, taker, portions, reason=reason, at=at, by=by, key=key, request=request)


def hand_over(
    giver: Wallet,
    taker: Wallet,
    portions: Iterable[tuple[Lot, int]],
    *,
    reason: str,
    at: datetime,
    by: User | None = None,
    key: str | None = None,
    request: str | None = None,
) -> Transaction:
    """Move available parts of lots between wallets that the caller has locked. Returns the giver's transaction."""
    out = Draft(giver, Kind.MOVE_OUT, Verb.POINTS_TRANSFERRED, at, [], key=key, request=request, reason=reason)
    into = Draft(taker, Kind.MOVE_IN, Verb.POINTS_TRANSFERRED, at, [], reason=reason)
    out.by_id = into.by_id = by.pk if by else None
    for lot, part in portions:
        out.moves.append(Move(Account.AVAILABLE, Account.MOVED, part, lot.pk))
        into.moves.append(Move(Account.MOVED, Account.AVAILABLE, part, _copy(lot)))
    points = sum(move.points for move in out.moves)
    out.about, into.about = {"points": -points}, {"points": points}
    into.moves = repaid(into.moves, taker.debt)
    return _both(out, into)


@transaction.atomic
def absorb(
    customer: Customer, *, into: Customer, by: User | None = None, at: datetime | None = None, reason: str = "merged"
) -> None:
    """Move everything in a customer's wallets to another's for good; what is owed is offset against what is there.

    The empty wallets answer with the other's from then on. Raises OpenHold while a redemption is being paid.
    """
    at = at or timezone.now()
    for programme in Programme.objects.order_by("pk"):  # also where there is no wallet yet: points may still come late
        giver, taker = wallets.locked(customer.pk, into.pk, programme=programme, at=at)
        if giver.pk == taker.pk:
            continue
        if giver.held:
            raise OpenHold(giver.held)
        _empty(giver, taker, by, at, reason)
        Wallet.objects.filter(pk=giver.pk).update(status=Wallet.Status.MERGED, merged_into=taker, next_due=None)


def _empty(giver: Wallet, taker: Wallet, by: User | None, at: datetime, reason: str) -> None:
    out = Draft(giver, Kind.MOVE_OUT, Verb.POINTS_TRANSFERRED, at, [], reason=reason)
    into = Draft(taker, Kind.MOVE_IN, Verb.POINTS_TRANSFERRED, at, [], reason=reason)
    out.by_id = into.by_id = by.pk if by else None
    for lot in Lot.objects.filter(wallet=giver).exclude(pending=0, available=0).order_by("pk"):
        new = _copy(lot)
        for bucket, points in ((Account.PENDING, lot.pending), (Account.AVAILABLE, lot.available)):
            if points:
                out.moves.append(Move(bucket, Account.MOVED, points, lot.pk))
                into.moves.append(Move(Account.MOVED, bucket, points, new))
    if giver.debt:
        out.moves.append(Move(Account.MOVED, Account.DEBT, giver.debt, None))
        into.moves.append(Move(Account.DEBT, Account.MOVED, giver.debt, None))
    if not out.moves:
        return
    points = giver.pending + giver.available - giver.debt
    out.about, into.about = {"points": -points}, {"points": points}
    into.moves = _offset(into.moves, taker, taker.debt + giver.debt)
    _both(out, into)


def _offset(moves: list[Move], taker: Wallet, debt: int) -> list[Move]:
    """Repay the debt of both out of what has come, then out of what was there."""
    moves = repaid(moves, debt)
    left = debt - sum(move.points for move in moves if move.target is Account.DEBT)
    own = first_available(taker, left) if left else []
    return moves + [Move(Account.AVAILABLE, Account.DEBT, part, lot.pk) for lot, part in own]


def _copy(lot: Lot) -> NewLot:
    return NewLot(lot.earned_at, lot.activates_at, lot.expires_at, lot.origin_id, lot.pk)


def _both(out: Draft, into: Draft) -> Transaction:
    (left,) = posting.post([out])
    into.reverses_id = left.pk
    posting.post([into])
    return left

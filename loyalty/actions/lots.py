"""Points of lots: which go first, which come back and where to."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet

from loyalty import arithmetic
from loyalty.actions.posting import Move, NewLot
from loyalty.models import Account, Kind, Lot, Programme, Transaction, Transfer, Wallet


def first_available(wallet: Wallet, points: int, *, without: Collection[int] = ()) -> list[tuple[Lot, int]]:
    """Available points in the order of consumption: soonest expiry, then oldest, never-expiring last.

    The lots, and the points of each, that together make so many points; fewer where there are no more.
    """
    order = (F("expires_at").asc(nulls_last=True), "earned_at", "pk")
    lots = Lot.objects.filter(wallet=wallet, available__gt=0).exclude(pk__in=without).order_by(*order)
    portions: list[tuple[Lot, int]] = []
    for lot in lots.iterator(chunk_size=100) if points else ():
        portions.append((lot, min(lot.available, points)))
        points -= portions[-1][1]
        if not points:
            break
    return portions


Portions = list[tuple[Lot, int]]


def split(portions: Portions, points: int) -> tuple[Portions, Portions]:
    """The first so many points of the portions, and the rest."""
    first, rest = [], []
    for lot, part in portions:
        now = min(part, points)
        points -= now
        first += [(lot, now)] * (now > 0)
        rest += [(lot, part - now)] * (part > now)
    return first, rest


def unreversed(redemption: Transaction, account: Account = Account.REDEEMED) -> Portions:
    """What a redemption took and nobody has given back yet, last taken first."""
    taken = list(to(redemption, account).order_by("-number"))
    lots = {transfer.lot_id for transfer in taken}
    given = Transfer.objects.filter(transaction__reverses=redemption, transaction__kind=Kind.REVERSE, source=account)
    back: dict[int | None, int] = {}
    for lot_id, source_id, points in given.values_list("lot_id", "lot__source_id", "points"):
        place = lot_id if lot_id in lots else source_id  # a new lot stands for the one that had lapsed or moved
        back[place] = back.get(place, 0) + points
    portions = []
    for transfer in taken:
        done = min(transfer.points, back.get(transfer.lot_id, 0))
        if transfer.lot and transfer.points > done:
            portions.append((transfer.lot, transfer.points - done))
    return portions


def to(made: Transaction, target: Account) -> QuerySet[Transfer]:
    """The transfers of a transaction into one account, with their lots."""
    return Transfer.objects.filter(transaction=made, target=target).select_related("lot")


def returning(wallet: Wallet, source: Account, portions: Iterable[tuple[Lot, int]], at: datetime) -> list[Move]:
    """The moves that put points back: into their lot, or a new one of this wallet, or through it to the expired."""
    moves: list[Move] = []
    for lot, points in portions:
        gone = lot.expires_at is not None and lot.expires_at <= at
        reinstated = _reinstated_until(wallet.programme, at) if gone else None
        if lot.wallet_id == wallet.pk and not reinstated:
            moves.append(Move(source, Account.AVAILABLE, points, lot.pk))
        else:
            new = NewLot(lot.earned_at, None, reinstated or lot.expires_at, lot.origin_id, lot.pk)
            moves += _into_new_lot(source, lot, points, new)
        if gone and not reinstated:
            moves.append(Move(Account.AVAILABLE, Account.EXPIRED, points, moves[-1].lot))
    return moves


def _into_new_lot(source: Account, lot: Lot, points: int, new: NewLot) -> list[Move]:
    if source is not Account.HELD:
        return [Move(source, Account.AVAILABLE, points, new)]
    return [
        Move(source, Account.AVAILABLE, points, lot.pk),
        Move(Account.AVAILABLE, Account.MOVED, points, lot.pk),
        Move(Account.MOVED, Account.AVAILABLE, points, new),
    ]


def _reinstated_until(programme: Programme, at: datetime) -> datetime | None:
    if not programme.reinstatement_days:
        return None
    day = at.astimezone(ZoneInfo(programme.zone)).date() + timedelta(days=programme.reinstatement_days + 1)
    return arithmetic.start_of(day, programme.zone)

"""The wallet as a whole: locked for an operation, frozen and opened again, emptied and closed for good."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from customers.actions import timeline
from customers.models import Customer, Verb
from loyalty.actions import posting, programmes, settlement
from loyalty.actions.posting import Draft, Move
from loyalty.actions.refusals import OpenHold, ReasonMissing, WalletClosed, WalletFrozen
from loyalty.models import Account, Kind, Lot, Programme, Transaction, Wallet
from people.models import User


def locked(*customer_ids: int, programme: Programme, at: datetime) -> list[Wallet]:
    """The customers' wallets, opened where they are missing, locked in one order and settled up to ``at``.

    A wallet that was merged answers with the one that it was merged into. Call it inside a transaction.
    """
    wanted = _standing(customer_ids, programme)
    found = {wallet.customer_id: wallet for wallet in _lock(programme, wanted)}
    if missing := set(wanted) - found.keys():
        posting.open_wallets(programme, missing)
        found = {wallet.customer_id: wallet for wallet in _lock(programme, wanted)}
    if any(wallet.merged_into_id for wallet in found.values()):
        return locked(*customer_ids, programme=programme, at=at)  # merged while we waited for the lock
    if settlement.settle(found.values(), at=at):
        found = {wallet.customer_id: wallet for wallet in _lock(programme, wanted)}
    return [found[customer_id] for customer_id in wanted]


def locked_of(made: Transaction, *, at: datetime) -> Wallet:
    """The wallet of a transaction, or the one that it was merged into, locked and settled."""
    wallet = Wallet.objects.select_related("programme").get(pk=made.wallet_id)
    return locked(wallet.customer_id, programme=wallet.programme, at=at)[0]


def refuse_unless_open(wallet: Wallet) -> None:
    """Raises WalletFrozen or WalletClosed."""
    if wallet.status == Wallet.Status.FROZEN:
        raise WalletFrozen
    if wallet.status == Wallet.Status.CLOSED:
        raise WalletClosed


def _standing(customer_ids: tuple[int, ...], programme: Programme) -> list[int]:
    """The customers whose wallets stand for these ones: themselves, or who they were merged into."""
    wanted = list(customer_ids)
    merged = Wallet.objects.filter(programme=programme, status=Wallet.Status.MERGED)
    while ways := dict(merged.filter(customer__in=wanted).values_list("customer_id", "merged_into__customer_id")):
        wanted = [ways.get(customer_id, customer_id) for customer_id in wanted]
    return wanted


def _lock(programme: Programme, customer_ids: list[int]) -> list[Wallet]:
    wallets = Wallet.objects.select_for_update(no_key=True, of=["self"]).select_related("programme")
    return list(wallets.filter(programme=programme, customer__in=customer_ids).order_by("pk"))


@transaction.atomic
def freeze(
    customer: Customer,
    *,
    reason: str,
    by: User | None = None,
    at: datetime | None = None,
    programme: Programme | None = None,
) -> Wallet:
    """Stop a wallet: nothing is earned, spent, held or moved until it is opened again. Time goes on in it.

    Raises ReasonMissing, or WalletClosed.
    """
    return _turn(customer, Wallet.Status.FROZEN, Verb.WALLET_FROZEN, reason, by, at, programme)


@transaction.atomic
def reopen(
    customer: Customer,
    *,
    reason: str,
    by: User | None = None,
    at: datetime | None = None,
    programme: Programme | None = None,
) -> Wallet:
    """Open a frozen wallet again. Raises ReasonMissing, or WalletClosed."""
    return _turn(customer, Wallet.Status.OPEN, Verb.WALLET_OPENED, reason, by, at, programme)


def _turn(
    customer: Customer,
    status: Wallet.Status,
    verb: Verb,
    reason: str,
    by: User | None,
    at: datetime | None,
    programme: Programme | None,
) -> Wallet:
    if not reason.strip():
        raise ReasonMissing
    at = at or timezone.now()
    (wallet,) = locked(customer.pk, programme=programme or programmes.main(fresh=True), at=at)
    if wallet.status == Wallet.Status.CLOSED:
        raise WalletClosed
    if wallet.status != status:
        Wallet.objects.filter(pk=wallet.pk).update(status=status)
        timeline.record(customer, verb, by=by, at=at, reason=reason)
        wallet.status = status
    return wallet


@transaction.atomic
def close(
    customer: Customer,
    *,
    reason: str,
    by: User | None = None,
    at: datetime | None = None,
    programme: Programme | None = None,
) -> Wallet:
    """Forfeit what is in the wallet, write off what is owed, and close it for good, as when a person is erased.

    The ledger keeps every row and still sums to zero. Raises OpenHold, or ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing
    at = at or timezone.now()
    (wallet,) = locked(customer.pk, programme=programme or programmes.main(fresh=True), at=at)
    if wallet.held:
        raise OpenHold(wallet.held)
    if moves := _leaving(wallet):
        about = {"forfeited": wallet.pending + wallet.available}
        posting.post(
            [
                Draft(
                    wallet,
                    Kind.FORFEIT,
                    Verb.POINTS_EXPIRED,
                    at,
                    moves,
                    reason=reason,
                    by_id=by.pk if by else None,
                    about=about,
                )
            ]
        )
    Wallet.objects.filter(pk=wallet.pk).update(status=Wallet.Status.CLOSED, next_due=None)
    wallet.refresh_from_db()
    return wallet


def _leaving(wallet: Wallet) -> list[Move]:
    moves = []
    for lot in Lot.objects.filter(wallet=wallet).exclude(pending=0, available=0).order_by("pk"):
        if lot.pending:
            moves.append(Move(Account.PENDING, Account.FORFEITED, lot.pending, lot.pk))
        if lot.available:
            moves.append(Move(Account.AVAILABLE, Account.FORFEITED, lot.available, lot.pk))
    if wallet.debt:
        moves.append(Move(Account.WAIVED, Account.DEBT, wallet.debt, None))
    return moves

"""A wallet is closed for good because staff or the customer want it, not because the person is forgotten."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from customers.actions import timeline
from customers.models import Customer, Verb
from loyalty.actions import households, point_gifts, programmes, standings, wallets
from loyalty.actions.refusals import OpenHold, ReasonMissing, WalletClosed
from loyalty.models import Programme, Wallet
from people.models import User


@transaction.atomic
def close(
    customer: Customer,
    *,
    reason: str,
    by: User | None = None,
    at: datetime | None = None,
    programme: Programme | None = None,
) -> Wallet:
    """Forfeit what is in the wallet, write off what is owed, leave households, give nothing that waits to be given.

    The customer goes on buying; nothing is earned any more. Raises ReasonMissing, WalletClosed or OpenHold.
    """
    if not reason.strip():
        raise ReasonMissing
    at, rules = at or timezone.now(), programme or programmes.main(fresh=True)
    standings.lock_customers([customer.pk])
    (wallet,) = wallets.locked(customer.pk, programme=rules, at=at)
    if wallet.status == Wallet.Status.CLOSED:
        raise WalletClosed
    if wallet.held:
        raise OpenHold(wallet.held)
    households.part(customer, at=at, by=by)
    point_gifts.forget(customer, at=at)
    closed = wallets.close(customer, reason=reason, by=by, at=at, programme=rules)
    timeline.record(customer, Verb.WALLET_CLOSED, by=by, at=at, reason=reason)
    return closed

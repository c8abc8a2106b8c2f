"""Erasing a person who has points: the points are forfeited, the ledger keeps every row and still sums to zero."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from customers.actions import privacy
from customers.models import Customer
from integrations.actions import replies
from loyalty.actions import awards, belongings, households, memberships, point_gifts, redemptions, standings, wallets
from loyalty.models import Kind, Transaction, Wallet
from people.models import User


@transaction.atomic
def erase(customer: Customer, *, by: User | None = None, at: datetime | None = None) -> Customer:
    """Forget a person for good. Raises what ``customers.actions.privacy.erase`` raises."""
    family = privacy.locked_family(customer)  # customers before wallets, as everybody who earns takes them
    forfeit(customer, by=by, at=at or timezone.now())
    replies.forget(family)
    return privacy.erase(customer, by=by, at=at)


def forfeit(customer: Customer, *, at: datetime, by: User | None = None) -> None:
    """Release what is held, forfeit what is there, close the wallets, stand nowhere. Done before, it does nothing."""
    households.part(customer, at=at, by=by)
    point_gifts.forget(customer, at=at)
    belongings.forget(customer, at=at, by=by)
    done = (Wallet.Status.MERGED, Wallet.Status.CLOSED)
    for wallet in Wallet.objects.filter(customer=customer).exclude(status__in=done).select_related("programme"):
        resolved = Transaction.objects.filter(wallet=wallet, kind__in=(Kind.CAPTURE, Kind.VOID)).values("reverses")
        for held in Transaction.objects.filter(wallet=wallet, kind=Kind.HOLD).exclude(pk__in=resolved).order_by("pk"):
            redemptions.void(held, at=at, by=by, reason="erased")
        wallets.close(customer, reason="erased", at=at, by=by, programme=wallet.programme)
    awards.forget(customer)
    memberships.forget(customer, at=at)
    standings.forget(customer, at=at)

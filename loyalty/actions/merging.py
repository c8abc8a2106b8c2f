"""Merging two customers together with their points: all of it, or nothing."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from customers.actions import merging
from customers.models import Customer
from loyalty.actions import awards, belongings, earning, households, memberships, point_gifts, standings, transfers
from people.models import User


@transaction.atomic
def merge(customer: Customer, *, into: Customer, by: User | None = None, at: datetime | None = None) -> Customer:
    """Merge ``customer`` into ``into``: points keep their dates, and what one owes is offset by what the other has.

    What both have earned counts for the tier, which is the higher of the two at least.

    Raises OpenHold while a redemption is being paid, and what ``customers.actions.merging.merge`` raises.
    """
    # Customers before wallets, as everybody who earns takes them.
    list(Customer.objects.select_for_update().filter(pk__in=[customer.pk, into.pk]).order_by("pk"))
    if customer.pk != into.pk and customer.status == into.status == Customer.Status.ACTIVE:
        households.part(customer, at=at or timezone.now(), by=by)
        transfers.absorb(customer, into=into, by=by, at=at)
        awards.merge(customer, into=into)
        memberships.join(customer, into=into, at=at or timezone.now(), by=by)
    survivor = merging.merge(customer, into=into, by=by, at=at)
    point_gifts.move(customer, into=survivor)
    belongings.move(customer, into=survivor, at=at)
    earning.show([survivor.pk])
    standings.join(customer, into=survivor, at=at or timezone.now())
    return survivor

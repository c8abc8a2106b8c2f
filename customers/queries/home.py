"""Whom somebody's day starts with."""

from django.db.models import QuerySet

from customers.models import AccessLog, Customer, Profile
from people.models import User

LOOKED_BACK = 100  # accesses of one's own; enough to find a handful of different people


def recent(person: User, limit: int = 6) -> list[Customer]:
    """The customers that this person dealt with last, the latest first; who was merged or erased since is left out."""
    seen = AccessLog.objects.filter(by=person).latest_first().values_list("customer_id", flat=True)[:LOOKED_BACK]
    order = list(dict.fromkeys(seen))
    there = Customer.objects.filter(status=Customer.Status.ACTIVE).in_bulk(order)
    return [there[pk] for pk in order if pk in there][:limit]


def latest_buyers(limit: int = 6) -> QuerySet[Profile]:
    """Who bought last, the latest first."""
    bought = Profile.objects.filter(last_purchase_at__isnull=False, customer__status=Customer.Status.ACTIVE)
    return bought.select_related("customer").order_by("-last_purchase_at", "customer")[:limit]

"""Who is kept from marketing, and why."""

from collections.abc import Iterable

from django.db.models import QuerySet

from communications.models import Hold
from customers.models import Customer


def held(customer: Customer) -> bool:
    """Whether marketing is kept back from a customer now."""
    return standing(customer).exists()


def standing(customer: Customer) -> QuerySet[Hold]:
    """The holds that are not lifted, the first one first."""
    return Hold.objects.filter(customer=customer, lifted_at=None).order_by("placed_at", "pk")


def held_among(customer_ids: Iterable[int]) -> set[int]:
    """Those of the customers from whom marketing is kept back."""
    holding = Hold.objects.filter(customer__in=list(customer_ids), lifted_at=None)
    return set(holding.values_list("customer_id", flat=True))

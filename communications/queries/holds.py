"""Who is kept from marketing, and why."""

from django.db.models import QuerySet

from communications.models import Hold
from customers.models import Customer


def held(customer: Customer) -> bool:
    """Whether marketing is kept back from a customer now."""
    return standing(customer).exists()


def standing(customer: Customer) -> QuerySet[Hold]:
    """The holds that are not lifted, the first one first."""
    return Hold.objects.filter(customer=customer, lifted_at=None).order_by("placed_at", "pk")

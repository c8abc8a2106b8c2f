"""Lists that the customer's page and the search show, each by an index and without counting."""

from django.db.models import Q, QuerySet

from customers.models import Customer, Duplicate, Fact, Profile, Purchase
from customers.telling import GROUPS


def customers(*, stage: str = "") -> QuerySet[Profile]:
    """Customers with their profiles, those who became known last first."""
    profiles = Profile.objects.filter(customer__status=Customer.Status.ACTIVE).select_related("customer")
    return profiles.filter(stage=stage) if stage else profiles


def timeline(customer: Customer, *, group: str = "") -> QuerySet[Fact]:
    """What happened, latest first; ``group`` is one of ``telling.GROUPS``."""
    facts = Fact.objects.filter(customer=customer).select_related("by").latest_first()
    return facts.filter(verb__in=GROUPS[group][1]) if group in GROUPS else facts


def purchases(customer: Customer) -> QuerySet[Purchase]:
    return Purchase.objects.filter(customer=customer).select_related("source").order_by("-at", "-id")


def duplicates() -> QuerySet[Duplicate]:
    return Duplicate.objects.waiting().select_related("first", "second").order_by("-id")


def duplicates_of(customer: Customer) -> list[tuple[Customer, Duplicate]]:
    """Who may be the same person, with the suggestion; few."""
    pairs = (
        Duplicate.objects.waiting().filter(Q(first=customer) | Q(second=customer)).select_related("first", "second")
    )
    return [(pair.second if pair.first_id == customer.pk else pair.first, pair) for pair in pairs.order_by("pk")[:10]]

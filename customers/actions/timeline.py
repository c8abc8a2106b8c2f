"""Write facts down. Reading them is in ``customers.actions.readers``."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from customers.models import Customer, Fact, Verb
from people.models import User

# For a statement that writes facts together with what they tell of, in one round trip: put after it a SELECT of
# these columns. ``about`` is jsonb under the same rules as in ``record``; the other columns have defaults.
INSERT_FACTS = "INSERT INTO customers_fact (customer_id, verb, at, by_id, about)"


def record(
    customer: Customer,
    verb: Verb,
    *,
    by: User | None = None,
    at: datetime | None = None,
    key: str | None = None,
    **about: Any,
) -> Fact:
    """Write down a fact, in the same transaction as the change it tells of.

    ``about`` holds ids, numbers and amounts, never personal data: facts outlive an erasure. A ``key`` that was
    recorded before is a bug of the caller and ends in an IntegrityError; who may be asked twice checks first.
    """
    return Fact.objects.create(customer=customer, verb=verb, by=by, at=at or timezone.now(), key=key, about=about)


def record_many(facts: Iterable[Fact]) -> list[Fact]:
    """Write many facts down, leaving out those whose key was recorded before. Returns those that are new."""
    facts = list(facts)
    keys = [fact.key for fact in facts if fact.key]
    known = set(Fact.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
    return Fact.objects.bulk_create([fact for fact in facts if not fact.key or fact.key not in known])

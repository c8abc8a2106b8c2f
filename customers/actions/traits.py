"""What is known of customers' tastes and traits, and where it came from."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from customers.actions import history
from customers.actions.customers import changed_by, locked
from customers.models import Customer, Trait
from customers.newcomers import Knowledge, knowledge_of, text_of
from people.models import User


@transaction.atomic
def learn(
    customer: Customer,
    known: Iterable[Knowledge],
    *,
    came_from: str,
    replace: bool = False,
    by: User | None = None,
    at: datetime | None = None,
) -> list[Trait]:
    """Learn traits from one source; what is known already keeps its first source and time.

    A ``trait`` and a ``social`` have one value per name: a newer one takes the place of the older. With ``replace``
    the source says all that it knows: what it said before and says no longer is forgotten.
    Returns what is new. Raises CustomerRefused, NotActive.
    """
    customer = locked(customer)
    wanted = list(dict.fromkeys(knowledge_of(trait) for trait in known))
    theirs = list(Trait.objects.filter(customer=customer))
    have = {Knowledge(trait.kind, trait.value, trait.name) for trait in theirs}
    fresh = [trait for trait in wanted if trait not in have]
    stale = [trait.pk for trait in theirs if _stale(trait, wanted, fresh, came_from, replace)]
    if not fresh and not stale:
        return []
    history.attribute(by)
    Trait.objects.filter(pk__in=stale).delete()
    now = at or timezone.now()
    made = Trait.objects.bulk_create(
        Trait(customer=customer, came_from=text_of(came_from, 60), learnt_at=now, **vars(trait)) for trait in fresh
    )
    changed_by(customer, ["traits"], by=by, at=at)
    return made


def _stale(
    trait: Trait, wanted: Sequence[Knowledge], fresh: Sequence[Knowledge], came_from: str, replace: bool
) -> bool:
    if Knowledge(trait.kind, trait.value, trait.name) in wanted:
        return False
    if replace and trait.came_from == came_from:
        return True
    one_value = trait.kind in (Trait.Kind.TRAIT, Trait.Kind.SOCIAL) and trait.name
    return bool(one_value) and any(new.kind == trait.kind and new.name == trait.name for new in fresh)


@transaction.atomic
def forget(trait: Trait, *, by: User | None = None, at: datetime | None = None) -> Customer:
    """Take one trait away. Raises NotActive."""
    customer = locked(trait.customer)
    history.attribute(by)
    if Trait.objects.filter(pk=trait.pk).delete()[0]:
        changed_by(customer, ["traits"], by=by, at=at)
    return customer

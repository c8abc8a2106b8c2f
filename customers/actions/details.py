"""What another system says of a customer at once: details, ways to reach them, traits; together or not at all."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.actions import contacts, customers, traits
from customers.models import Customer
from customers.newcomers import Address, Knowledge
from people.models import User


@transaction.atomic
def put(
    customer: Customer,
    *,
    by: User | None = None,
    at: datetime | None = None,
    through: str = "",
    version: int | None = None,
    emails: Iterable[str] | None = None,
    phones: Iterable[str] | None = None,
    addresses: Iterable[Address] | None = None,
    known: Iterable[Knowledge] | None = None,
    **changes: Any,
) -> Customer:
    """Change what is named; a list that is given takes the place of the one that was. What is left out stays.

    ``known`` are all traits that this source (``through``) knows; those of other sources stay.
    Raises NotActive, ChangedMeanwhile, CustomerRefused.
    """
    customer = customers.change(customer, by=by, at=at, through=through, version=version, **changes)
    customer = contacts.replace(
        customer, emails=emails, phones=phones, addresses=addresses, came_from=through, by=by, at=at, through=through
    )
    if known is not None:
        traits.learn(customer, known, came_from=through, replace=True, by=by, at=at)
    customer.refresh_from_db(fields=["version"])
    return customer

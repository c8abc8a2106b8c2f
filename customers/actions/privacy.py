"""What a person may ask for: to be told all that is held about them, and to be forgotten."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from customers.actions import history, timeline
from customers.actions.customers import NotActive
from customers.actions.imports import runs
from customers.models import (
    REPORTABLE,
    AccessLog,
    ConsentDecision,
    Customer,
    Duplicate,
    EmailAddress,
    Fact,
    Phone,
    PostalAddress,
    Return,
    Trait,
    Verb,
)
from customers.queries.holdings import addresses, emptied, family, held
from people.models import User

HISTORIES = ("CustomerEvent", "EmailAddressEvent", "PhoneEvent", "PostalAddressEvent", "TraitEvent")


@transaction.atomic
def export(customer: Customer, *, by: User | None = None, through: str = "") -> dict[str, Any]:
    """All that is held about a person, ready for JSON; that it was exported is written down."""
    everything = held(customer)
    history.note(customer, AccessLog.What.EXPORTED, by=by, through=through)
    return everything


@transaction.atomic
def erase(customer: Customer, *, by: User | None = None, at: datetime | None = None) -> Customer:
    """Forget a person, for good, with all records that were merged into theirs.

    Names, addresses, birthdays, traits and what they were before are gone; the number is replaced. Purchases, points
    and facts stay as figures of nobody: the country is kept, and what another system reported is emptied. Who has
    points is erased by ``loyalty.actions.erasure``, which calls this. Raises NotActive.
    """
    at = at or timezone.now()
    rows = locked_family(customer)
    ids, customer = list(rows), rows[customer.pk]
    if customer.status != Customer.Status.ACTIVE:
        raise NotActive(customer)
    runs.forget([*(row.number for row in rows.values()), *addresses(ids)])
    for row in rows.values():
        _blank(row)
    customer.status, customer.erased_at = Customer.Status.ERASED, at
    Customer.objects.bulk_update(rows.values(), [*BLANK, "number", "status", "erased_at", "version"])
    for model in (EmailAddress, Phone, PostalAddress, Trait):
        model._default_manager.filter(customer__in=ids).delete()
    Duplicate.objects.filter(Q(first__in=ids) | Q(second__in=ids)).delete()
    ConsentDecision.objects.filter(customer=customer).exclude(wording="").update(wording="")
    Fact.objects.filter(customer=customer, verb__in=REPORTABLE).update(about={}, key=None)
    Return.objects.filter(purchase__customer=customer).exclude(reason="").update(reason="")
    for table, path, blank in emptied():
        table._default_manager.filter(**{f"{path}__in": ids}).update(**blank)
    for name in HISTORIES:
        path = "pgh_obj" if name == "CustomerEvent" else "customer"
        apps.get_model("customers", name)._default_manager.filter(**{f"{path}__in": ids}).delete()
    timeline.record(customer, Verb.ERASED, by=by, at=at, key=f"erased:{customer.pk}")
    history.note(customer, AccessLog.What.ERASED, by=by)
    return customer


def locked_family(customer: Customer) -> dict[int, Customer]:
    """All records of a person, locked in one order: also one that was merged into theirs while we waited."""
    ids: list[int] = []
    while set(ids) != (now := set(family(customer))):
        ids = sorted(now)
        rows = {row.pk: row for row in Customer.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    return rows


BLANK: dict[str, Any] = {
    "name": "",
    "sort_key": "",
    "birth_year": None,
    "birth_month": None,
    "birth_day": None,
    "language": "",
    "zone": "",
    "city": "",
    "latitude": None,
    "longitude": None,
    "came_from": "",
}


def _blank(row: Customer) -> None:
    for field, blank in BLANK.items():
        setattr(row, field, blank)
    row.number = f"erased-{row.pk}"
    row.version += 1

"""How a customer is reached: e-mail addresses, phones, postal addresses. One of each kind is the primary one."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.actions import history
from customers.actions.customers import changed_by, locked
from customers.models import Customer, EmailAddress, Phone, PostalAddress
from customers.newcomers import Address, address_of, email_of, phone_of, text_of
from people.models import User

Contact = EmailAddress | Phone | PostalAddress
FIELD = {EmailAddress: "e-mail", Phone: "phone", PostalAddress: "address"}


class KnownAlready(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("The customer has this already."), code="known_already")


def add_email(
    customer: Customer,
    address: str,
    *,
    primary: bool = False,
    came_from: str = "",
    by: User | None = None,
    at: datetime | None = None,
) -> EmailAddress:
    """Raises CustomerRefused, KnownAlready, NotActive. The first one is the primary one whatever is asked."""
    return _add(
        customer, EmailAddress, {"address": email_of(address)}, primary=primary, came_from=came_from, by=by, at=at
    )


def add_phone(
    customer: Customer,
    number: str,
    *,
    primary: bool = False,
    came_from: str = "",
    by: User | None = None,
    at: datetime | None = None,
) -> Phone:
    """A number without a country code is read as one of the customer's country, or of the business.

    Raises CustomerRefused, KnownAlready, NotActive.
    """
    number = phone_of(number, customer.country or settings.BUSINESS_COUNTRY)
    return _add(customer, Phone, {"number": number}, primary=primary, came_from=came_from, by=by, at=at)


def add_address(
    customer: Customer,
    address: Address,
    *,
    primary: bool = False,
    came_from: str = "",
    by: User | None = None,
    at: datetime | None = None,
) -> PostalAddress:
    """Raises CustomerRefused, KnownAlready, NotActive."""
    clean = address_of(address, customer.country or settings.BUSINESS_COUNTRY)
    return _add(customer, PostalAddress, vars(clean), primary=primary, came_from=came_from, by=by, at=at)


@transaction.atomic
def _add(
    customer: Customer,
    model: Any,
    values: dict[str, str],
    *,
    primary: bool,
    came_from: str,
    by: User | None,
    at: datetime | None,
) -> Any:
    customer = locked(customer)
    theirs = model.objects.filter(customer=customer)
    if theirs.filter(**values).exists():
        raise KnownAlready
    history.attribute(by)
    first = not theirs.filter(primary=True).exists()
    if primary:
        theirs.filter(primary=True).update(primary=False)
    made = model.objects.create(
        customer=customer, primary=primary or first, came_from=text_of(came_from, 60), **values
    )
    changed_by(customer, [FIELD[model]], by=by, at=at)
    return made


@transaction.atomic
def remove(contact: Contact, *, by: User | None = None, at: datetime | None = None) -> Customer:
    """Take away one way to reach a customer; the oldest of the rest becomes the primary one. Raises NotActive."""
    model = type(contact)
    customer = locked(contact.customer)
    history.attribute(by)
    theirs = model.objects.filter(customer=customer)
    if not theirs.filter(pk=contact.pk).delete()[0]:
        return customer
    oldest = theirs.order_by("pk").first()
    if oldest and not theirs.filter(primary=True).exists():
        theirs.filter(pk=oldest.pk).update(primary=True)
    return changed_by(customer, [FIELD[model]], by=by, at=at)


@transaction.atomic
def make_primary(contact: Contact, *, by: User | None = None, at: datetime | None = None) -> Customer:
    """Reach the customer here first. Raises NotActive."""
    model = type(contact)
    customer = locked(contact.customer)
    theirs = model.objects.filter(customer=customer)
    if theirs.filter(pk=contact.pk, primary=True).exists():
        return customer
    history.attribute(by)
    theirs.filter(primary=True).update(primary=False)
    theirs.filter(pk=contact.pk).update(primary=True)
    return changed_by(customer, [FIELD[model]], by=by, at=at)

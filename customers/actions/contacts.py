"""How a customer is reached: e-mail addresses, phones, postal addresses. One of each kind is the primary one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.actions import history
from customers.actions.customers import changed_by, locked
from customers.models import Customer, EmailAddress, Phone, PostalAddress
from customers.newcomers import Address, CustomerRefused, address_of, email_of, phone_of, text_of
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
def replace(
    customer: Customer,
    *,
    emails: Iterable[str] | None = None,
    phones: Iterable[str] | None = None,
    addresses: Iterable[Address] | None = None,
    came_from: str = "",
    by: User | None = None,
    at: datetime | None = None,
    through: str = "",
) -> Customer:
    """Reach the customer here and nowhere else; the first of each kind is the primary one. A kind left out stays.

    Raises CustomerRefused, NotActive.
    """
    home = customer.country or settings.BUSINESS_COUNTRY
    wanted: dict[Any, list[dict[str, str]]] = {}
    with refusing("emails"):
        wanted[EmailAddress] = [{"address": email_of(address)} for address in emails or ()]
    with refusing("phones"):
        wanted[Phone] = [{"number": phone_of(number, home)} for number in phones or ()]
    with refusing("addresses"):
        wanted[PostalAddress] = [vars(address_of(address, home)) for address in addresses or ()]
    given = {EmailAddress: emails, Phone: phones, PostalAddress: addresses}
    customer = locked(customer)
    history.attribute(by)
    changed = [
        FIELD[model]
        for model, values in wanted.items()
        if given[model] is not None and _replace(customer, model, values, text_of(came_from, 60))
    ]
    return changed_by(customer, changed, by=by, at=at, through=through) if changed else customer


@contextmanager
def refusing(field: str) -> Iterator[None]:
    """Say of which field a refusal is."""
    try:
        yield
    except CustomerRefused as refusal:
        raise CustomerRefused({field: refusal}) from None


def _replace(customer: Customer, model: Any, wanted: list[dict[str, str]], came_from: str) -> bool:
    """Make the rows those that are wanted, keeping the ones that stay. Returns whether anything differed."""
    names = list(wanted[0]) if wanted else []
    unique = list({tuple(values.values()): values for values in wanted}.values())
    theirs = list(model.objects.filter(customer=customer).order_by("-primary", "pk"))
    have = {tuple(getattr(row, name) for name in names): row for row in theirs}
    rows = [have.get(tuple(values.values())) for values in unique]
    if rows == theirs:
        return False
    model.objects.filter(customer=customer).exclude(pk__in=[row.pk for row in rows if row]).delete()
    model.objects.filter(customer=customer, primary=True).update(primary=False)
    for place, (row, values) in enumerate(zip(rows, unique, strict=True)):
        if row is None:
            model.objects.create(customer=customer, primary=not place, came_from=came_from, **values)
        elif not place:
            model.objects.filter(pk=row.pk).update(primary=True)
    return True


class Gone(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("It is not there any more: somebody has taken it away."), code="gone")


@transaction.atomic
def correct(
    contact: Contact,
    said: str | Address,
    *,
    came_from: str = "",
    by: User | None = None,
    at: datetime | None = None,
    version: int | None = None,
) -> Customer:
    """Put right what was written down wrongly; the primary one stays so. ``said`` is what it should have been.

    With ``version``, that of the customer as they were read, a change on top of somebody else's is refused.
    Raises CustomerRefused, KnownAlready, NotActive, ChangedMeanwhile, and Gone where it was removed meanwhile.
    """
    model = type(contact)
    customer = locked(contact.customer, version=version)
    values = _values(model, said, customer)
    theirs = model.objects.filter(customer=customer)
    if theirs.exclude(pk=contact.pk).filter(**values).exists():
        raise KnownAlready
    if theirs.filter(pk=contact.pk, **values).exists():
        return customer
    history.attribute(by)
    if not theirs.filter(pk=contact.pk).update(came_from=text_of(came_from, 60), **values):
        raise Gone
    return changed_by(customer, [FIELD[model]], by=by, at=at)


def _values(model: type[Contact], said: str | Address, customer: Customer) -> dict[str, str]:
    home = customer.country or settings.BUSINESS_COUNTRY
    if isinstance(said, Address):
        return vars(address_of(said, home))
    return {"number": phone_of(said, home)} if model is Phone else {"address": email_of(said)}


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

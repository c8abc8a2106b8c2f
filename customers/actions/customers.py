"""Customers become known and their details change."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions import history, profile, timeline
from customers.models import AccessLog, Customer, EmailAddress, Fact, Phone, PostalAddress, Trait, Verb
from customers.naming import sort_key
from customers.newcomers import (
    Birthday,
    CustomerRefused,
    Newcomer,
    birthday_of,
    check_place,
    checked,
    country_of,
    language_of,
    text_of,
    zone_or_guess,
)
from people.models import User


class NumberTaken(CustomerRefused):
    def __init__(self, number: str):
        super().__init__(_("The number %(number)s is taken."), code="number_taken", params={"number": number})


class NotActive(ValidationError):
    def __init__(self, customer: Customer):
        super().__init__(
            _("Customer %(number)s is %(status)s: nothing can be changed any more."),
            code="not_active",
            params={"number": customer.number, "status": customer.get_status_display()},
        )


class ChangedMeanwhile(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            _("Somebody else has changed this customer meanwhile. Look at it again and repeat your change."),
            code="changed_meanwhile",
        )


def add(newcomer: Newcomer, *, by: User | None = None, at: datetime | None = None, through: str = "") -> Customer:
    """Add one customer. Raises CustomerRefused."""
    return add_many([newcomer], by=by, at=at, through=through)[0]


@transaction.atomic
def add_many(
    newcomers: Sequence[Newcomer], *, by: User | None = None, at: datetime | None = None, through: str = ""
) -> list[Customer]:
    """Add customers, all or none; answers in the order given. ``at`` is when those became known who do not say it.

    Raises CustomerRefused where one is wrong or its number is taken.
    """
    clean = [checked(newcomer, business_country=settings.BUSINESS_COUNTRY) for newcomer in newcomers]
    seen = Counter(newcomer.number for newcomer in clean if newcomer.number)
    twice = max(seen.values(), default=1) > 1
    added = [] if twice else _write(clean, by=by, at=at or timezone.now(), through=through)
    if len(added) < len(clean):
        ours = {row.number for row in added}
        taken = next(number for number in seen if number not in ours or seen[number] > 1)
        raise CustomerRefused({"number": NumberTaken(taken)})
    return added


@transaction.atomic
def ensure_many(
    newcomers: Sequence[Newcomer], *, by: User | None = None, at: datetime | None = None
) -> dict[str, Customer]:
    """Customers by the numbers given: those known are left as they are, the others are added.

    The number of a merged customer stands for the one that it was merged into; that of an erased one is free again.
    Raises CustomerRefused where one who is new is wrong.
    """
    wanted = {newcomer.number: newcomer for newcomer in newcomers if newcomer.number}
    known = _standing(wanted)
    fresh = [
        checked(newcomer, business_country=settings.BUSINESS_COUNTRY)
        for number, newcomer in wanted.items()
        if number not in known
    ]
    _write(fresh, by=by, at=at or timezone.now(), through="")
    return known | _standing([newcomer.number for newcomer in fresh if newcomer.number])


def _standing(numbers: Iterable[str]) -> dict[str, Customer]:
    found = Customer.objects.filter(number__in=list(numbers)).select_related("merged_into")
    return {customer.number: customer.merged_into or customer for customer in found}


def _write(newcomers: Sequence[Newcomer], *, by: User | None, at: datetime, through: str) -> list[Customer]:
    """Insert those whose numbers are free and answer with them."""
    known = set(_taken(newcomer.number for newcomer in newcomers if newcomer.number))
    newcomers = [newcomer for newcomer in newcomers if newcomer.number not in known]
    free = iter(next_numbers(sum(newcomer.number is None for newcomer in newcomers)))
    pairs = [(_row(newcomer, newcomer.number or next(free), at), newcomer) for newcomer in newcomers]
    Customer.objects.bulk_create([row for row, _newcomer in pairs], ignore_conflicts=True)
    pairs = _ours(pairs)
    _write_belongings(pairs)
    rows = [row for row, _newcomer in pairs]
    timeline.record_many(
        Fact(customer=row, verb=Verb.ADDED, at=newcomer.since or at, by=by, key=f"added:{row.pk}")
        for row, newcomer in pairs
    )
    profile.refresh([row.pk for row in rows], at=at)
    history.note_many([row.pk for row in rows], AccessLog.What.ADDED, by=by, through=through)
    return rows


def _taken(numbers: Iterable[str]) -> QuerySet[Customer, str]:
    return Customer.objects.filter(number__in=list(numbers)).values_list("number", flat=True)


def _ours(pairs: Sequence[tuple[Customer, Newcomer]]) -> list[tuple[Customer, Newcomer]]:
    """Those that we have just inserted: one that another writer added meanwhile has its first fact already."""
    ids = dict(Customer.objects.filter(number__in=[row.number for row, _ in pairs]).values_list("number", "pk"))
    told = Fact.objects.filter(key__in=[f"added:{pk}" for pk in ids.values()]).values_list("customer_id", flat=True)
    stood_before = set(told)
    for row, _newcomer in pairs:
        row.pk = ids[row.number]
    return [(row, newcomer) for row, newcomer in pairs if row.pk not in stood_before]


def next_numbers(count: int) -> list[str]:
    """Numbers of the business that no customer has."""
    numbers: list[str] = []
    while len(numbers) < count:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval('customers_number') FROM generate_series(1, %s::int)", [count - len(numbers)]
            )
            drawn = [str(number) for (number,) in cursor.fetchall()]
        taken = set(_taken(drawn))
        numbers += [number for number in drawn if number not in taken]
    return numbers


def _row(newcomer: Newcomer, number: str, at: datetime) -> Customer:
    return Customer(
        number=number,
        name=newcomer.name,
        sort_key=sort_key(newcomer.name),
        language=newcomer.language,
        zone=newcomer.zone,
        country=newcomer.country,
        city=newcomer.city,
        latitude=newcomer.latitude,
        longitude=newcomer.longitude,
        came_from=newcomer.came_from,
        created_at=newcomer.since or at,
        **_birthday(newcomer.birthday),
    )


def _since(field: str, newcomer: Newcomer) -> dict[str, Any]:
    """The field that says when, where that was not now: the database fills it in otherwise."""
    return {field: newcomer.since} if newcomer.since else {}


def _birthday(birthday: Birthday | None) -> dict[str, int | None]:
    if birthday is None:
        return {"birth_year": None, "birth_month": None, "birth_day": None}
    return {"birth_year": birthday.year, "birth_month": birthday.month, "birth_day": birthday.day}


def _write_belongings(pairs: Sequence[tuple[Customer, Newcomer]]) -> None:
    """E-mail addresses, phones, postal addresses and traits; the first of each is the primary one."""
    EmailAddress.objects.bulk_create(
        EmailAddress(
            customer=row, address=address, primary=not place, came_from=row.came_from, **_since("added_at", newcomer)
        )
        for row, newcomer in pairs
        for place, address in enumerate(newcomer.emails)
    )
    Phone.objects.bulk_create(
        Phone(customer=row, number=number, primary=not place, came_from=row.came_from, **_since("added_at", newcomer))
        for row, newcomer in pairs
        for place, number in enumerate(newcomer.phones)
    )
    PostalAddress.objects.bulk_create(
        PostalAddress(
            customer=row, primary=not place, came_from=row.came_from, **vars(address), **_since("added_at", newcomer)
        )
        for row, newcomer in pairs
        for place, address in enumerate(newcomer.addresses)
    )
    Trait.objects.bulk_create(
        Trait(customer=row, came_from=row.came_from, **vars(trait), **_since("learnt_at", newcomer))
        for row, newcomer in pairs
        for trait in newcomer.traits
    )


@transaction.atomic
def change(
    customer: Customer,
    *,
    by: User | None = None,
    at: datetime | None = None,
    through: str = "",
    version: int | None = None,
    **changes: Any,
) -> Customer:
    """Change details: ``name``, ``birthday``, ``language``, ``zone``, ``country``, ``city``, ``latitude``,
    ``longitude``, ``came_from``. What is left out stays; what stays the same is no change.

    With ``version``, that of the row as it was read, a change on top of somebody else's is refused.
    Raises NotActive, ChangedMeanwhile, CustomerRefused.
    """
    customer = locked(customer, version=version)
    new = _checked_changes(customer, changes)
    changed = sorted(name for name, value in new.items() if getattr(customer, name) != value)
    if not changed:
        return customer
    history.attribute(by)
    for name in changed:
        setattr(customer, name, new[name])
    customer.sort_key = sort_key(customer.name)
    customer.save(update_fields=[*changed, "sort_key"])
    return changed_by(customer, changed, by=by, at=at, through=through)


def _checked_changes(customer: Customer, changes: dict[str, Any]) -> dict[str, Any]:
    checks = {
        "name": lambda name: text_of(name, 200),
        "language": language_of,
        "country": country_of,
        "city": lambda city: text_of(city, 100),
        "came_from": lambda origin: text_of(origin, 60),
        "zone": lambda zone: zone_or_guess(zone, str(changes.get("country", customer.country)).strip().upper()),
    }
    new: dict[str, Any] = {}
    wrong: dict[str, Any] = {}
    for name, value in changes.items():
        try:
            if name == "birthday":
                new |= _birthday(birthday_of(value))
            elif name in ("latitude", "longitude"):
                new[name] = value
            elif name in checks:
                new[name] = checks[name](value)
            else:
                raise TypeError(f"{name} cannot be changed")
        except CustomerRefused as refusal:
            wrong[name] = refusal
    try:
        check_place(new.get("latitude", customer.latitude), new.get("longitude", customer.longitude))
    except CustomerRefused as refusal:
        wrong["latitude"] = refusal
    if wrong:
        raise CustomerRefused(wrong)
    return new


def locked(customer: Customer, *, version: int | None = None) -> Customer:
    """The customer as it stands now, locked until the end of the transaction. Raises NotActive, ChangedMeanwhile."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if customer.status != Customer.Status.ACTIVE:
        raise NotActive(customer)
    if version is not None and customer.version != version:
        raise ChangedMeanwhile
    return customer


def changed_by(
    customer: Customer, fields: Iterable[str], *, by: User | None, at: datetime | None = None, through: str = ""
) -> Customer:
    """Count a change of a locked customer: a new version, a fact that names the fields, a line in the access log."""
    customer.version += 1
    customer.save(update_fields=["version"])
    names = sorted(fields)
    timeline.record(customer, Verb.CHANGED, by=by, at=at, fields=names)
    history.note(customer, AccessLog.What.CHANGED, by=by, through=through, fields=names)
    return customer

"""A customer as one comes in, before there is a row: from a form, the API or a file. Pure; no database."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from config.lines import one_line
from customers.orders import readable
from customers.phones import normalised
from customers.places import ZONE_OF, zone_of

KINDS = ("trait", "like", "dislike", "brand", "social")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class CustomerRefused(ValidationError):
    """What was said about a customer cannot be; ``code`` says why.

    It is one of ``number_taken``, ``bad_number``, ``bad_email``, ``bad_phone``, ``bad_country``, ``bad_zone``,
    ``bad_language``, ``bad_birthday``, ``bad_place``, ``too_long``, ``text_unreadable``, ``trait_empty``,
    ``trait_unknown``, ``address_empty``.
    """


@dataclass(frozen=True)
class Birthday:
    month: int
    day: int
    year: int | None = None


@dataclass(frozen=True)
class Address:
    lines: str
    country: str
    postcode: str = ""
    city: str = ""
    region: str = ""


@dataclass(frozen=True)
class Knowledge:
    """A trait, a like, a favourite brand: see ``Trait.Kind``."""

    kind: str
    value: str
    name: str = ""


@dataclass(frozen=True)
class Newcomer:
    """``number`` None takes the next free one. The first e-mail, phone and address become the primary ones.

    ``since`` is when they became known, where that was not when they are added.
    """

    number: str | None = None
    name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    traits: tuple[Knowledge, ...] = ()
    birthday: Birthday | None = None
    language: str = ""
    zone: str = ""
    country: str = ""
    city: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    came_from: str = ""
    since: datetime | None = None


def checked(newcomer: Newcomer, *, business_country: str) -> Newcomer:
    """The newcomer as they will be kept: trimmed, phones in international form, the zone guessed.

    Raises CustomerRefused with everything that is wrong, each by its field.
    """
    wrong: dict[str, list[ValidationError]] = {}

    def tried(name: str, check: Callable[..., Any], *given: Any) -> Any:
        try:
            return check(*given)
        except CustomerRefused as refusal:
            wrong.setdefault(name, []).append(refusal)
            return None

    country = tried("country", country_of, newcomer.country)
    home = country or business_country
    clean = replace(
        newcomer,
        number=tried("number", number_of, newcomer.number),
        name=tried("name", text_of, newcomer.name, 200),
        emails=_each(tried("emails", email_of, address) for address in newcomer.emails),
        phones=_each(tried("phones", phone_of, number, home) for number in newcomer.phones),
        addresses=_each(tried("addresses", address_of, address, home) for address in newcomer.addresses),
        traits=_each(tried("traits", knowledge_of, trait) for trait in newcomer.traits),
        birthday=tried("birthday", birthday_of, newcomer.birthday),
        language=tried("language", language_of, newcomer.language),
        zone=tried("zone", zone_or_guess, newcomer.zone, country or ""),
        country=country,
        city=tried("city", text_of, newcomer.city, 100),
        came_from=tried("came_from", text_of, newcomer.came_from, 60),
    )
    tried("latitude", check_place, newcomer.latitude, newcomer.longitude)
    if wrong:
        raise CustomerRefused(wrong)
    return clean


def _each(values: Iterable[Any]) -> tuple[Any, ...]:
    """Each once, in the order given."""
    return tuple(dict.fromkeys(value for value in values if value))


def text_of(text: str, most: int) -> str:
    text = one_line(text)
    if not text.isprintable() and not readable(text):
        raise CustomerRefused(_("This has a character that is no text."), code="text_unreadable")
    if len(text) > most:
        raise CustomerRefused(_("Longer than %(most)s characters."), code="too_long", params={"most": most})
    return text


def number_of(number: str | None) -> str | None:
    if number is None:
        return None
    number = text_of(number, 60)
    if not number or number.startswith("erased-") or "/" in number:
        raise CustomerRefused(_("This cannot be a customer's number."), code="bad_number")
    return number


def email_of(address: str) -> str:
    address = one_line(address).lower()
    try:
        validate_email(address)
    except ValidationError:
        raise CustomerRefused(_("This is no e-mail address."), code="bad_email") from None
    if len(address) > 254:
        raise CustomerRefused(_("This is no e-mail address."), code="bad_email")
    return address


def phone_of(number: str, country: str) -> str:
    phone = normalised(one_line(number), country)
    if phone is None:
        raise CustomerRefused(_("This is no phone number."), code="bad_phone")
    return phone


def country_of(country: str) -> str:
    country = one_line(country).upper()
    if country and country not in ZONE_OF:
        raise CustomerRefused(_("Name the country by its two letters, such as DE."), code="bad_country")
    return country


@cache
def zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_or_guess(zone: str, country: str) -> str:
    zone = one_line(zone)
    if zone and zone not in zones():
        raise CustomerRefused(_("Name the zone as IANA does, such as Asia/Seoul."), code="bad_zone")
    return zone or zone_of(country)


def language_of(language: str) -> str:
    language = one_line(language)
    if language and (not LANGUAGE.fullmatch(language) or len(language) > 10):
        raise CustomerRefused(_("Name the language by its code, such as en or pt-BR."), code="bad_language")
    return language


def birthday_of(birthday: Birthday | None) -> Birthday | None:
    if birthday is None:
        return None
    year = birthday.year if birthday.year is not None else 2000  # a leap year: the 29th of February exists
    known_year = 1875 <= year <= 2100
    if not known_year or not 1 <= birthday.month <= 12 or not 1 <= birthday.day <= monthrange(year, birthday.month)[1]:
        raise CustomerRefused(_("There is no such day."), code="bad_birthday")
    return birthday


def check_place(latitude: Decimal | None, longitude: Decimal | None) -> None:
    if (latitude is None) != (longitude is None):
        raise CustomerRefused(_("A place has both coordinates."), code="bad_place")
    if latitude is not None and longitude is not None and not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise CustomerRefused(_("There is no such place."), code="bad_place")


def address_of(address: Address, country: str) -> Address:
    lines = "\n".join(line for line in (text_of(line, 200) for line in address.lines.splitlines()) if line)
    if not lines:
        raise CustomerRefused(_("An address needs a street."), code="address_empty")
    return Address(
        lines=lines,
        country=country_of(address.country) or country,
        postcode=text_of(address.postcode, 20),
        city=text_of(address.city, 100),
        region=text_of(address.region, 100),
    )


def knowledge_of(trait: Knowledge) -> Knowledge:
    if trait.kind not in KINDS:
        raise CustomerRefused(_("There is no such kind of trait."), code="trait_unknown")
    clean = Knowledge(kind=trait.kind, value=text_of(trait.value, 200), name=text_of(trait.name, 60))
    if not clean.value:
        raise CustomerRefused(_("Say what is known."), code="trait_empty")
    return clean


def sentences(refusal: ValidationError) -> Iterator[str]:
    """What a refusal says, by field where it knows the field: for one line of a report."""
    if hasattr(refusal, "error_dict"):
        for name, errors in refusal.message_dict.items():
            yield from (f"{name}: {error}" for error in errors)
    else:
        yield from refusal.messages

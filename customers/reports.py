"""What another system reports of a customer, before it is a fact. Pure; no database.

Facts outlive an erasure, so a report may say ids, numbers and short codes only: nothing that has a blank or an @.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from customers.models.timeline import REPORTABLE, Verb

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#-]{0,59}", re.ASCII)
KEY = re.compile(r"[!-~]{1,90}", re.ASCII)
LONGEST_NUMBER = 18  # digits
CLOCKS_DIFFER_BY = timedelta(minutes=5)

Check = Callable[[Any], bool]


def a_code(value: Any) -> bool:
    """An id or a short code: up to 60 letters, digits and . _ : / # -"""
    return isinstance(value, str) and CODE.fullmatch(value) is not None


def a_currency(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[A-Z]{3}", value) is not None


def whole(low: int, high: int) -> Check:
    """A whole number from ``low`` to ``high``."""
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


SECONDS = whole(0, 86_400)
AMOUNT = whole(0, 10**12)  # minor units

PARTICULARS: dict[Verb, dict[str, Check]] = {
    Verb.DELIVERED: {"purchase": a_code, "parcel": a_code},
    Verb.VISITED: {"channel": a_code, "store": a_code, "page": a_code, "product": a_code, "seconds": SECONDS},
    Verb.EMAIL_OPENED: {"campaign": a_code, "message": a_code},
    Verb.EMAIL_CLICKED: {"campaign": a_code, "message": a_code, "link": a_code},
    Verb.PROFILE_COMPLETED: {"percent": whole(0, 100), "fields": whole(0, 1000)},
    Verb.SOCIAL_LINKED: {"network": a_code},
    Verb.REVIEWED: {
        "review": a_code,
        "product": a_code,
        "purchase": a_code,
        "rating": whole(0, 10),
        "words": whole(0, 100_000),
    },
    Verb.PHOTO_SHARED: {"photo": a_code, "product": a_code, "network": a_code},
    Verb.QUESTION_ANSWERED: {"question": a_code, "answer": a_code, "product": a_code},
    Verb.RECEIPT_SUBMITTED: {"receipt": a_code, "store": a_code, "amount": AMOUNT, "currency": a_currency},
    Verb.SHARED: {"network": a_code, "product": a_code, "campaign": a_code},
    Verb.REFERRED: {"referral": a_code, "friend": a_code, "campaign": a_code},
}


def particular(verb: str, name: str, text: str) -> str | int:
    """A particular that was written as text: a whole number where the verb wants one; a code of digits stays a code.

    >>> particular("visited", "seconds", "60"), particular("visited", "product", "22423")
    (60, '22423')
    """
    check = PARTICULARS[Verb(verb)].get(name) if verb in REPORTABLE else None
    numeric = text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if numeric and check and not check(text) else text


# What staff write down when they see it; the rest other systems know, or has a page of its own.
SEEN = (
    Verb.VISITED,
    Verb.DELIVERED,
    Verb.QUESTION_ANSWERED,
    Verb.REVIEWED,
    Verb.PHOTO_SHARED,
    Verb.SHARED,
    Verb.SOCIAL_LINKED,
)


@dataclass(frozen=True)
class Report:
    """Something that a customer did. ``customer`` is a number of the business; the key is unique within its source."""

    customer: str
    verb: str
    at: datetime
    source: str
    key: str
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fact_key(self) -> str:
        return f"reported:{self.source}:{self.key}"


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a report: a code, a sentence, and the field that it is about."""

    code: str
    message: str
    field: str


def flaws(report: Report, *, now: datetime) -> Iterable[Flaw]:
    """Everything that is wrong with a report by itself, before anything is looked up."""
    if not report.customer:
        yield Flaw("customer_missing", _("The fact names no customer."), "customer")
    if not a_code(report.source):
        yield Flaw("source_invalid", _("The source must be a short code, such as shop."), "source")
    if not KEY.fullmatch(report.key):
        yield Flaw("key_invalid", _("The key must have 1 to 90 characters without blanks."), "key")
    if report.at.tzinfo is None:
        yield Flaw("zone_missing", _("The time of the fact has no zone."), "at")
    elif report.at > now + CLOCKS_DIFFER_BY:
        yield Flaw("in_the_future", _("The fact is said to happen in the future."), "at")
    if report.verb not in REPORTABLE:
        known = ", ".join(sorted(verb.value for verb in REPORTABLE))
        yield Flaw("unknown_verb", _("%(verb)s cannot be reported; these can: %(known)s.")
                   % {"verb": report.verb, "known": known}, "verb")  # fmt: skip
    else:
        yield from _flaws_of_particulars(Verb(report.verb), report.about)


def _flaws_of_particulars(verb: Verb, about: Mapping[str, Any]) -> Iterable[Flaw]:
    allowed = PARTICULARS[verb]
    for name, value in about.items():
        if name not in allowed:
            words = {"verb": verb.value, "name": name, "allowed": ", ".join(allowed)}
            yield Flaw(
                "unknown_particular",
                _("%(verb)s has no particular %(name)s; it may have: %(allowed)s.") % words,
                f"about.{name}",
            )
        elif not allowed[name](value):
            yield Flaw(
                "particular_invalid",
                _("%(name)s is not of the kind that it has to be: a short code without blanks, or a whole number.")
                % {"name": name},
                f"about.{name}",
            )

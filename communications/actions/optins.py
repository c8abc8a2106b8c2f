"""Double opt-in: who signs somebody up is asked for nothing, and its owner confirms from the mailbox itself.

Until then nothing but the confirmation goes out. It is a signed link without a row: what was asked for stays in the
outbox, what was confirmed is a decision like any other, at the moment of the confirmation.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from communications.actions import outbox, preferences
from communications.actions.preferences import LinkRefused
from communications.links import PURPOSES, SHORT
from communications.models import Message
from customers.actions.customers import NotActive
from customers.models import ConsentDecision, Customer, EmailAddress

SALT = "communications.optins"
VALID_FOR = timedelta(days=7)
SOURCE = "double opt-in"
EMAIL = ConsentDecision.Channel.EMAIL


class OptInRefused(ValidationError):
    """``code`` is ``no_address``, ``no_purpose`` or ``opt_in_expired``."""


@dataclass(frozen=True)
class Asked:
    """What a link would confirm."""

    customer: Customer
    purposes: list[str]


@transaction.atomic
def ask(customer: Customer, purposes: Collection[str], *, at: datetime | None = None) -> Message:
    """Send the customer's primary address the question whether it wants to hear of these purposes.

    Asked again on the same day, it is the same message. Raises OptInRefused, NotActive.
    """
    wanted = [purpose for purpose in ConsentDecision.Purpose.values if purpose in purposes]
    if not wanted or len(wanted) != len(set(purposes)):
        raise OptInRefused(_("Say what it is about."), code="no_purpose")
    if customer.status != Customer.Status.ACTIVE:
        raise NotActive(customer)
    mail = EmailAddress.objects.filter(customer=customer, primary=True).first()
    if mail is None:
        raise OptInRefused(_("The customer has no e-mail address."), code="no_address")
    at = at or timezone.now()
    letters = "".join(SHORT[purpose] for purpose in wanted)
    link = f"{settings.PUBLIC_URL}{reverse('confirm', args=[_token(customer, mail.address, letters, at)])}"
    with translation.override(preferences.language_of(customer)):
        words = {"business": settings.BUSINESS_NAME, "link": link}
        return outbox.queue(
            mail.address,
            subject=_("Please confirm: messages from %(business)s") % words,
            text=_(
                "You, or somebody else, said that %(business)s may write to this address.\n\n"
                "If that is right, confirm it here:\n%(link)s\n\n"
                "If not, do nothing: nothing more will come."
            )
            % words,
            key=f"opt-in:{customer.pk}:{letters}:{_mark(mail.address)}:{at:%Y-%m-%d}",
            customer=customer,
            purpose="opt_in",
            at=at,
        )


def find(token: str, *, at: datetime | None = None) -> Asked:
    """What a link would confirm. Raises LinkRefused, and OptInRefused where it is too old or the address another."""
    try:
        pk, mark, letters, seconds = signing.Signer(salt=SALT, sep=".").unsign(token).split("-")
        asked_at = datetime.fromtimestamp(int(seconds, 16), tz=timezone.get_default_timezone())
    except (signing.BadSignature, ValueError):
        raise LinkRefused("link_unknown") from None
    customer = preferences.standing(int(pk, 16))
    address = EmailAddress.objects.filter(customer=customer, primary=True).first()
    if (at or timezone.now()) > asked_at + VALID_FOR or address is None or _mark(address.address) != mark:
        raise OptInRefused(_("This link is too old. Sign up once more, and you get a new one."), code="opt_in_expired")
    return Asked(customer, [PURPOSES[letter] for letter in letters])


@transaction.atomic
def confirm(asked: Asked, *, at: datetime | None = None) -> list[ConsentDecision]:
    """The owner of the address says yes, now. What is allowed already is not decided again."""
    choices = [(str(EMAIL), purpose) for purpose in asked.purposes]
    return preferences.choose(asked.customer, choices, shown=choices, source=SOURCE, wording=wording(), at=at)


def wording() -> str:
    return _("You may write to me by e-mail. I can say no again at any time.")


def _token(customer: Customer, address: str, letters: str, at: datetime) -> str:
    return signing.Signer(salt=SALT, sep=".").sign(
        f"{customer.pk:x}-{_mark(address)}-{letters}-{int(at.timestamp()):x}"
    )


def _mark(address: str) -> str:
    """Which address it is, without saying it."""
    return hashlib.sha256(f"{settings.SECRET_KEY}:{address}".encode()).hexdigest()[:12]

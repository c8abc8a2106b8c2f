"""Addresses of pages where customers say what they want to hear: signed, without an account. No database.

An address names the customer and what the message was about, nothing else. It never runs out: a message may lie in a
mailbox for years, and its reader may end them all the same.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from customers.models import ConsentDecision

SALT = "communications.links"
CHANNELS = {"e": "email", "s": "sms", "p": "push", "f": "phone", "l": "post"}
PURPOSES = {"c": "care", "o": "offers", "r": "research"}
SHORT = {name: letter for letter, name in {**CHANNELS, **PURPOSES}.items()}
ONE_CLICK = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


@dataclass(frozen=True)
class About:
    """Whose link it is, and what it is about; both empty where it is about everything."""

    customer: int
    channel: str = ""
    purpose: str = ""


def unsubscribe(customer: int, channel: str, purpose: str) -> str:
    """The page with one button, with the host. ``channel`` and ``purpose`` are those of consent."""
    return f"{settings.PUBLIC_URL}{reverse('unsubscribe', args=[token(About(customer, channel, purpose))])}"


def preferences(customer: int) -> str:
    return f"{settings.PUBLIC_URL}{reverse('preferences', args=[token(About(customer))])}"


def headers(customer: int, channel: str, purpose: str) -> dict[str, str]:
    """What lets a mail program show its own button to unsubscribe (RFC 8058)."""
    return {"List-Unsubscribe": f"<{unsubscribe(customer, channel, purpose)}>", **ONE_CLICK}


def token(about: About) -> str:
    return _signer().sign(
        f"{about.customer:x}{'-' + SHORT[about.channel] + SHORT[about.purpose] if about.channel else ''}"
    )


def read(token: str) -> About | None:
    """Whom a token was made for; None for one that we never made."""
    try:
        customer, _dash, letters = _signer().unsign(token).partition("-")
        if not letters:
            return About(int(customer, 16))
        return About(int(customer, 16), CHANNELS[letters[0]], PURPOSES[letters[1]])
    except (signing.BadSignature, ValueError, KeyError, IndexError):
        return None


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=".")


assert {*CHANNELS.values()} == {*ConsentDecision.Channel.values}
assert {*PURPOSES.values()} == {*ConsentDecision.Purpose.values}

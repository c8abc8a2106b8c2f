"""The address of the page where whoever wrote to us sees how it goes: signed, without an account. No database.

The address names the case and how often its links were made invalid; nothing else is in it.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from feedback.models import Case

SALT = "feedback.links"


def path(case: Case) -> str:
    return reverse("feedback_status", args=[_signer().sign(f"{case.pk}-{case.link_generation}")])


def address(case: Case) -> str:
    """With the host, for messages."""
    return f"{settings.PUBLIC_URL}{path(case)}"


def read(token: str) -> tuple[int, int] | None:
    """The case and the generation that a token was made for; None for one that we never made."""
    try:
        case, _dash, generation = _signer().unsign(token).partition("-")
        return int(case), int(generation)
    except (signing.BadSignature, ValueError):
        return None


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=".")

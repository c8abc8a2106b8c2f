"""Addresses that name their case: what is answered comes back to it. Pure; no database.

An address such as ``support+c12.k7f3…@shop.example`` is signed, because everybody can count: without the signature
whoever writes to +c13 would be within somebody else's conversation. Small letters only: servers may change the case.
"""

import base64
import re
from hmac import compare_digest

from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "feedback.mail.addresses"
LENGTH = 16  # letters of the signature: 80 bits
TAG = re.compile(rf"c([1-9][0-9]{{0,17}})\.([a-z2-7]{{{LENGTH}}})")


def signed(address: str, case: int) -> str:
    """The address for answers in a case; as it is where nothing can be added to it.

    >>> signed("support@shop.example", 12).startswith("support+c12.")
    True
    """
    local, _at, host = address.rpartition("@")
    made = f"{local}+c{case}.{_signature(str(case), settings.SECRET_KEY)}"
    return f"{made}@{host}" if local and host and len(made) <= 64 and "+" not in local else address


def case_of(address: str) -> int | None:
    """The case that an address was signed for, whichever of the installation's keys signed it."""
    tag = address.rpartition("@")[0].partition("+")[2].lower()
    found = TAG.fullmatch(tag)
    if found is None:
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    good = any(compare_digest(_signature(found[1], key), found[2]) for key in keys)
    return int(found[1]) if good else None


def plain(address: str) -> str:
    """Without what was added after a plus."""
    local, _at, host = address.rpartition("@")
    return f"{local.partition('+')[0]}@{host}"


def _signature(case: str, key: str) -> str:
    made = salted_hmac(SALT, case, secret=key, algorithm="sha256").digest()
    return base64.b32encode(made).decode().lower()[:LENGTH]

"""How a receiver knows that a message is ours: an HMAC with a secret that both sides hold. Pure; no database.

The secret is needed in clear for every message, so it cannot be a hash: it is kept encrypted with a key that is
derived from SECRET_KEY (older keys in SECRET_KEY_FALLBACKS still open it). A dump of the database alone opens none.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

SIGNATURE, DELIVERY = "Mainstay-Signature", "Mainstay-Delivery"


class Unreadable(Exception):
    """A secret that none of the installation's keys opens."""


def new_secret() -> str:
    return "whsec_" + secrets.token_urlsafe(32)


def seal(secret: str) -> str:
    return _keys().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret in clear. Raises Unreadable."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def signature(secrets_: Iterable[str], body: bytes, *, at: int) -> str:
    """The value of the header: the time and one signature per secret that is valid.

    >>> signature(["whsec_a"], b"{}", at=1)
    't=1,v1=7aaed73a0f45f657eacd5c9b580562745d6023b1e3e6d17dce076b81940aa046'
    """
    message = f"{at}.".encode() + body
    digests = [hmac.new(secret.encode(), message, hashlib.sha256).hexdigest() for secret in secrets_]
    return ",".join([f"t={at}", *(f"v1={digest}" for digest in digests)])


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]])


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"mainstay webhooks:" + key.encode()).digest())

"""Keys that settings name, read once."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from communications.dkim import Key


def dkim_key() -> Key | None:
    """What e-mail is signed with; None where no key is given."""
    return _read(settings.DKIM_KEY, settings.DKIM_DOMAIN, settings.DKIM_SELECTOR) if settings.DKIM_KEY else None


@lru_cache(maxsize=4)
def _read(key: str, domain: str, selector: str) -> Key:
    """``key`` is the PEM text, or the path of a file with it."""
    pem = key.replace("\\n", "\n") if "BEGIN" in key else Path(key).read_text()
    return Key.read(pem, domain=domain, selector=selector)

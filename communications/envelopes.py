"""What may stand on the outside of an e-mail: addresses and headers. Pure; no database.

Nothing that somebody typed may end a header and begin another, and nobody but the outbox says who a message is from,
to whom it goes and what it is made of.
"""

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

LONGEST_SUBJECT, LONGEST_HEADER, MOST_HEADERS = 250, 2_000, 20
LONGEST_WORD = 900  # a line of an e-mail may have 998 characters
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,75}")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Those that the outbox writes itself, and those that a server writes.
OURS = frozenset({"from", "sender", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "mime-version"})
OURS |= {"return-path", "received", "dkim-signature", "resent-to", "resent-cc", "resent-bcc", "resent-from"}


class AddressInvalid(ValidationError):
    def __init__(self, address: str) -> None:
        super().__init__(_("%(address)s is no e-mail address."), code="address_invalid", params={"address": address})


class HeaderInvalid(ValidationError):
    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s may not be sent like this."), code="header_invalid", params={"name": name})


def address(text: str) -> str:
    """An address as it is written to. Names of hosts that are not ASCII are put into ASCII. Raises AddressInvalid."""
    text = text.strip()
    local, _at, host = text.rpartition("@")
    try:
        validate_email(text)
        made = f"{local}@{host.lower().encode('idna').decode() if not host.isascii() else host.lower()}"
    except (ValidationError, UnicodeError):
        raise AddressInvalid(text[:254]) from None
    if not made.isascii() or len(made) > 254 or len(local) > 64:
        raise AddressInvalid(text[:254])
    return made


def phone(text: str) -> str:
    """A phone number as a gateway wants it: +49301234567. Raises AddressInvalid."""
    number = re.sub(r"[\s()./-]", "", text)
    if not re.fullmatch(r"\+[1-9][0-9]{5,14}", number):
        raise AddressInvalid(text[:40])
    return number


def person(text: str) -> tuple[str, str]:
    """Name and address of ``Name <address>`` or of an address alone. Raises AddressInvalid, HeaderInvalid.

    >>> person("Mainstay <hello@shop.example>")
    ('Mainstay', 'hello@shop.example')
    >>> person("hello@shop.example")
    ('', 'hello@shop.example')
    """
    name, opened, rest = line("From", text, longest=500).rpartition("<")
    plain = rest.removesuffix(">") if opened else rest
    return line("From", name.strip().strip('"'), longest=100), address(plain)


def line(name: str, text: str, *, longest: int) -> str:
    """A text that stays one line of a header. Raises HeaderInvalid."""
    text = text.strip()
    if CONTROLS.search(text) or len(text) > longest or not _encodable(text):
        raise HeaderInvalid(name)
    return text


def headers(given: Mapping[str, str]) -> dict[str, str]:
    """Further headers, such as In-Reply-To, References, Auto-Submitted, List-Unsubscribe. Raises HeaderInvalid."""
    checked: dict[str, str] = {}
    for name, text in given.items():
        low = name.lower()
        if not HEADER_NAME.fullmatch(name) or low in OURS or low.startswith("content-"):
            raise HeaderInvalid(name[:76])
        if low in (known.lower() for known in checked) or len(checked) >= MOST_HEADERS:
            raise HeaderInvalid(name)
        checked[name] = line(name, text, longest=LONGEST_HEADER)
        if max(map(len, checked[name].split(" "))) > LONGEST_WORD:
            raise HeaderInvalid(name)
    return checked


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

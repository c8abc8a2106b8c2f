"""The link of an invitation: a random token with our signature on it. The database keeps a hash of it only.

A token that was made up is refused without asking the database; one that was stolen from the database is not there.
"""

from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe

from django.core import signing

SALT = "feedback.surveys"


@dataclass(frozen=True)
class Token:
    text: str
    digest: str


def made() -> Token:
    text = _signer().sign(token_urlsafe(18))
    return Token(text, _digest(text))


def digest_of(text: str) -> str | None:
    """The hash under which a token is kept, or nothing where we never signed it."""
    try:
        _signer().unsign(text)
    except signing.BadSignature:
        return None
    return _digest(text)


def _digest(text: str) -> str:
    # By the random part alone: signed anew with another key it would be the same link.
    return sha256(text.rpartition(".")[0].encode()).hexdigest()


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=".")

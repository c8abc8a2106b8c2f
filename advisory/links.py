"""Links for members, who have no account: signed, each for one purpose, dead as soon as the term's ``access`` grows.

The database keeps no token. A link that was made up is refused without asking it; ``advisory.queries.access`` says
whether one that we signed still opens something.
"""

from dataclasses import dataclass

from django.core import signing

SALT = "advisory.links"


@dataclass(frozen=True)
class Link:
    term: int
    access: int
    purpose: str
    about: int = 0


def token(term: int, access: int, purpose: str, about: int = 0) -> str:
    """``purpose`` is a word without dots: "seat", "portal", "enter"; ``about`` the row that it opens, or a moment."""
    return _signer().sign(f"{term}.{access}.{purpose}.{about}")


def read(text: str, purpose: str) -> Link | None:
    """What we signed for this purpose; nothing for anything else."""
    try:
        term, access, said, about = _signer().unsign(text).split(".")
    except (signing.BadSignature, ValueError):
        return None
    return Link(int(term), int(access), said, int(about)) if said == purpose else None


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep="~")

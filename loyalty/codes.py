"""Codes of vouchers: unguessable, readable over the phone, and a slip of the finger is noticed. Pure; no database.

Twenty-nine signs, of which no two look alike (neither 0 nor O, 1 nor I, 8 nor B, and no S). Fifteen are random, 72
bits; the last one checks them: because 29 is a prime number and every place counts differently, one wrong sign or two
that changed places never fit.
"""

import hashlib
import secrets

SIGNS = "2345679ACDEFGHJKLMNPQRTUVWXYZ"
LENGTH, GROUP = 16, 4


def new_code() -> str:
    """
    >>> is_well_formed(new_code()), len(new_code())
    (True, 19)
    """
    body = "".join(secrets.choice(SIGNS) for _ in range(LENGTH - 1))
    return written(body + check_sign(body))


def check_sign(body: str) -> str:
    return SIGNS[sum(place * SIGNS.index(sign) for place, sign in enumerate(body, 1)) % len(SIGNS)]


def plain(code: str) -> str:
    """
    >>> plain(" abcd-efgh ")
    'ABCDEFGH'
    """
    return "".join(sign for sign in code.upper() if sign not in "- \t\n\N{EN DASH}")


def written(code: str) -> str:
    """
    >>> written("ABCDEFGH")
    'ABCD-EFGH'
    """
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def is_well_formed(code: str) -> bool:
    """Whether it could be one of ours: a slip is noticed without asking the database."""
    code = plain(code)
    if len(code) != LENGTH or any(sign not in SIGNS for sign in code):
        return False
    return check_sign(code[:-1]) == code[-1]


def digest(code: str) -> str:
    """What a code is found by. It has too many possibilities to be worked out from this."""
    return hashlib.sha256(plain(code).encode()).hexdigest()

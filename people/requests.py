"""A page's request: whoever reaches a page of the back office has signed in; what they send is read with care."""

from collections.abc import Iterable
from datetime import date
from typing import overload

from django.http import HttpRequest

from people.models import User

LARGEST = 2**63 - 1  # of a bigint
YEARS = range(1900, 3000)  # of a day that somebody can mean: what is reckoned from it is a date as well


class StaffRequest(HttpRequest):
    user: User


@overload
def number(text: str) -> int | None: ...
@overload
def number(text: str, otherwise: int) -> int: ...
def number(text: str, otherwise: int | None = None) -> int | None:
    """The whole number from 0 that an address or a form says, such as a row's id; ``otherwise`` for anything else.

    Nothing that the database would refuse as too large, nor a sign that Python alone takes for a digit ("²").
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        return otherwise
    value = int(text)
    return value if value <= LARGEST else otherwise


def numbers(texts: Iterable[str]) -> list[int]:
    """Those of them that are numbers, in their order."""
    return [value for text in texts if (value := number(text)) is not None]


def day(text: str) -> date | None:
    """The day that an address or a form says, as 2026-04-01; None for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in YEARS else None

"""Shops for tests of figures: who bought when, for how much."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from customers.actions import readers
from customers.models import Customer, Purchase
from insights.actions import rows
from tests.factories.customers import customer
from tests.factories.purchases import purchase


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def bought(who: Customer, day: str, amount: int = 1000, **fields) -> Purchase:
    """A purchase at noon of a day such as 2026-03-02."""
    return purchase(who, amount, at=noon(date.fromisoformat(day)), **fields)


def shop(histories: Iterable[Iterable[str]], amount: int = 1000) -> list[Customer]:
    """A customer for each list of days on which they bought, added up."""
    made = []
    for days in histories:
        who = customer()
        for day in days:
            bought(who, day, amount)
        made.append(who)
    follow()
    return made


def follow() -> None:
    """What the worker does within seconds."""
    readers.catch_up("insights", rows.react, verbs=rows.VERBS)
    rows.refresh()

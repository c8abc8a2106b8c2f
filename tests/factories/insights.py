"""Shops for tests of figures: who bought when, for how much."""

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count

from customers.actions import purchases
from customers.models import ConsentDecision, Customer, Purchase
from insights.actions import belongings, rows
from tests.factories.customers import customer
from tests.factories.purchases import order, purchase

numbers = count(1)


def reachable() -> Customer:
    """A customer with a telephone who agreed to calls of care."""
    made = customer(phone=f"+4940{next(numbers):07}")
    ConsentDecision.objects.create(
        customer=made,
        channel="phone",
        purpose="care",
        granted=True,
        source="form",
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return made


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
    belongings.catch_up()
    rows.refresh()


def market(people: int = 520, *, until: date = date(2026, 3, 31), seed: int = 1) -> list[Customer]:
    """A shop large enough for a model: a year of people who come at a pace of their own, and stay away one day."""
    draw = random.Random(seed)
    made = [customer(number=f"m{seed}-{n}") for n in range(people)]
    orders = []
    for one in made:
        day, pace = until - timedelta(days=draw.randrange(5, 330)), draw.choice([14, 30, 60])
        while day <= until:
            orders.append(order(one, draw.randrange(5, 60) * 100, at=noon(day)))
            if draw.random() < 0.3:
                break
            day += timedelta(days=max(1, round(draw.expovariate(1 / pace))))
    purchases.record_many(orders)
    follow()
    return made

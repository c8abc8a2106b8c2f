"""What points outstanding are worth to the business, by the month they came from, and how that moved. To the ledger's
last point: what a report shows is what the wallets hold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db import connection

from loyalty.models import Account, Programme
from loyalty.queries.books import net_of

HELD = (Account.PENDING, Account.AVAILABLE, Account.HELD)


def worth(points: int, *, value: Fraction, breakage: int) -> Fraction:
    """Minor units that so many points will cost: points x value x (1 - breakage), exactly.

    >>> worth(1_000_000, value=Fraction(8, 10), breakage=20)
    Fraction(640000, 1)
    """
    return points * value * Fraction(100 - breakage, 100)


def value_of(programme: Programme) -> Fraction:
    """Minor units that a point costs when it is spent."""
    return Fraction(programme.cost_money, programme.cost_points)


@dataclass(frozen=True)
class Cohort:
    """Points that came in one month and are still there."""

    month: date
    granted: int
    outstanding: int
    worth: int


@dataclass(frozen=True)
class Liability:
    programme: Programme
    outstanding: int
    owed: int
    full: int
    breakage: int
    worth: int
    cohorts: list[Cohort]

    @property
    def ties(self) -> bool:
        """Whether the cohorts, which are read from the lots, are what the wallets hold."""
        return sum(cohort.outstanding for cohort in self.cohorts) == self.outstanding


COHORTS = """
SELECT date_trunc('month', l.earned_at AT TIME ZONE %(zone)s)::date AS month,
    sum(l.granted) FILTER (WHERE l.source_id IS NULL)::bigint, sum(l.pending + l.available + l.held)::bigint
FROM loyalty_lot l JOIN loyalty_wallet w ON w.id = l.wallet_id WHERE w.programme_id = %(programme)s
GROUP BY 1 ORDER BY 1 DESC
"""
WALLETS = """
SELECT coalesce(sum(pending + available + held), 0)::bigint, coalesce(sum(debt), 0)::bigint
FROM loyalty_wallet WHERE programme_id = %(programme)s
"""


def liability(programme: Programme) -> Liability:
    """What is outstanding now, at cost and less what will never be spent. Rounded down once, at the end."""
    value, breakage = value_of(programme), programme.breakage_percent
    values: dict[str, Any] = {"programme": programme.pk, "zone": programme.zone}
    with connection.cursor() as cursor:
        cursor.execute(WALLETS, values)
        outstanding, owed = cursor.fetchone()
        cursor.execute(COHORTS, values)
        rows = cursor.fetchall()
    cohorts = [
        Cohort(month, granted or 0, left, worth(left, value=value, breakage=breakage).__floor__())
        for month, granted, left in rows
    ]
    full = (outstanding * value).__floor__()
    net = worth(outstanding, value=value, breakage=breakage).__floor__()
    return Liability(programme, outstanding, owed, full, full - net, net, cohorts)


# What is sealed is in the days' totals; what came after is a short tail.
WAYS = """
SELECT day, source, target, sum(points)::bigint FROM (
    SELECT day, source, target, points FROM loyalty_daytotal WHERE programme_id = %(programme)s
    UNION ALL
    SELECT (x.effective_at AT TIME ZONE %(zone)s)::date, t.source, t.target, t.points FROM loyalty_transaction x
    JOIN loyalty_transfer t ON t.transaction_id = x.id JOIN loyalty_wallet w ON w.id = x.wallet_id
    WHERE x.id > (SELECT coalesce(max(through), 0) FROM loyalty_seal) AND w.programme_id = %(programme)s
) ways WHERE {period} GROUP BY day, source, target ORDER BY day, source, target
"""


@dataclass(frozen=True)
class Movement:
    """How what customers hold (less what they owe) came from one amount to another."""

    opening: int
    lines: Sequence[tuple[Account, int]]
    closing: int

    @property
    def ties(self) -> bool:
        return self.opening + sum(points for _, points in self.lines) == self.closing


def movement(programme: Programme, *, since: date, until: date) -> Movement:
    """By the days of effect, ``until`` not included. Opening and closing are read by themselves, not by adding up."""
    opening = _held(programme, "day < %(since)s", since, until)
    closing = _held(programme, "day < %(until)s", since, until)
    net = net_of(row[1:] for row in _ways(programme, "day >= %(since)s AND day < %(until)s", since, until))
    outside = [account for account in Account if account not in (*HELD, Account.DEBT)]
    lines = [(account, -net[account]) for account in outside if net[account]]
    return Movement(opening, lines, closing)


def journal(programme: Programme, *, since: date, until: date) -> Iterator[tuple[Any, ...]]:
    """Each day's transfers between accounts, for bookkeeping: day, debit, credit, points, value (minor units, exact).

    What customers hold is one account, ``customers``; what only moves within it is left out.
    """
    value = value_of(programme)
    sums: dict[tuple[date, str, str], int] = {}
    for day, source, target, points in _ways(programme, "day >= %(since)s AND day < %(until)s", since, until):
        ends = (_booked(source), _booked(target))
        if ends[0] != ends[1]:
            sums[day, *ends] = sums.get((day, *ends), 0) + points
    for (day, debit, credit), points in sums.items():
        yield day, debit, credit, points, points * value


def _booked(account: str) -> str:
    return "customers" if account in (*HELD, Account.DEBT) else account


def _held(programme: Programme, period: str, since: date, until: date) -> int:
    net = net_of(row[1:] for row in _ways(programme, period, since, until))
    return sum(net[account] for account in (*HELD, Account.DEBT))


def _ways(programme: Programme, period: str, since: date, until: date) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {"programme": programme.pk, "zone": programme.zone, "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(WAYS.format(period=period), values)
        return cursor.fetchall()

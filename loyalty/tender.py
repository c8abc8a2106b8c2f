"""What points pay: exact fractions, and nobody ever pays less points than the money is worth. Pure; no database."""

from fractions import Fraction
from math import ceil, floor


def points_for(money: int, rate: Fraction) -> int:
    """Points that pay so much money (minor units) at ``rate`` points for each, rounded up.

    >>> points_for(2000, Fraction(1)), points_for(999, Fraction(10, 3))
    (2000, 3330)
    """
    return ceil(money * rate)


def money_for(points: int, rate: Fraction) -> int:
    """The most money that so many points pay in full.

    >>> money_for(100, Fraction(3)), points_for(33, Fraction(3))
    (33, 99)
    """
    return floor(points / rate)


def most(goods: int, percent: int) -> int:
    """How much of goods may be paid with points."""
    return goods * percent // 100


def returned_share(paid: int, *, goods: int, before: int, after: int) -> int:
    """The part of what was paid that belongs to a return, after which ``after`` of the goods have come back.

    The difference of two cumulative shares: any number of returns adds up to all that was paid.

    >>> [returned_share(100, goods=3, before=n, after=n + 1) for n in range(3)]
    [33, 33, 34]
    """
    return paid * after // goods - paid * before // goods if goods else 0

"""How long it takes until something happens, with those to whom it has not happened yet. Pure; no database.

The gaps between purchases that are over tell too short a story: the longest ones are still open. Kaplan and Meier
(1958) count each open gap for as long as it has lasted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Curve:
    """After each of ``times`` the share to whom it has not happened, falling; ``n`` gaps, ``open`` of them open."""

    times: tuple[float, ...]
    shares: tuple[float, ...]
    n: int
    open: int

    def still(self, time: float) -> float:
        """The share to whom it has not happened after so long."""
        share = 1.0
        for at, left in zip(self.times, self.shares, strict=True):
            if at > time:
                break
            share = left
        return share

    @property
    def median(self) -> float | None:
        """The time after which it has happened to half of them; None where it never does."""
        return next((at for at, left in zip(self.times, self.shares, strict=True) if left <= 0.5), None)


def kaplan_meier(gaps: Iterable[tuple[float, bool]]) -> Curve:
    """The curve of gaps, each with whether it is over. One that ends when another is cut off counts before it.

    >>> curve = kaplan_meier([(1, True), (2, True), (2, False), (4, True)])
    >>> curve.times, curve.shares, curve.median
    ((1, 2, 4), (0.75, 0.5, 0.0), 2)
    """
    over: Counter[float] = Counter()
    still: Counter[float] = Counter()
    for length, ended in gaps:
        (over if ended else still)[length] += 1
    return kaplan_meier_of(over, still)


def kaplan_meier_of(over: Mapping[Any, int], still: Mapping[Any, int]) -> Curve:
    """The same of gaps that are counted by their length: those that are over, and those that are open."""
    n = at_risk = sum(over.values()) + sum(still.values())
    times, shares, share = [], [], 1.0
    for time in sorted(over.keys() | still.keys()):
        if ended := over.get(time, 0):
            share *= 1 - ended / at_risk
            times.append(time)
            shares.append(share)
        at_risk -= ended + still.get(time, 0)
    return Curve(tuple(times), tuple(shares), n, sum(still.values()))

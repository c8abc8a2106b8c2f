"""What a replay has shown, added up: a fixed number of figures, however many customers there are. Pure."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from heapq import heappush, heappushpop
from typing import Any

from loyalty import arithmetic
from loyalty.simulation.design import Design
from loyalty.simulation.replay import Member
from loyalty.simulation.wallet import EXPIRED, ISSUED, REDEEMED, TAKEN_BACK, WAIVED, Told

KINDS = (ISSUED, TAKEN_BACK, REDEEMED, EXPIRED, WAIVED)
SHARES = (1, 5, 10, 25, 50, 75, 90, 95, 99)  # of 100 customers so many have no more than this
TOP = 10

Side = tuple[int, Fraction]  # points, and what one of them is worth


def month_starts(begins: datetime, ends: datetime, zone: str) -> list[datetime]:
    """Where the months of a span begin; the first where the span does."""
    day = arithmetic.local_day(begins, zone).replace(day=1)
    starts = [begins]
    while (start := arithmetic.start_of(day := arithmetic.add_months(day, 1), zone)) < ends:
        starts.append(start)
    return starts


class Books:
    """All movements of one design by month, and how it ends. The first column is what was before the span."""

    def __init__(self, design: Design, starts: Sequence[datetime], ends: datetime) -> None:
        self.design, self.starts, self.ends = design, list(starts), ends
        self.flows: dict[str, list[int]] = {kind: [0] * (len(self.starts) + 1) for kind in KINDS}
        self.tiers: list[Counter[str]] = [Counter() for _ in range(len(self.starts) + 1)]
        self.pending = self.available = self.debt = 0

    def ear(self, own: list[int]) -> Told:
        """Hears of one customer's movements; ``own`` is what the customer keeps of the span's earnings."""
        flows, starts = self.flows, self.starts

        def told(kind: str, at: datetime, points: int) -> None:
            month = bisect_right(starts, at)
            flows[kind][month] += points
            if month and kind == ISSUED:
                own[0] += points
            elif month and kind == TAKEN_BACK:
                own[0] -= points

        return told

    def live(self, member: Member, events: Sequence[Any]) -> None:
        """Let a customer live through all events, looked at as each month begins, and at the end."""
        if not self.design.ladders:
            member.live(events)
        else:
            self._live_by_month(member, events)
        member.settle(self.ends)
        self.pending += member.wallet.pending
        self.available += member.wallet.available
        self.debt += member.wallet.debt

    def _live_by_month(self, member: Member, events: Sequence[Any]) -> None:
        place = 0
        for n, moment in enumerate([*self.starts, self.ends]):
            upto = place
            while upto < len(events) and events[upto].at < moment:
                upto += 1
            member.live(events[place:upto])
            place = upto
            if place:
                member.settle(moment)
                self.tiers[n][member.standing.code()] += 1

    def as_json(self) -> dict[str, Any]:
        value = self.design.value
        outstanding = self._outstanding(0)
        months = []
        for n, start in enumerate(self.starts, 1):
            flows = {kind: self.flows[kind][n] for kind in KINDS}
            outstanding += self._outstanding(n)
            tiers = dict(self.tiers[n])
            day = arithmetic.local_day(start, self.design.zone)
            month = {"month": f"{day:%Y-%m}", **flows, "outstanding": outstanding, "tiers": tiers}
            months.append({**month, "cost": _whole(flows[REDEEMED] * value)})
        total = {kind: sum(self.flows[kind][1:]) for kind in KINDS}
        breakage = breakage_of(total)
        return {
            "months": months,
            "total": total,
            "opening": self._outstanding(0),
            "closing": outstanding,
            "pending": self.pending,
            "available": self.available,
            "debt": self.debt,
            "tiers_before": dict(self.tiers[0]),
            "cost": _whole(total[REDEEMED] * value),
            "liability": _whole((self.pending + self.available) * value),
            "breakage": str(breakage) if breakage is not None else None,
            "liability_expected": _whole((self.pending + self.available) * value * (1 - (breakage or 0))),
        }

    def _outstanding(self, month: int) -> int:
        flows = self.flows
        return flows[ISSUED][month] - sum(flows[kind][month] for kind in (TAKEN_BACK, REDEEMED, EXPIRED))


def breakage_of(total: Mapping[str, int]) -> Fraction | None:
    """Of the points that came to an end the share that expired; None where none did."""
    ended = total[EXPIRED] + total[REDEEMED]
    return Fraction(total[EXPIRED], ended) if ended else None


def _whole(amount: Fraction) -> int:
    """Minor units, rounded half up."""
    return (amount + Fraction(1, 2)).__floor__()


def coarse(amount: int) -> int:
    """To three figures, so that a distribution of a million customers stays small.

    >>> coarse(123456), coarse(-98765), coarse(999)
    (123000, -98800, 999)
    """
    unit = 10 ** max(0, len(str(abs(amount))) - 3)
    return (abs(amount) + unit // 2) // unit * unit * (-1 if amount < 0 else 1)


@dataclass
class Shares:
    """Who gains, who loses, who keeps, and by how much in all (minor units)."""

    gain: int = 0
    lose: int = 0
    same: int = 0
    difference: int = 0

    def add(self, difference: int) -> None:
        self.gain += difference > 0
        self.lose += difference < 0
        self.same += difference == 0
        self.difference += difference

    def as_json(self) -> dict[str, int]:
        return {"gain": self.gain, "lose": self.lose, "same": self.same, "difference": self.difference}


@dataclass
class Moves:
    """What the design is worth to each customer beside today's programme, in minor units of money."""

    all: Shares = field(default_factory=Shares)
    spread: Counter[int] = field(default_factory=Counter)
    segments: dict[int, Shares] = field(default_factory=dict)
    most: list[tuple[int, int, int, int]] = field(default_factory=list)
    least: list[tuple[int, int, int, int]] = field(default_factory=list)

    def add(
        self, customer: int, today: tuple[int, Fraction], then: tuple[int, Fraction], segments: frozenset[int]
    ) -> None:
        """Points earned and what a point is worth, today and by the design."""
        difference = _whole(then[0] * then[1] - today[0] * today[1])
        self.all.add(difference)
        self.spread[coarse(difference)] += 1
        for segment in segments:
            self.segments.setdefault(segment, Shares()).add(difference)
        row = (abs(difference), customer, today[0], then[0])
        heap = self.most if difference > 0 else self.least
        if difference and len(heap) < TOP:
            heappush(heap, row)
        elif difference:
            heappushpop(heap, row)

    def as_json(self) -> dict[str, Any]:
        return {
            **self.all.as_json(),
            "quantiles": quantiles(self.spread),
            "segments": {str(pk): shares.as_json() for pk, shares in sorted(self.segments.items())},
            "most": [_row(row, 1) for row in sorted(self.most, reverse=True)],
            "least": [_row(row, -1) for row in sorted(self.least, reverse=True)],
        }


def _row(row: tuple[int, int, int, int], sign: int) -> dict[str, int]:
    return {"difference": row[0] * sign, "customer": row[1], "today": row[2], "then": row[3]}


def quantiles(spread: Mapping[int, int]) -> list[tuple[int, int]]:
    """For each share of 100 the least difference that so many customers do not exceed."""
    many, below, found = sum(spread.values()), 0, []
    wanted = list(SHARES)
    for difference, count in sorted(spread.items()):
        below += count
        while wanted and below * 100 >= wanted[0] * many:
            found.append((wanted.pop(0), difference))
    return found

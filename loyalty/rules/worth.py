"""What a purchase or another event is worth by the rules that hold: exact fractions, one floor at the end. Pure.

The order is always the same: goods that are excluded, the base rate, multipliers as the programme stacks them, fixed
bonuses, the floor, limits. Each step is kept, so that every earning can be explained.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from loyalty.arithmetic import whole
from loyalty.rules.matching import Event
from loyalty.rules.spec import Effect, Rounding, Spec, Stacking

BASE = -1  # the place of the base rate among the parts

Step = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that holds: for which items, and how many points its caps leave it (None: no limit).

    ``promise`` is the id of the promise that is kept, where the bonus was earned by an earlier purchase.
    """

    spec: Spec
    rule: int
    version: int
    name: str
    items: tuple[int, ...] = ()
    room: int | None = None
    promise: int | None = None


@dataclass(frozen=True, slots=True)
class Worth:
    """Points in all, and of each part: of the base rate (at ``BASE``) and of each match, by its place."""

    points: int
    parts: Mapping[int, int]
    steps: list[Step]


def worth(
    event: Event,
    rate: Fraction,
    matches: Sequence[Match],
    stacking: str = Stacking.SUM,
    rounding: str = Rounding.DOWN,
) -> Worth:
    """Work it out. ``rate`` is points per minor unit; matches count in the order given."""
    steps: list[Step] = []
    money = _earning_money(event, matches, steps)
    base = rate * sum(money.values())
    if event.items:
        steps.append({"step": "base", "money": str(sum(money.values())), "rate": str(rate), "points": str(base)})
    bonuses = _multiplied(money, rate, matches, stacking)
    exact = [(place, _within(matches[place], bonus, steps)) for place, bonus in bonuses]
    exact += [
        (place, _within(match, Fraction(_fixed(event, match, money)), steps))
        for place, match in enumerate(matches)
        if match.spec.effect == Effect.FIXED
    ]
    for match in matches:
        if match.spec.effect == Effect.NEXT:
            steps.append(_step("promise" if match.room != 0 else "spent", match))
    parts = _whole(base, exact, rounding)
    total = sum(parts.values())
    last: Step = {"step": "floor", "exact": str(base + sum(bonus for _, bonus in exact)), "points": total}
    steps.append(last if rounding == Rounding.DOWN else last | {"rounding": str(rounding)})
    return _limited(total, parts, matches, steps)


def _earning_money(event: Event, matches: Sequence[Match], steps: list[Step]) -> dict[int, Fraction]:
    """Of each item what it brings that earns; what is excluded brings nothing."""
    out: set[int] = set()
    for match in matches:
        if match.spec.effect == Effect.EXCLUDE:
            out.update(match.items)
            taken = event.earning * sum(event.items[place].amount for place in match.items)
            steps.append(_step("exclude", match, money=str(taken)))
    return {place: item.amount * event.earning for place, item in enumerate(event.items) if place not in out}


def _multiplied(
    money: Mapping[int, Fraction], rate: Fraction, matches: Sequence[Match], stacking: str
) -> list[tuple[int, Fraction]]:
    """What each multiplier adds, before its cap. One whose cap is used up is not there for the others either."""
    open_ = [(place, match) for place, match in enumerate(matches) if match.spec.effect == Effect.MULTIPLY]
    open_ = [(place, match) for place, match in open_ if match.room != 0]
    added = dict.fromkeys((place for place, _ in open_), Fraction(0))
    for item, worth_ in money.items():
        here = [(place, match.spec.factor) for place, match in open_ if item in match.items]
        if stacking == Stacking.BEST and here:
            here = [max(here, key=lambda pair: (pair[1], -pair[0]))]
        before = Fraction(1)
        for place, factor in here:
            added[place] += rate * worth_ * before * (factor - 1)
            if stacking == Stacking.MULTIPLY:
                before *= factor
    closed = [
        (place, Fraction(0))
        for place, match in enumerate(matches)
        if match.spec.effect == Effect.MULTIPLY and match.room == 0
    ]
    return sorted([*added.items(), *closed])


def _fixed(event: Event, match: Match, money: Mapping[int, Fraction]) -> int:
    if not match.spec.per_item:
        return match.spec.points
    pieces = sum(event.items[place].quantity for place in match.items if place in money)
    return match.spec.points * int(pieces)


def _within(match: Match, bonus: Fraction, steps: list[Step]) -> Fraction:
    """The bonus as far as its caps allow."""
    allowed = bonus
    if match.room is not None and bonus > match.room:
        allowed = Fraction(0 if match.spec.rejects else match.room)
    kind = "spent" if match.room == 0 else str(match.spec.effect.value)
    more: Step = {"points": str(allowed)}
    if match.spec.effect == Effect.MULTIPLY:
        more["factor"] = str(match.spec.factor)
    if allowed != bonus:
        more |= {"uncapped": str(bonus), "room": match.room}
    steps.append(_step(kind, match, **more))
    return allowed


def _whole(base: Fraction, bonuses: Sequence[tuple[int, Fraction]], rounding: str) -> dict[int, int]:
    """Whole points of each part: differences of rounded running sums, so they add up to what is rounded once."""
    running, given = base, whole(base, rounding)
    parts = {BASE: given}
    for place, bonus in bonuses:
        running += bonus
        parts[place] = whole(running, rounding) - given
        given += parts[place]
    return parts


def _limited(total: int, parts: dict[int, int], matches: Sequence[Match], steps: list[Step]) -> Worth:
    limits = [(place, match) for place, match in enumerate(matches) if match.spec.effect == Effect.LIMIT]
    for _place, match in limits:
        if match.room is not None and total > match.room:
            allowed = 0 if match.spec.rejects else match.room
            steps.append(_step("limit", match, points=allowed, uncapped=total, room=match.room))
            _cut(parts, total - allowed)
            total = allowed
    return Worth(total, parts | {place: total for place, _match in limits}, steps)


def _cut(parts: dict[int, int], points: int) -> None:
    """Take points off, from what came last first: the base rate is touched last."""
    for place in reversed(parts):
        less = min(points, parts[place])
        parts[place] -= less
        points -= less


def _step(kind: str, match: Match, **more: Any) -> Step:
    step: Step = {"step": kind, "rule": match.rule, "version": match.version, "name": match.name, **more}
    if match.promise is not None:
        step["promise"] = match.promise
    return step

"""Where a smooth function of a few numbers is least: Broyden, Fletcher, Goldfarb and Shanno, within bounds."""

from collections.abc import Callable, Sequence
from math import inf, isfinite

Point = list[float]
Slope = list[float]
Loss = Callable[[Sequence[float]], tuple[float, Slope]]
Bend = list[list[float]]  # what is taken for the inverse of the second derivatives

NEAR = 1e-12  # of the value: a step that promises less, relatively, is not taken
STEPS = 300
HALVINGS = 40
FAR = 1.0  # no step goes further along any one number
PROMISED = 1e-4  # of what the slope promises, what a step has to keep


def minimum(
    loss: Loss, start: Sequence[float], *, low: float, high: float, bend: Bend | None = None
) -> tuple[Point, float, Bend]:
    """The point, its value, and how the function bends there, from which a like function may begin.

    ``loss`` gives the value with its slope along each number. The value is infinite where it has none at the start.
    """
    point = _within(start, low, high)
    value, slope = loss(point)
    fresh = bend is None
    bend = bend or _round(len(point), 1.0)
    for _ in range(STEPS if isfinite(value) else 0):
        free = [low < at < high or (at == low) == (rise < 0) for at, rise in zip(point, slope, strict=True)]
        bend = _apart(bend, free)
        way = _way(bend, slope, free)
        promise = -sum(step * rise for step, rise in zip(way, slope, strict=True))
        if promise <= 0:
            if fresh:
                break
            bend, fresh = _round(len(point), 1.0), True
            continue
        if promise < NEAR * (1 + abs(value)):
            break
        found = _along(loss, (point, value, slope), way, low, high)
        if found is None:
            if fresh:
                break
            bend, fresh = _round(len(point), 1.0), True
            continue
        moved = [one - two for one, two in zip(found[0], point, strict=True)]
        turned = [(one - two) * may for one, two, may in zip(found[2], slope, free, strict=True)]
        bend = _bent(bend, moved, turned, fresh=fresh)
        point, value, slope = found
        fresh = False
    return point, value if isfinite(value) else inf, bend


def _within(point: Sequence[float], low: float, high: float) -> Point:
    return [min(high, max(low, at)) for at in point]


def _round(size: int, much: float) -> Bend:
    return [[much * (i == j) for j in range(size)] for i in range(size)]


def _apart(bend: Bend, free: Sequence[bool]) -> Bend:
    """What is held by a bound says nothing of how the others bend."""
    size = range(len(free))
    return [[bend[i][j] if i == j or (free[i] and free[j]) else 0.0 for j in size] for i in size]


def _way(bend: Bend, slope: Slope, free: Sequence[bool]) -> Point:
    """Downhill, along those numbers only that are not held by a bound; not too far."""
    way = [
        -sum(much * rise for much, rise, may in zip(row, slope, free, strict=True) if may) if moves else 0.0
        for row, moves in zip(bend, free, strict=True)
    ]
    longest = max(map(abs, way))
    return [step * FAR / longest for step in way] if longest > FAR else way


def _along(
    loss: Loss, now: tuple[Point, float, Slope], way: Point, low: float, high: float
) -> tuple[Point, float, Slope] | None:
    """As far along a way as keeps some of the promise, half as far each time; None where nothing is lower."""
    point, value, slope = now
    share = 1.0
    for _ in range(HALVINGS):
        there = _within([at + share * step for at, step in zip(point, way, strict=True)], low, high)
        tried, rise = loss(there)
        promised = sum((one - two) * much for one, two, much in zip(there, point, slope, strict=True))
        if tried < value and tried <= value + PROMISED * promised:
            return there, tried, rise
        share /= 2
    return None


def _bent(bend: Bend, moved: Point, turned: Slope, *, fresh: bool) -> Bend:
    """What a step has taught about how the function bends."""
    size = range(len(moved))
    both = sum(one * two for one, two in zip(moved, turned, strict=True))
    length = sum(one * one for one in turned)
    if both <= 1e-12 * length:
        return bend
    if fresh:
        bend = _round(len(moved), both / length)
    seen = [sum(much * one for much, one in zip(row, turned, strict=True)) for row in bend]
    scale = 1 + sum(one * two for one, two in zip(turned, seen, strict=True)) / both
    return [
        [
            bend[i][j] + (scale * moved[i] * moved[j] - seen[i] * moved[j] - moved[i] * seen[j]) / both
            for j in size
        ]
        for i in size
    ]  # fmt: skip

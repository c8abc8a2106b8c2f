"""How many points a review is worth: a formula with its assumptions, each from a low to a high figure. Pure.

worth = (share of reviewers who buy again - share who would have anyhow) x basket x margin x share kept
points = worth / value of a point / share of points that are ever taken
"""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Between:
    """An assumption: at least, most likely, at most."""

    low: Fraction
    likely: Fraction
    high: Fraction


@dataclass(frozen=True)
class Assumptions:
    """Shares of 1; money in minor units. ``spent`` is the part of the profit that the points may cost."""

    uplift: Between
    basket: Between
    margin: Between
    point: Between
    taken: Between
    spent: Fraction = Fraction(1, 2)


@dataclass(frozen=True)
class Answer:
    """Points that a review is worth, and the profit behind them in minor units: at least, likely, at most."""

    points: tuple[int, int, int]
    profit: tuple[Fraction, Fraction, Fraction]


def worth(said: Assumptions) -> Answer:
    """The careful end takes each assumption at its worst: dear points that are all taken, little that follows."""
    low = _profit(said.uplift.low, said, gloomy=True)
    likely = said.uplift.likely * said.basket.likely * said.margin.likely
    high = _profit(said.uplift.high, said, gloomy=False)
    costs = (
        said.point.high * said.taken.high,
        said.point.likely * said.taken.likely,
        said.point.low * said.taken.low,
    )
    profit = (low, likely, high)
    points = [max(0, (gain * said.spent / cost).__floor__()) for gain, cost in zip(profit, costs, strict=True)]
    return Answer((points[0], points[1], points[2]), profit)


def _profit(uplift: Fraction, said: Assumptions, *, gloomy: bool) -> Fraction:
    """What an uplift brings at the worst, or at the best: a loss is worst where much is bought."""
    little = said.basket.low * said.margin.low
    much = said.basket.high * said.margin.high
    return min(uplift * little, uplift * much) if gloomy else max(uplift * little, uplift * much)

"""What a customer will probably buy and spend: BG/NBD and Gamma-Gamma, fitted with the standard library.

BG/NBD (Fader, Hardie, Lee 2005, Marketing Science 24(2), 275-284): while somebody is a customer they buy at a rate of
their own (gamma over customers: r, alpha), and after each purchase they leave with a chance of their own (beta: a, b).
A person is three numbers: x repeat purchases, the time from the first to the last of them, and the time for which they
have been known (t_x and T in the papers), in any one unit of time; those who share all three are counted together.

Gamma-Gamma (Fader, Hardie 2013): what somebody spends on average (p, q, gamma), taken not to depend on how often.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, lgamma, log, sqrt
from typing import TypeVar

LEAST = 1e-4  # parameters are looked for from here
MOST = 1e6  # to here
TERMS = 20_000  # of a series, at most
NEAR = 1e-13  # a term that adds less, relatively, is the last one

THINNED = 1_000  # histories that a fit begins with where there are many more

History = tuple[int, float, float]  # x, last, known
Loss = Callable[[Sequence[float]], float]
Item = TypeVar("Item")


class CannotFit(ValueError):
    """There is too little to learn from, or nothing that the model could tell apart."""


@dataclass(frozen=True)
class Buying:
    """The parameters of BG/NBD. ``log_likelihood`` is that of the people it was fitted to."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = 0.0

    def alive(self, x: int, last: float, known: float) -> float:
        """The chance that somebody is still a customer; 1 for whoever bought once only: never use it as a risk."""
        if x == 0:
            return 1.0
        odds = log(self.a / (self.b + x - 1)) + (self.r + x) * log((self.alpha + known) / (self.alpha + last))
        return 1 / (1 + exp(odds)) if odds < 700 else 0.0

    def silent(self, x: int, last: float, known: float, t: float) -> float:
        """The chance of no purchase in the next ``t``: what customers at risk are ranked by."""
        stays_silent = ((self.alpha + known) / (self.alpha + known + t)) ** (self.r + x)
        alive = self.alive(x, last, known)
        return 1 - alive * (1 - stays_silent)

    def expected(self, x: int, last: float, known: float, t: float) -> float:
        """The purchases to be expected in the next ``t``."""
        z = t / (self.alpha + known + t)
        a, b, r = self.a, self.b, self.r
        shrink = ((self.alpha + known) / (self.alpha + known + t)) ** (r + x)
        series = 1 - shrink * _hypergeometric(r + x, b + x, a + b + x - 1, z)
        return (a + b + x - 1) / (a - 1) * series * self.alive(x, last, known)

    def expected_new(self, t: float) -> float:
        """The repeat purchases to be expected of a new customer in the first ``t``."""
        z = t / (self.alpha + t)
        a, b, r = self.a, self.b, self.r
        return (a + b - 1) / (a - 1) * (1 - (1 - z) ** r * _hypergeometric(r, b, a + b - 1, z))


@dataclass(frozen=True)
class Spending:
    """The parameters of Gamma-Gamma. Meaningful where spending hardly goes with frequency: show ``correlation``."""

    p: float
    q: float
    gamma: float
    log_likelihood: float = 0.0

    def expected(self, x: int, mean: float) -> float:
        """What somebody with ``x`` repeat purchases of ``mean`` on average will spend on one."""
        if x == 0:
            return self.gamma * self.p / (self.q - 1) if self.q > 1 else inf
        return (self.gamma + mean * x) * self.p / (self.p * x + self.q - 1)


def fit_buying(histories: Mapping[History, int]) -> Buying:
    """The most likely parameters for these people, counted by history. Raises CannotFit."""
    groups = sorted((x, last, known, count) for (x, last, known), count in histories.items() if count)
    if not any(x for x, *_ in groups):
        raise CannotFit("Nobody has bought twice.")
    scale = sum(known * count for _, _, known, count in groups) / sum(count for *_, count in groups)
    best, value = _nearer(groups, _buying_loss, [0.0, log(scale / 5 or 1.0), 0.0, 0.5])
    r, alpha, a, b = map(exp, best)
    return Buying(r, alpha, a, b, -value)


def _buying_loss(groups: Sequence[tuple[int, float, float, int]]) -> Loss:
    repeats: dict[int, int] = {}
    for x, _, _, count in groups:
        repeats[x] = repeats.get(x, 0) + count

    def loss(logs: Sequence[float]) -> float:
        r, alpha, a, b = map(exp, logs)
        return -_buying_likelihood(groups, repeats, r, alpha, a, b)

    return loss


def _buying_likelihood(
    groups: Sequence[tuple[int, float, float, int]],
    repeats: Mapping[int, int],
    r: float,
    alpha: float,
    a: float,
    b: float,
) -> float:
    fixed = r * log(alpha) - lgamma(r) + lgamma(a + b) - lgamma(b)
    total = sum(count * (fixed + lgamma(r + x) + lgamma(b + x) - lgamma(a + b + x)) for x, count in repeats.items())
    left = {x: log(a / (b + x - 1)) for x in repeats if x}
    for x, last, known, count in groups:
        still = -(r + x) * log(alpha + known)
        if x:
            gone = left[x] - (r + x) * log(alpha + last)
            high, low = (still, gone) if still > gone else (gone, still)
            still = high + log(1 + exp(low - high))
        total += count * still
    return total


def fit_spending(spent: Iterable[tuple[int, float]]) -> Spending:
    """The most likely parameters for repeat buyers: (repeat purchases, their mean). Raises CannotFit."""
    people = sorted((x, mean) for x, mean in spent if x > 0 and mean > 0)
    if len({mean for _, mean in people}) < 3:
        raise CannotFit("Too few people have spent different amounts.")
    typical = sum(mean * x for x, mean in people) / sum(x for x, _ in people)
    best, value = _nearer(people, _spending_loss, [log(3.0), log(3.0), log(typical)])
    p, q, gamma = map(exp, best)
    return Spending(p, q, gamma, -value)


def _spending_loss(people: Sequence[tuple[int, float]]) -> Loss:
    counts: dict[int, int] = {}
    for x, _ in people:
        counts[x] = counts.get(x, 0) + 1
    log_mean = sum(log(mean) for _, mean in people)
    weighted = sum(x * log(mean) for x, mean in people)
    log_x = sum(x * log(x) * count for x, count in counts.items())
    spent = [(x, mean * x) for x, mean in people]

    def loss(logs: Sequence[float]) -> float:
        p, q, gamma = map(exp, logs)
        total = len(people) * (q * log(gamma) - lgamma(q)) + p * (weighted + log_x) - log_mean
        total += sum([count * (lgamma(p * x + q) - lgamma(p * x)) for x, count in counts.items()])
        total -= sum([(p * x + q) * log(gamma + all_of_it) for x, all_of_it in spent])
        return -total

    return loss


def correlation(spent: Iterable[tuple[int, float]]) -> float:
    """Pearson's, between how often and how much. Gamma-Gamma takes it to be about nothing."""
    people = [(float(x), mean) for x, mean in spent]
    if len(people) < 2:
        return 0.0
    n = len(people)
    often, much = sum(x for x, _ in people) / n, sum(mean for _, mean in people) / n
    both = sum((x - often) * (mean - much) for x, mean in people)
    spread = sqrt(sum((x - often) ** 2 for x, _ in people) * sum((mean - much) ** 2 for _, mean in people))
    return both / spread if spread else 0.0


def _hypergeometric(a: float, b: float, c: float, z: float) -> float:
    """Gauss's 2F1 for 0 <= z < 1, as its series."""
    term = total = 1.0
    for n in range(TERMS):
        term *= (a + n) * (b + n) / (c + n) * z / (n + 1)
        total += term
        if abs(term) < NEAR * abs(total):
            break
    return total


def _nearer(
    items: Sequence[Item], loss_of: Callable[[Sequence[Item]], Loss], start: list[float]
) -> tuple[list[float], float]:
    """The minimum over all items; where there are many, from near: from that over some thousand of them."""
    if len(items) <= 2 * THINNED:
        return _minimum(loss_of(items), start)
    near, _value = _minimum(loss_of(items[:: len(items) // THINNED]), start)
    return _minimum(loss_of(items), near, sizes=(0.1, 0.03), rounds=60)


def _minimum(
    loss: Loss, start: list[float], *, sizes: Sequence[float] = (0.8, 0.3, 0.1, 0.05), rounds: int = 400
) -> tuple[list[float], float]:
    """Where a smooth function of a few logarithms is least: Nelder and Mead's simplex, begun anew until it stays."""
    low, high = log(LEAST), log(MOST)

    def bounded(point: Sequence[float]) -> float:
        return loss(point) if all(low <= value <= high for value in point) else inf

    best, value = start, bounded(start)
    for size in sizes:
        best, value = _simplex(bounded, best, size, rounds)
    if value == inf:
        raise CannotFit("No parameters fit.")
    return best, value


def _simplex(loss: Loss, start: list[float], size: float, rounds: int) -> tuple[list[float], float]:
    points = [start] + [[value + size * (i == j) for j, value in enumerate(start)] for i in range(len(start))]
    simplex = sorted(((loss(point), point) for point in points), key=_value)
    for _ in range(rounds):
        if simplex[-1][0] - simplex[0][0] < 1e-9 * (1 + abs(simplex[0][0])) * 1e-3:
            break
        centre = [
            sum(values) / (len(simplex) - 1) for values in zip(*(point for _, point in simplex[:-1]), strict=True)
        ]
        worst = simplex[-1][1]
        reflected = _tried(loss, centre, worst, 1.0)
        if reflected[0] < simplex[0][0]:
            simplex[-1] = min(reflected, _tried(loss, centre, worst, 2.0), key=_value)
        elif reflected[0] < simplex[-2][0]:
            simplex[-1] = reflected
        else:
            inner = _tried(loss, centre, worst, 0.5 if reflected[0] < simplex[-1][0] else -0.5)
            if inner[0] < min(reflected[0], simplex[-1][0]):
                simplex[-1] = inner
            else:
                least = simplex[0][1]
                shrunk = [[(one + two) / 2 for one, two in zip(least, point, strict=True)] for _, point in simplex[1:]]
                simplex[1:] = [(loss(point), point) for point in shrunk]
        simplex.sort(key=_value)
    return simplex[0][1], simplex[0][0]


def _tried(loss: Loss, centre: list[float], worst: list[float], far: float) -> tuple[float, list[float]]:
    point = [middle + far * (middle - bad) for middle, bad in zip(centre, worst, strict=True)]
    return loss(point), point


def _value(tried: tuple[float, list[float]]) -> float:
    return tried[0]

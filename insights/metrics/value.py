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
from math import exp, inf, lgamma, log, log1p, sqrt
from typing import TypeVar

from insights.metrics.minimum import Loss, minimum

LEAST = 1e-4  # parameters are looked for from here
MOST = 1e6  # to here
TERMS = 20_000  # of a series, at most
NEAR = 1e-13  # a term that adds less, relatively, is the last one

THINNED = 1_000  # histories that a fit begins with where there are many more

History = tuple[int, float, float]  # x, last, known
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
    best, value = _nearer(groups, buying_loss, [0.0, log(scale / 5 or 1.0), 0.0, 0.5])
    r, alpha, a, b = map(exp, best)
    return Buying(r, alpha, a, b, -value)


def buying_loss(groups: Sequence[tuple[int, float, float, int]]) -> Loss:
    """Minus the logarithm of the likelihood. Days are few, so logarithms are taken of each day, not of each person."""
    people: dict[int, int] = {}  # by how often they came back
    seen: dict[float, list[int]] = {}  # by how long they are known: people, and their purchases
    back: dict[int, list[tuple[float, float, int]]] = {}
    for x, last, known, count in groups:
        people[x] = people.get(x, 0) + count
        both = seen.setdefault(known, [0, 0])
        both[0] += count
        both[1] += x * count
        if x:
            back.setdefault(x, []).append((last, known, count))
    days = {day for some in back.values() for last, known, _ in some for day in (last, known)} | seen.keys()
    everybody = sum(people.values())

    def loss(logs: Sequence[float]) -> tuple[float, list[float]]:
        r, alpha, a, b = map(exp, logs)
        logarithm = {day: log(alpha + day) for day in days}
        total = everybody * (r * log(alpha) - lgamma(r) + lgamma(a + b) - lgamma(b))
        by_r, by_alpha = everybody * (log(alpha) - digamma(r)), everybody * r / alpha
        by_b = by_both = 0.0
        for x, count in people.items():
            total += count * (lgamma(r + x) + lgamma(b + x) - lgamma(a + b + x))
            by_r += count * digamma(r + x)
            by_b += count * digamma(b + x)
            by_both -= count * digamma(a + b + x)
        by_both += everybody * digamma(a + b)
        by_b -= everybody * digamma(b)
        for day, (count, bought) in seen.items():
            total -= (r * count + bought) * logarithm[day]
            by_r -= count * logarithm[day]
            by_alpha -= (r * count + bought) / (alpha + day)
        by_a = 0.0
        for x, some in back.items():
            more, gone, longer, nearer = _gone(some, r + x, log(a / (b + x - 1)), alpha, logarithm)
            total += more
            by_r += longer
            by_alpha += nearer
            by_a += gone / a
            by_b -= gone / (b + x - 1)
        return -total, [-r * by_r, -alpha * by_alpha, -a * (by_a + by_both), -b * (by_b + by_both)]

    return loss


def _gone(
    some: Sequence[tuple[float, float, int]], power: float, odds: float, alpha: float, logarithm: Mapping[float, float]
) -> tuple[float, float, float, float]:
    """Of people who came back equally often, what their having left adds: to the likelihood, to its slopes."""
    more = people = longer = nearer = 0.0
    for last, known, count in some:
        apart = logarithm[known] - logarithm[last]
        likelier = odds + power * apart
        if likelier < 30:
            left = exp(likelier)
            more += count * log1p(left)
            gone = count * left / (1 + left)
        else:  # more than likely: all of it
            more += count * likelier
            gone = count
        people += gone
        longer += gone * apart
        nearer += gone * (known - last) / ((alpha + last) * (alpha + known))
    return more, people, longer, -power * nearer


def fit_spending(spent: Iterable[tuple[int, float]]) -> Spending:
    """The most likely parameters for repeat buyers: (repeat purchases, their mean). Raises CannotFit."""
    people = sorted((x, mean) for x, mean in spent if x > 0 and mean > 0)
    if len({mean for _, mean in people}) < 3:
        raise CannotFit("Too few people have spent different amounts.")
    typical = sum(mean * x for x, mean in people) / sum(x for x, _ in people)
    best, value = _nearer(people, spending_loss, [log(3.0), log(3.0), log(typical)])
    p, q, gamma = map(exp, best)
    return Spending(p, q, gamma, -value)


def spending_loss(people: Sequence[tuple[int, float]]) -> Loss:
    spent: dict[int, list[float]] = {}
    for x, mean in people:
        spent.setdefault(x, []).append(mean * x)
    log_mean = sum(log(mean) for _, mean in people)
    weighted = sum(x * log(mean * x) for x, mean in people)

    def loss(logs: Sequence[float]) -> tuple[float, list[float]]:
        p, q, gamma = map(exp, logs)
        n = len(people)
        total = n * (q * log(gamma) - lgamma(q)) + p * weighted - log_mean
        by_p, by_q, by_gamma = weighted, n * (log(gamma) - digamma(q)), n * q / gamma
        for x, some in spent.items():
            all_of_it = [gamma + amount for amount in some]
            logs_of_it, power = sum(map(log, all_of_it)), p * x + q
            total += len(some) * (lgamma(power) - lgamma(p * x)) - power * logs_of_it
            slope = len(some) * digamma(power) - logs_of_it
            by_p += x * (slope - len(some) * digamma(p * x))
            by_q += slope
            by_gamma -= power * sum([1 / amount for amount in all_of_it])
        return -total, [-p * by_p, -q * by_q, -gamma * by_gamma]

    return loss


def digamma(x: float) -> float:
    """The slope of ``lgamma`` for x > 0: by the series for large numbers, from which it is stepped down.

    >>> round(digamma(1), 12)  # minus Euler's constant
    -0.577215664902
    """
    steps = 0.0
    while x < 10:
        steps += 1 / x
        x += 1
    square = 1 / (x * x)
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))))
    return log(x) - 0.5 / x - series - steps


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
    low, high = log(LEAST), log(MOST)
    bend = None
    if len(items) > 2 * THINNED:
        step = len(items) // THINNED
        start, _value, bend = minimum(loss_of(items[::step]), start, low=low, high=high)
        bend = [[much / step for much in row] for row in bend]
    best, value, _bend = minimum(loss_of(items), start, low=low, high=high, bend=bend)
    if value == inf:
        raise CannotFit("No parameters fit.")
    return best, value

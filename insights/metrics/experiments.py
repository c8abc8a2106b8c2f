"""Whether two arms of an experiment differ, by the customer and never by the order. Pure; no database.

Normal approximations with the standard library: two proportions with pooled variance for the test, Newcombe's interval
(1998, method 10, of Wilson's) for the difference; means by Welch. What was not planned is not looked at: a verdict is
given at the planned end, or at one of five looks by O'Brien and Fleming (1979).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, erfc, sqrt
from statistics import NormalDist

from communications.lift import Arm, interval

NORMAL = NormalDist()
FEWEST = 500  # customers in an arm, below which nothing is said
MISMATCH = 0.001  # a split this unlikely is a fault of the assignment, not chance
LEAST_CHANGE = 0.0001  # of a share: to find less would take more customers than there are people
LOOKS = 5
OBRIEN_FLEMING = 2.04  # times sqrt(looks / look): the bound of each of five looks, 5 % in all


@dataclass(frozen=True)
class Difference:
    """Of the second arm to the first: the estimate with its interval, and how unlikely it is by chance alone."""

    estimate: float
    low: float
    high: float
    z: float
    p: float


def compare_rates(first: Arm, second: Arm, *, confidence: float = 0.95) -> Difference:
    """Two shares. Raises ValueError for an arm without customers.

    >>> found = compare_rates(Arm(90, 1000), Arm(120, 1000))
    >>> round(found.z, 2), round(found.p, 3)
    (2.19, 0.029)
    """
    if not first.n or not second.n:
        raise ValueError("Both arms need customers.")
    pooled = (first.hits + second.hits) / (first.n + second.n)
    spread = sqrt(pooled * (1 - pooled) * (1 / first.n + 1 / second.n))
    estimate = second.rate - first.rate
    z = estimate / spread if spread else 0.0
    return Difference(estimate, *interval(first, second, confidence=confidence), z, two_sided(z))


def compare_means(first: Sequence[float], second: Sequence[float], *, confidence: float = 0.95) -> Difference:
    """Two means of what each customer came to, by Welch; from some hundred customers on the normal serves.

    Raises ValueError for an arm of fewer than two customers.
    """
    if len(first) < 2 or len(second) < 2:
        raise ValueError("Both arms need at least two customers.")
    (mean_1, part_1), (mean_2, part_2) = _mean(first), _mean(second)
    spread = sqrt(part_1 + part_2)
    estimate = mean_2 - mean_1
    half = NORMAL.inv_cdf((1 + confidence) / 2) * spread
    z = estimate / spread if spread else 0.0
    return Difference(estimate, estimate - half, estimate + half, z, two_sided(z))


@dataclass(frozen=True)
class Sums:
    """What the customers of an arm came to: how many, the sum, and the sum of the squares."""

    n: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        return self.total / self.n

    @property
    def part(self) -> float:
        """The variance of the mean."""
        return max(0.0, self.squares - self.total * self.mean) / (self.n - 1) / self.n


def compare_sums(first: Sums, second: Sums, *, confidence: float = 0.95) -> Difference:
    """As ``compare_means``, of what was added up already. Raises ValueError for an arm of fewer than two customers.

    >>> round(compare_sums(Sums(5, 15, 55), Sums(5, 20, 90)).z, 6)
    1.0
    """
    if first.n < 2 or second.n < 2:
        raise ValueError("Both arms need at least two customers.")
    spread = sqrt(first.part + second.part)
    estimate = second.mean - first.mean
    half = NORMAL.inv_cdf((1 + confidence) / 2) * spread
    z = estimate / spread if spread else 0.0
    return Difference(estimate, estimate - half, estimate + half, z, two_sided(z))


def holm(chances: Sequence[float]) -> list[float]:
    """Holm's (1979) stricter chances where several comparisons are made at once, in the same order.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    answer, before = [0.0] * len(chances), 0.0
    for rank, n in enumerate(sorted(range(len(chances)), key=lambda n: chances[n])):
        before = max(before, min(1.0, chances[n] * (len(chances) - rank)))
        answer[n] = before
    return answer


def _mean(values: Sequence[float]) -> tuple[float, float]:
    """The mean, and the variance of it."""
    mean = sum(values) / len(values)
    return mean, sum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values)


def two_sided(z: float) -> float:
    """The chance of a value at least as far from nothing, to either side."""
    return erfc(abs(z) / sqrt(2))


def customers_needed(base: float, better: float, *, power: float = 0.8, significance: float = 0.05) -> int:
    """Customers in each arm to find a change of a share from ``base`` to ``better``. Raises ValueError for shares that
    are none, or the same.

    >>> customers_needed(0.20, 0.25), customers_needed(0.10, 0.12)
    (1094, 3841)
    """
    if not (0 < base < 1 and 0 < better < 1) or abs(base - better) < LEAST_CHANGE:
        raise ValueError("Two different shares between 0 and 1 are needed.")
    middle = (base + better) / 2
    alpha, beta = NORMAL.inv_cdf(1 - significance / 2), NORMAL.inv_cdf(power)
    root = alpha * sqrt(2 * middle * (1 - middle)) + beta * sqrt(base * (1 - base) + better * (1 - better))
    return ceil(root**2 / (base - better) ** 2)


def split_is_sound(first: int, second: int, *, share: float = 0.5) -> bool:
    """Whether so many in each arm can have come from drawing ``share`` for the first (chi-square, one degree)."""
    n = first + second
    if not n:
        return True
    wanted = n * share, n * (1 - share)
    distance = sum((got - want) ** 2 / want for got, want in zip((first, second), wanted, strict=True))
    return erfc(sqrt(distance / 2)) >= MISMATCH


def bound(look: int) -> float:
    """How large z must be at this of five looks, so that all of them together are wrong in one of twenty.

    >>> [round(bound(look), 2) for look in (1, 3, 5)]
    [4.56, 2.63, 2.04]
    """
    if not 1 <= look <= LOOKS:
        raise ValueError(f"There are {LOOKS} looks.")
    return OBRIEN_FLEMING * sqrt(LOOKS / look)


def verdict(
    first: Arm, second: Arm, *, share: float = 0.5, planned: int | None = None, look: int | None = None
) -> str:
    """``assignment_broken``, ``too_early``, ``no_difference_shown``, ``second_better`` or ``first_better``.

    Before ``planned`` customers are in each arm it is too early, unless this is one of the five looks.
    """
    if not split_is_sound(first.n, second.n, share=share):
        return "assignment_broken"
    smallest = min(first.n, second.n)
    if smallest < FEWEST or (look is None and planned is not None and smallest < planned):
        return "too_early"
    found = compare_rates(first, second)
    if abs(found.z) < (NORMAL.inv_cdf(0.975) if look is None else bound(look)):
        return "no_difference_shown" if look in (None, LOOKS) else "too_early"
    return "second_better" if found.z > 0 else "first_better"

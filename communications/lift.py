"""Shares, and the difference of two, with their intervals: Newcombe (1998, method 10), of Wilson's; the same of what
customers bought on average: Welch, by the normal distribution. Pure.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

NORMAL = NormalDist()
FEWEST = 30  # customers in an arm, below which nothing is said


@dataclass(frozen=True)
class Arm:
    """``hits`` of ``n`` customers."""

    hits: int
    n: int

    @property
    def rate(self) -> float:
        return self.hits / self.n if self.n else 0.0


@dataclass(frozen=True)
class Amounts:
    """What ``n`` customers bought: the ``total``, and the sum of the ``squares`` of what each did."""

    n: int
    total: int
    squares: int

    @property
    def mean(self) -> float:
        return self.total / self.n if self.n else 0.0

    @property
    def variance(self) -> float:
        """Of the average."""
        return max(self.squares - self.n * self.mean**2, 0.0) / (self.n - 1) / self.n


@dataclass(frozen=True)
class Lift:
    """Of the treated over those held out: a share (0.02 are two percentage points) or an amount."""

    estimate: float
    low: float
    high: float

    @property
    def shown(self) -> bool:
        """Whether zero lies outside of the interval."""
        return self.low > 0 or self.high < 0


def wilson(arm: Arm, *, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of one share (1927): sensible for few and for none.

    >>> low, high = wilson(Arm(81, 263))
    >>> round(low, 4), round(high, 4)
    (0.2553, 0.3662)
    """
    if not arm.n:
        return 0.0, 1.0
    z = NORMAL.inv_cdf((1 + confidence) / 2)
    middle = (arm.rate + z * z / (2 * arm.n)) / (1 + z * z / arm.n)
    half = z / (1 + z * z / arm.n) * sqrt(arm.rate * (1 - arm.rate) / arm.n + z * z / (4 * arm.n * arm.n))
    return max(0.0, middle - half), min(1.0, middle + half)


def interval(first: Arm, second: Arm, *, confidence: float = 0.95) -> tuple[float, float]:
    """Of what the second share is above the first."""
    low_1, high_1 = wilson(first, confidence=confidence)
    low_2, high_2 = wilson(second, confidence=confidence)
    estimate = second.rate - first.rate
    low = estimate - sqrt((second.rate - low_2) ** 2 + (high_1 - first.rate) ** 2)
    high = estimate + sqrt((high_2 - second.rate) ** 2 + (first.rate - low_1) ** 2)
    return low, high


def lift(treated: Arm, held: Arm) -> Lift | None:
    """The difference; None where an arm is too small to say anything.

    >>> found = lift(Arm(56, 70), Arm(48, 80))
    >>> round(found.estimate, 4), round(found.low, 4), round(found.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    if treated.n < FEWEST or held.n < FEWEST:
        return None
    return Lift(treated.rate - held.rate, *interval(held, treated))


def difference(treated: Amounts, held: Amounts) -> Lift | None:
    """How much more the treated bought on average; None where an arm is too small to say anything.

    >>> found = difference(Amounts(100, 100_000, 200_000_000), Amounts(100, 80_000, 164_000_000))
    >>> round(found.estimate), round(found.low), round(found.high)
    (200, -79, 479)
    """
    if treated.n < FEWEST or held.n < FEWEST:
        return None
    estimate = treated.mean - held.mean
    spread = NORMAL.inv_cdf(0.975) * sqrt(treated.variance + held.variance)
    return Lift(estimate, estimate - spread, estimate + spread)

"""The difference of two shares with its interval: Newcombe (1998, method 10), of Wilson's intervals. Pure."""

from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054  # 95 percent
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
class Lift:
    """Of the treated over those held out, as a share: 0.02 are two percentage points."""

    estimate: float
    low: float
    high: float

    @property
    def shown(self) -> bool:
        """Whether zero lies outside of the interval."""
        return self.low > 0 or self.high < 0


def wilson(arm: Arm) -> tuple[float, float]:
    """The interval of one share.

    >>> low, high = wilson(Arm(81, 263))
    >>> round(low, 4), round(high, 4)
    (0.2553, 0.3662)
    """
    centre = arm.rate + Z * Z / (2 * arm.n)
    spread = Z * sqrt(arm.rate * (1 - arm.rate) / arm.n + Z * Z / (4 * arm.n * arm.n))
    scale = 1 + Z * Z / arm.n
    return (centre - spread) / scale, (centre + spread) / scale


def lift(treated: Arm, held: Arm) -> Lift | None:
    """The difference; None where an arm is too small to say anything.

    >>> found = lift(Arm(56, 70), Arm(48, 80))
    >>> round(found.estimate, 4), round(found.low, 4), round(found.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    if treated.n < FEWEST or held.n < FEWEST:
        return None
    (low_t, high_t), (low_h, high_h) = wilson(treated), wilson(held)
    estimate = treated.rate - held.rate
    low = estimate - sqrt((treated.rate - low_t) ** 2 + (high_h - held.rate) ** 2)
    high = estimate + sqrt((high_t - treated.rate) ** 2 + (held.rate - low_h) ** 2)
    return Lift(estimate, low, high)

"""What answers come to, how far chance may have moved it, and the formula that the page prints. Pure.

Margins are those of a 95 % confidence interval by the normal approximation, ± in the unit of the score. Below
``FEW`` answers the approximation is not worth much: the page says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Z = 1.96
FEW = 30
NPS, CSAT, CES = "nps", "csat", "ces"

FORMULAS: dict[str, str | Promise] = {
    NPS: _(
        "NPS = % of 9 and 10 - % of 0 to 6, from -100 to 100. Margin = 1.96 x √((p + d - (p - d)²) / n) x 100, with p "
        "and d the shares of 9 and 10 and of 0 to 6."
    ),
    CSAT: _("CSAT = share of 4 and 5 on the scale from 1 to 5, in %. Margin = 1.96 x √(s x (1 - s) / n) x 100."),
    CES: _("CES = mean of the answers from 1 to 7. Margin = 1.96 x standard deviation (n - 1) / √n."),
}
SCALES = {NPS: range(11), CSAT: range(1, 6), CES: range(1, 8)}
GOOD = {NPS: range(9, 11), CSAT: range(4, 6), CES: range(5, 8)}
BAD = {NPS: range(7), CSAT: range(1, 3), CES: range(1, 4)}


@dataclass(frozen=True)
class Score:
    """``value`` and ``margin`` are None where nothing can be said: no answer, or too few or too equal for a margin."""

    kind: str
    n: int
    value: float | None
    margin: float | None
    good: int
    bad: int

    @property
    def few(self) -> bool:
        return self.n < FEW

    @property
    def good_share(self) -> float | None:
        """In per cent: promoters, the satisfied, those who found it easy."""
        return 100 * self.good / self.n if self.n else None

    @property
    def bad_share(self) -> float | None:
        return 100 * self.bad / self.n if self.n else None


def score(kind: str, counts: Mapping[int, int]) -> Score:
    """What so many answers of each value come to.

    >>> score("nps", {10: 5, 8: 3, 2: 2}).value
    30.0
    """
    n = sum(counts.values())
    good = sum(many for value, many in counts.items() if value in GOOD[kind])
    bad = sum(many for value, many in counts.items() if value in BAD[kind])
    if not n:
        return Score(kind, 0, None, None, 0, 0)
    if kind == CES:
        mean = sum(value * many for value, many in counts.items()) / n
        variance = sum(many * (value - mean) ** 2 for value, many in counts.items()) / (n - 1) if n > 1 else 0.0
        return Score(kind, n, mean, _margin(variance, n), good, bad)
    p, d = good / n, (bad / n if kind == NPS else 0.0)
    variance = p + d - (p - d) ** 2
    margin = _margin(variance, n)
    return Score(kind, n, 100 * (good - (bad if kind == NPS else 0)) / n, margin and 100 * margin, good, bad)


def _margin(variance: float, n: int) -> float | None:
    """None where all answered alike: that says nothing of how sure it is."""
    return Z * sqrt(variance / n) if n > 1 and variance > 1e-12 else None

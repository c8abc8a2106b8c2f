"""What came of an experiment: by customer, with everybody who came in, whatever they were shown in the end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from communications.lift import Arm
from insights.metrics.experiments import (
    FEWEST,
    LOOKS,
    Difference,
    Sums,
    bound,
    compare_rates,
    compare_sums,
    holm,
    split_is_sound,
)
from insights.models import Experiment, Variant
from insights.queries.asked import fetch

NORMAL = 1.959964
# Only those whose days are over are counted: so that both arms have had the same time. Who bought in any currency has
# bought; what was spent is of the business's, since amounts of several make no sum.
RESULTS = """
SELECT v.id, count(a.id), count(a.id) FILTER (WHERE over), count(a.id) FILTER (WHERE over AND orders > 0),
    coalesce(sum(spent) FILTER (WHERE over), 0)::bigint, coalesce(sum(spent * spent) FILTER (WHERE over), 0)::float
FROM insights_variant v
LEFT JOIN (
    SELECT a.id, a.variant_id, a.at + %(days)s <= %(at)s AS over, bought.orders, coalesce(bought.spent, 0) AS spent
    FROM insights_assignment a LEFT JOIN LATERAL (
        SELECT count(*) AS orders,
            sum(p.goods - p.returned) FILTER (WHERE p.currency = %(currency)s)::numeric AS spent
        FROM customers_purchase p
        WHERE p.customer_id = a.customer_id AND p.status = 'standing' AND p.at >= a.at AND p.at < a.at + %(days)s
    ) bought ON true WHERE a.experiment_id = %(experiment)s
) a ON a.variant_id = v.id
WHERE v.experiment_id = %(experiment)s GROUP BY v.id, v.position ORDER BY v.position
"""


@dataclass(frozen=True)
class ArmResult:
    """``assigned`` came in; of ``n`` the days are over; ``total`` of them bought, or what they spent."""

    variant: Variant
    assigned: int
    n: int
    buyers: int
    spent: int
    squares: float
    total: int

    @property
    def mean(self) -> float | None:
        return self.total / self.n if self.n else None


@dataclass(frozen=True)
class Comparison:
    """An arm beside the first one; ``p`` is made stricter where there are several (Holm)."""

    arm: ArmResult
    difference: Difference
    p: float


@dataclass(frozen=True)
class Results:
    experiment: Experiment
    arms: list[ArmResult]
    sound: bool
    comparisons: list[Comparison]
    seen: list[str]

    @property
    def smallest(self) -> int:
        return min((one.n for one in self.arms), default=0)

    @property
    def least(self) -> int:
        """So many in each arm, with their days over, before anything is shown of an experiment that has ended."""
        return min(self.experiment.planned, FEWEST)

    @property
    def too_small(self) -> bool:
        """Whether it has ended with too few for that, however long one waits."""
        return self.over and min((one.assigned for one in self.arms), default=0) < self.least

    @property
    def over(self) -> bool:
        return self.experiment.ended_at is not None

    @property
    def complete(self) -> bool:
        """It has ended, with as many as planned in each arm."""
        return self.over and self.smallest >= self.experiment.planned

    @property
    def due_look(self) -> int | None:
        """Which of the looks it is time for: the last at the end, one at each fifth where that was planned."""
        if self.over:
            return LOOKS if self.smallest >= self.least else None
        if not self.experiment.looks:
            return None
        number = min(LOOKS - 1, self.smallest * LOOKS // self.experiment.planned)
        return number if number >= 1 and self.smallest >= FEWEST else None

    @property
    def open(self) -> bool:
        """Whether anybody may see more than how many came in."""
        return self.due_look is not None

    @property
    def best(self) -> Comparison | None:
        return min(self.comparisons, key=lambda one: one.p, default=None)

    @property
    def verdict(self) -> str:
        """``assignment_broken``, ``too_early``, ``no_difference_shown``, ``better:<arm>`` or ``first_better``."""
        if not self.sound:
            return "assignment_broken"
        if decided := [one for one in self.seen if one.startswith(("better:", "first_better"))]:
            return decided[0]  # a look that crossed its bound stays true, whatever chance does later
        look, best = self.due_look, self.best
        if look is None or best is None or (look == LOOKS and not self.complete):
            return "too_early"
        limit = bound(look) if self.experiment.looks else NORMAL
        shown = [one for one in self.comparisons if abs(one.difference.z) >= limit and one.p < 0.05]
        if not shown:
            return "no_difference_shown" if look == LOOKS else "too_early"
        winner = max(shown, key=lambda one: one.difference.estimate)
        return f"better:{winner.arm.variant.code}" if winner.difference.estimate > 0 else "first_better"


def results(experiment: Experiment, at: datetime) -> Results:
    """Two statements, however many came in."""
    variants = {one.pk: one for one in experiment.variants.all()}
    values = {
        "experiment": experiment.pk, "at": at, "days": timedelta(days=experiment.days),
        "currency": settings.BUSINESS_CURRENCY,
    }  # fmt: skip
    arms = []
    for pk, assigned, n, buyers, spent, squares in fetch(RESULTS, values):
        total = buyers if experiment.measure == Experiment.Measure.BOUGHT else spent
        arms.append(ArmResult(variants[pk], assigned, n, buyers, spent, squares, total))
    seen = list(experiment.looked.order_by("number").values_list("verdict", flat=True))
    whole = sum(one.assigned for one in arms)
    sound = all(split_is_sound(one.assigned, whole - one.assigned, share=one.variant.percent / 100) for one in arms)
    return Results(experiment, arms, sound, _compared(experiment, arms), seen)


def _compared(experiment: Experiment, arms: list[ArmResult]) -> list[Comparison]:
    first, *others = arms
    found = []
    for one in others:
        if first.n < 2 or one.n < 2:
            continue
        if experiment.measure == Experiment.Measure.BOUGHT:
            difference = compare_rates(Arm(first.buyers, first.n), Arm(one.buyers, one.n))
        else:
            difference = compare_sums(Sums(first.n, first.spent, first.squares), Sums(one.n, one.spent, one.squares))
        found.append((one, difference))
    stricter = holm([difference.p for _, difference in found])
    return [Comparison(one, difference, p) for (one, difference), p in zip(found, stricter, strict=True)]

"""What A/B tests of plans show, and when it may be seen: at the end that was fixed before, or at one of five looks."""

from dataclasses import dataclass
from datetime import datetime

from communications import timing
from communications.lift import Arm
from communications.models import Experiment
from communications.queries import experiments
from communications.queries.experiments import Drawn
from insights.metrics.experiments import LOOKS, Difference, compare_rates, split_is_sound, verdict

HIDDEN = "hidden"
BROKEN = "assignment_broken"


@dataclass(frozen=True)
class Compared:
    """A variant beside the first one. Until the verdict may be seen it is ``hidden`` and there is no difference.

    ``assignment_broken`` is shown at once: the split cannot come from the draw, so nothing else of the test counts.
    """

    variant: Drawn
    verdict: str
    difference: Difference | None = None


def compared(experiment: Experiment, *, at: datetime) -> list[Compared]:
    """Each variant beside the first, by customers who were reached."""
    first, *others = experiments.variants(experiment)
    return [_compared(experiment, first, other, at) for other in others]


def look_of(experiment: Experiment, smallest: int, at: datetime) -> int | None:
    """Which of five looks is due by the customers reached; 0 where none is yet, None at the end."""
    if timing.business_date(at) >= experiment.ends_on:
        return None
    return LOOKS * smallest // experiment.per_variant if experiment.looks == LOOKS else 0


def _compared(experiment: Experiment, first: Drawn, other: Drawn, at: datetime) -> Compared:
    share = first.share / (first.share + other.share)
    if not split_is_sound(first.drawn, other.drawn, share=share):
        return Compared(other, BROKEN)
    look = look_of(experiment, min(first.reached, other.reached), at)
    if look == 0:
        return Compared(other, HIDDEN)
    arms = Arm(first.won, first.reached), Arm(other.won, other.reached)
    planned, seen = experiment.per_variant, None if look is None else min(look, LOOKS)
    said = verdict(*arms, share=share, planned=planned, look=seen)
    shown = compare_rates(*arms) if all(arm.n for arm in arms) else None
    return Compared(other, said, shown)

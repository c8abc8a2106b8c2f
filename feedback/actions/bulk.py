"""One step on many cases: each in a transaction of its own, so that one that refuses keeps no other back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from feedback.models import Case

MOST = 200


@dataclass(frozen=True)
class Outcome:
    """What became of a case: done, or why not."""

    case: Case
    refused: str = ""


def on_each(cases: Iterable[Case], step: Callable[[Case], object]) -> list[Outcome]:
    """Take the step on each, in the order of their numbers."""
    outcomes = []
    for case in sorted(cases, key=lambda one: one.pk):
        try:
            step(case)
        except ValidationError as refusal:
            outcomes.append(Outcome(case, " ".join(refusal.messages)))
        else:
            outcomes.append(Outcome(case))
    return outcomes

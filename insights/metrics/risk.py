"""How a list of customers at risk is banded, and how well the last one did. Pure; no database."""

from collections.abc import Iterable
from dataclasses import dataclass

BANDS = ("low", "medium", "high")
LEAST_BUYERS, LEAST_DAYS = 500, 180
NEWEST_DAYS = 30


@dataclass(frozen=True)
class Shop:
    """What is known of a shop before anybody in it is scored."""

    buyers: int
    days: int  # from the first order to the day
    days_since_order: int
    with_three: int  # customers with three orders or more


def refusal(shop: Shop, least_buyers: int = LEAST_BUYERS) -> str | None:
    """Why nobody can be scored yet, as a code; None where it makes sense."""
    if shop.buyers < least_buyers:
        return "too_few_buyers"
    if shop.days < LEAST_DAYS:
        return "history_too_short"
    if shop.days_since_order > NEWEST_DAYS:
        return "no_recent_order"
    return None if shop.with_three else "nobody_bought_three_times"


def band(silent: float) -> str:
    """Of the chance of no purchase in the horizon: thirds.

    >>> band(0.2), band(0.5), band(0.9)
    ('low', 'medium', 'high')
    """
    return BANDS[min(2, int(silent * 3))]


def auc(scored: Iterable[tuple[float, bool]]) -> float | None:
    """The chance that one to whom it happened had the higher score than one to whom it did not; ties count half.

    None where all or none are of one kind.

    >>> auc([(0.9, True), (0.8, False), (0.7, True), (0.1, False)])
    0.75
    """
    return auc_of((score, happened, 1) for score, happened in scored)


def auc_of(counted: Iterable[tuple[float, bool, int]]) -> float | None:
    """The same of scores that are counted: score, whether it happened, and to how many.

    >>> auc_of([(0.9, True, 1), (0.5, True, 1), (0.5, False, 2)])
    0.75
    """
    by_score: dict[float, list[int]] = {}
    for score, happened, count in counted:
        by_score.setdefault(score, [0, 0])[happened] += count
    yes, no = sum(pair[1] for pair in by_score.values()), sum(pair[0] for pair in by_score.values())
    if not yes or not no:
        return None
    below = total = 0.0
    for score in sorted(by_score):
        without, with_it = by_score[score]
        total += with_it * (below + without / 2)
        below += without
    return total / (yes * no)

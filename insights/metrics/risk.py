"""How a list of customers at risk is banded, and how well the last one did. Pure; no database."""

from collections.abc import Iterable
from dataclasses import dataclass

BANDS = ("low", "medium", "high")
LEAST_BUYERS = 500
LEAST_DAYS = 180
NEWEST_DAYS = 30


@dataclass(frozen=True)
class Shop:
    """What is known of a shop before anybody in it is scored."""

    buyers: int
    days: int  # from the first order to the last
    days_since_order: int
    with_three: int  # customers with three orders or more


def refusal(shop: Shop) -> str | None:
    """Why nobody can be scored yet, as a code; None where it makes sense."""
    if shop.buyers < LEAST_BUYERS:
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
    ranked = sorted(scored)
    yes = sum(happened for _, happened in ranked)
    no = len(ranked) - yes
    if not yes or not no:
        return None
    total, i = 0.0, 0
    while i < len(ranked):
        j = i
        while j < len(ranked) and ranked[j][0] == ranked[i][0]:
            j += 1
        total += sum(happened for _, happened in ranked[i:j]) * (i + j + 1) / 2  # the mean rank of those that tie
        i = j
    return (total - yes * (yes + 1) / 2) / (yes * no)

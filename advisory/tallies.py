"""Counting ballots: the same ballots give the same result, and a tie is told as a tie. Pure; no database.

Ranked ballots name options from the best on; what a ballot leaves out ranks below all that it names, and equal to the
others left out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import ceil
from statistics import median_low

MOSCOW = ("must", "should", "could", "wont")
FEWEST_SHOWN = 5  # secret ballots, below which only the winner is shown


@dataclass(frozen=True)
class Shares:
    """Yes among those who said yes or no; among these and abstentions; the present; all who were entitled."""

    yes_no: float | None
    yes_no_abstain: float | None
    present: float | None
    entitled: float | None


def shares(yes: int, no: int, abstain: int, *, present: int, entitled: int) -> Shares:
    """The share of yes on each base that a charter may name.

    >>> found = shares(5, 2, 2, present=10, entitled=12)
    >>> [round(share * 100, 2) for share in (found.yes_no, found.yes_no_abstain, found.present, found.entitled)]
    [71.43, 55.56, 50.0, 41.67]
    """

    def of(base: int) -> float | None:
        return yes / base if base else None

    return Shares(of(yes + no), of(yes + no + abstain), of(present), of(entitled))


def quorum(rule: str, *, seats: int, filled: int) -> int:
    """How many members must be there: ``half`` or ``majority`` of the filled seats, or of ``all_`` seats.

    >>> [quorum(rule, seats=12, filled=10) for rule in ("half", "majority", "all_half", "all_majority")]
    [5, 6, 6, 7]
    """
    base = seats if rule.startswith("all_") else filled
    wanted = rule.removeprefix("all_")
    if wanted not in ("half", "majority"):
        raise ValueError(f"There is no such rule: {rule!r}.")
    return ceil(base / 2) if wanted == "half" else base // 2 + 1


def first(scores: Mapping[str, float]) -> list[str]:
    """Who has the most; several where they tie."""
    most = max(scores.values(), default=None)
    return sorted(option for option, score in scores.items() if score == most)


def approval(ballots: Iterable[Iterable[str]], options: Sequence[str]) -> dict[str, int]:
    """How many approve of each option; more than once on a ballot counts once."""
    counted = Counter(option for ballot in ballots for option in set(ballot))
    return {option: counted[option] for option in options}


def scored(ballots: Iterable[Mapping[str, float]], options: Sequence[str]) -> dict[str, float]:
    """Points or dots for each option, added up."""
    total = dict.fromkeys(options, 0.0)
    for ballot in ballots:
        for option, points in ballot.items():
            total[option] += points
    return total


def moscow(ballots: Iterable[Mapping[str, str]], options: Sequence[str]) -> dict[str, str | None]:
    """Of each option the middle category; of two in the middle the stronger one."""
    places: dict[str, list[int]] = {option: [] for option in options}
    for ballot in ballots:
        for option, category in ballot.items():
            places[option].append(MOSCOW.index(category))
    return {option: MOSCOW[median_low(found)] if found else None for option, found in places.items()}


def borda(ballots: Mapping[tuple[str, ...], int], options: Sequence[str]) -> dict[str, float]:
    """Points by rank: of n options n-1 for the first, none for the last; those left out share what is left."""
    total = dict.fromkeys(options, 0.0)
    for ranking, count in ballots.items():
        left = [option for option in options if option not in ranking]
        for place, option in enumerate(ranking):
            total[option] += count * (len(options) - 1 - place)
        for option in left:
            total[option] += count * (len(left) - 1) / 2
    return total


@dataclass(frozen=True)
class Runoff:
    """``rounds`` are the first preferences of each round; several ``winners`` are a tie."""

    winners: list[str]
    rounds: list[dict[str, int]]


def runoff(ballots: Mapping[tuple[str, ...], int], options: Sequence[str]) -> Runoff:
    """Instant runoff. All who have the fewest leave together; where that would be all, they tie."""
    standing, rounds = list(options), []
    while True:
        counted = dict.fromkeys(standing, 0)
        for ranking, count in ballots.items():
            choice = next((option for option in ranking if option in counted), None)
            if choice is not None:
                counted[choice] += count
        rounds.append(counted)
        total, most = sum(counted.values()), max(counted.values(), default=0)
        fewest = min(counted.values(), default=0)
        if most * 2 > total or fewest == most:
            return Runoff(first(counted), rounds)
        standing = [option for option in standing if counted[option] > fewest]


def schulze(ballots: Mapping[tuple[str, ...], int], options: Sequence[str]) -> list[str]:
    """The winners by Schulze (2011), winning votes: nobody has a stronger path to them than they back."""
    beats = dict.fromkeys(permutations(options, 2), 0)
    for ranking, count in ballots.items():
        place = {option: ranking.index(option) if option in ranking else len(options) for option in options}
        for one, other in beats:
            beats[one, other] += count * (place[one] < place[other])
    path = {(one, other): votes if votes > beats[other, one] else 0 for (one, other), votes in beats.items()}
    for through in options:
        for one, other in beats:
            if through not in (one, other):
                path[one, other] = max(path[one, other], min(path[one, through], path[through, other]))
    return sorted(
        one for one in options if all(path[one, other] >= path[other, one] for other in options if other != one)
    )

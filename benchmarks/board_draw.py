"""The draw of a board: candidates of a frozen pool, sixteen seats, five features, quotas from the base.

    python -m benchmarks.board_draw [candidates] [rounds]

Pure: no database. The median of the draws, beside sorting the same candidates by their keys, which every draw by lot
has to do.
"""

import random
import statistics
import sys
import time

from advisory import selection
from benchmarks.ground import Bars

BAR = 1.0  # seconds, the median
SEATS = 16
FEATURES = {
    "tier": {"bronze": 48, "silver": 29, "gold": 16, "vip": 7},
    "region": {"north": 30, "south": 25, "east": 20, "west": 15, "abroad": 10},
    "spend": {"low": 30, "middle": 40, "high": 20, "top": 10},
    "tenure": {"new": 25, "settled": 45, "long": 30},
    "satisfaction": {"promoter": 35, "passive": 30, "detractor": 15, "unknown": 20},
}


def pool(count: int, dice: random.Random) -> list[selection.Candidate]:
    return [
        selection.Candidate(
            f"P-{number:06}",
            {name: dice.choices(list(values), list(values.values()))[0] for name, values in FEATURES.items()},
        )
        for number in range(count)
    ]


def main(count: int = 10_000, rounds: int = 20) -> None:
    candidates = pool(count, random.Random(7))
    quotas = {name: around(selection.apportion(shares, SEATS)) for name, shares in FEATURES.items()}
    took, sorting = [], []
    for number in range(rounds):
        began = time.process_time()
        assert len(drawn(candidates, quotas, f"seed-{number}").members) == SEATS
        took.append(time.process_time() - began)
        began = time.process_time()
        selection.order(f"seed-{number}", candidates)
        sorting.append(time.process_time() - began)
    bars = Bars(f"{count:,} candidates, {SEATS} seats, {len(FEATURES)} features, {rounds} draws")
    note = f"worst {max(took):.2f} s, sorting alone {statistics.median(sorting):.2f} s"
    bars.at_most("a draw, median in seconds of CPU", statistics.median(took), BAR, note)
    bars.end()


def around(seats: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Each value's share of the seats, one more or less."""
    return {value: (max(0, share - 1), share + 1) for value, share in seats.items()}


def drawn(candidates: list[selection.Candidate], quotas: selection.Quotas, seed: str) -> selection.Board:
    attempt = 1
    while True:
        try:
            return selection.draw(candidates, seats=SEATS, quotas=quotas, seed=seed, attempt=attempt)
        except selection.TooHard:
            attempt += 1


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:]))

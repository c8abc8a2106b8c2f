"""Eight workers on one programme's accounts, beside eight workers on eight programmes of their own.

    python -m benchmarks.ledger_hot [seconds]

A programme's accounts have no stored balance, so there is no row on which the eight could wait for each other.
"""

import statistics
import sys

from benchmarks.ground import Bars, ground
from benchmarks.ledger_ground import Worker, prepare, together

BAR = 0.8
ROUNDS = 5


def main(seconds: float) -> None:
    with ground():
        prepare()
        workers = [Worker() for _ in range(8)]
        hot, apart = [], []
        try:
            for _ in range(ROUNDS):
                hot.append(together(workers, "earn", seconds)["rate"])
                apart.append(together(workers, "earn_apart", seconds)["rate"])
        finally:
            for worker in workers:
                worker.stop()
        bars = Bars("One programme under eight workers")
        print(f"  one programme {statistics.median(hot):,.0f}/s, one each {statistics.median(apart):,.0f}/s")
        bars.at_least("one programme, share of one each", statistics.median(hot) / statistics.median(apart), BAR)
    bars.end()


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 2)

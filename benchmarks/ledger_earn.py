"""One earn through the public action, its fact on the timeline included, beside the least SQL an earn can be.

    python -m benchmarks.ledger_earn [seconds]

Sides: limit A (``ledger_ground``) driven by pgbench; ours, one at a time and 100 at a time; a naive ledger by the ORM;
django-hordak, which posts and reads the balance, where it is installed (``pip install -e .[bench]``). Each with 1 and
with 4 processes, all in turns.
"""

import statistics
import sys
from typing import Any

from benchmarks import hordak_peer
from benchmarks.ground import Bars, ground, pgbench
from benchmarks.ledger_ground import LIMIT_A, Worker, prepare, together

ROUNDS = 5


def main(seconds: float) -> None:
    with ground() as services:
        prepare()
        workers = [Worker() for _ in range(4)]
        peers = hordak_peer.workers(services, 4)
        bars = Bars("Earning (per second; CPU in microseconds of client + server)")
        try:
            if not peers:
                print("  django-hordak is not installed, so nothing is compared with it: pip install -e .[bench]")
                bars.below = True
            for many in (1, 4):
                _measure(services, workers[:many], peers[:many], seconds, bars)
        finally:
            for worker in workers + peers:
                worker.stop()
    bars.end()


def _measure(services: Any, workers: list[Worker], peers: list[Worker], seconds: float, bars: Bars) -> None:
    many = len(workers)
    seen: dict[str, list[dict[str, float]]] = {}
    for _ in range(ROUNDS):
        limit = pgbench(services, LIMIT_A, clients=many, seconds=max(1, round(seconds)), scale=1)
        seen.setdefault("limit", []).append(limit)
        for work in ("earn", "earn_100", "naive"):
            seen.setdefault(work, []).append(together(workers, work, seconds))
        if peers:
            seen.setdefault("hordak", []).append(together(peers, "post_and_read", seconds))
    middle = {
        side: {name: statistics.median(row[name] for row in rows) for name in rows[0]} for side, rows in seen.items()
    }
    for side, row in middle.items():
        print(f"  {many} x {side}: {row['rate']:,.0f}/s {row['client']:.0f} + {row['server']:.0f}")
    rate = {side: row["rate"] for side, row in middle.items()}
    cpu = {side: row["client"] + row["server"] for side, row in middle.items()}
    shares = ", ".join(f"{side} {cpu['limit'] / cpu[side]:.2f}" for side in ("earn", "earn_100"))
    print(f"  {many} processes: by CPU instead of the clock, shares of limit A: {shares}")
    bars.at_least(f"{many} processes: one earn, share of limit A", rate["earn"] / rate["limit"], 0.20)
    bars.at_least(f"{many} processes: one of a hundred, share of limit A", rate["earn_100"] / rate["limit"], 1.0)
    bars.at_least(f"{many} processes: times the naive ORM", rate["earn"] / rate["naive"], 6)
    if peers:
        bars.at_least(f"{many} processes: times django-hordak's post and read", rate["earn"] / rate["hordak"], 15)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 2)

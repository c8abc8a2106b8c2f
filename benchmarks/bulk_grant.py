"""A bulk grant to a segment of 100,000 customers and its undoing, beside the same grants in batches without a segment.

    python -m benchmarks.bulk_grant [customers]

Seconds by the clock, and of CPU of this process and its PostgreSQL backend; the ratio is of CPU.
"""

import os
import sys
import time
from pathlib import Path

from benchmarks.ground import Bars, customers, ground

AT_ONCE = 2000
BAR = 2  # of our own: each row of the list is written as well


def main(people: int = 100_000) -> None:
    with ground():
        from django.db import connection

        from customers.models import Customer, Segment
        from loyalty.actions import bulk_grants, points
        from loyalty.models import Kind

        customers(people)
        everybody = Segment.objects.create(name="Everybody", conditions={"groups": []})

        backend = Path(f"/proc/{connection.connection.info.backend_pid}/stat")

        def used():
            user, system = backend.read_text().rsplit(")", 1)[1].split()[11:13]
            return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

        def timed(work):
            began, cpu = time.perf_counter(), used()
            work()
            return time.perf_counter() - began, used() - cpu

        ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:people])

        def bare(name):
            from django.utils import timezone

            at = timezone.now()
            for start in range(0, len(ids), AT_ONCE):
                some = [
                    points.Points(pk, 10, at, natural_key=f"{name}:{pk}", reason="Benchmark")
                    for pk in ids[start : start + AT_ONCE]
                ]
                points.earn_many(some, kind=Kind.GRANT)

        bare("wallets")  # which are there before either is measured
        grant = bulk_grants.draft(everybody, 10, reason="Benchmark")
        writing = timed(lambda: bulk_grants.start(grant))
        granting = timed(lambda: bulk_grants.carry_on(grant))
        plain = timed(lambda: bare("plain"))
        bulk_grants.undo(grant, reason="Benchmark")
        undoing = timed(lambda: bulk_grants.carry_on(grant))
    for name, (wall, cpu) in (
        ("write down", writing),
        ("grant", granting),
        ("the ledger alone", plain),
        ("undo", undoing),
    ):
        print(f"  {name:18} {wall:8.1f} s  {people / wall:8.0f} a second  {cpu:6.1f} s CPU")
    bars = Bars(f"A bulk grant to {people:,}")
    bars.at_most("granting, in the same grants by the ledger alone", granting[1] / plain[1], BAR)
    bars.end()


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))

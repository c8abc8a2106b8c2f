"""A bulk grant to a segment of 100,000 customers and its undoing, beside the same grants in batches without a segment.

python -m benchmarks.bulk_grant [customers]
"""

import sys
import time

from benchmarks.ground import customers, ground

AT_ONCE = 2000


def main(people: int = 100_000) -> None:
    with ground():
        from customers.models import Customer, Segment
        from loyalty.actions import bulk_grants, points
        from loyalty.models import Kind

        customers(people)
        everybody = Segment.objects.create(name="Everybody", conditions={"groups": []})

        def timed(work):
            began, cpu = time.perf_counter(), time.process_time()
            work()
            return time.perf_counter() - began, time.process_time() - cpu

        grant = bulk_grants.draft(everybody, 10, reason="Benchmark")
        writing = timed(lambda: bulk_grants.start(grant))
        granting = timed(lambda: bulk_grants.carry_on(grant))
        ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:people])

        def bare():
            from django.utils import timezone

            at = timezone.now()
            for start in range(0, len(ids), AT_ONCE):
                some = [
                    points.Points(pk, 10, at, natural_key=f"bare:{pk}", reason="Benchmark")
                    for pk in ids[start : start + AT_ONCE]
                ]
                points.earn_many(some, kind=Kind.GRANT)

        plain = timed(bare)
        bulk_grants.undo(grant, reason="Benchmark")
        undoing = timed(lambda: bulk_grants.carry_on(grant))
    for name, (wall, cpu) in (
        ("write down", writing),
        ("grant", granting),
        ("the ledger alone", plain),
        ("undo", undoing),
    ):
        print(f"{name:18} {wall:8.1f} s  {people / wall:8.0f} a second  {cpu:6.1f} s CPU here")
    print(f"grant / ledger alone: {granting[0] / plain[0]:.2f}")


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))

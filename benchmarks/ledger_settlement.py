"""The nightly job over a million lots, beside a plain UPDATE + INSERT of as many rows.

    python -m benchmarks.ledger_settlement [lots]

First every lot becomes available, then every lot expires; the plain side does the like to a bare copy of the lots.
"""

import sys
import time
from datetime import timedelta
from itertools import pairwise

from benchmarks.ground import Bars, cpu, customers, ground
from benchmarks.ledger_ground import analyse

BAR = 0.25
BATCH = 10_000

PLAIN = """
CREATE TABLE plain_lot (LIKE loyalty_lot INCLUDING ALL);
CREATE TABLE plain_movement (LIKE loyalty_transfer INCLUDING ALL);
CREATE TABLE plain_transaction (LIKE loyalty_transaction INCLUDING INDEXES);
INSERT INTO plain_lot SELECT * FROM loyalty_lot;
"""
DO = """
WITH done AS (UPDATE plain_lot SET {change} WHERE {due} RETURNING id, granted)
INSERT INTO plain_movement (transaction_id, number, source, target, points, lot_id)
SELECT id, {number}, '{source}', '{target}', granted, id FROM done
"""


def main(many: int) -> None:
    with ground():
        from django.db import connection
        from django.utils import timezone

        from loyalty.actions import points, settlement

        at = timezone.now()
        opens, ends = at + timedelta(days=14), at + timedelta(days=400)
        people = customers(many // 2)
        for start in range(0, many, BATCH):
            wishes = [people[n // 2] for n in range(start, min(start + BATCH, many))]
            points.earn_many([points.Points(pk, 10, at, activates_at=opens, expires_at=ends) for pk in wishes])
        with connection.cursor() as cursor:
            cursor.execute(PLAIN)
        analyse()
        bars = Bars(f"{many:,} lots")
        for name, moment, plain in (
            ("activation", opens, DO.format(
                change="pending = 0, available = granted", due="pending > 0", number=1, source="pending",
                target="available")),
            ("expiry", ends, DO.format(
                change="available = 0", due="available > 0", number=2, source="available", target="expired")),
        ):  # fmt: skip
            marks = [(time.perf_counter(), cpu())]
            with connection.cursor() as cursor:
                cursor.execute(plain)
            marks.append((time.perf_counter(), cpu()))
            settlement.settle_due(at=moment)
            marks.append((time.perf_counter(), cpu()))
            (bare, bare_cpu), (ours, ours_cpu) = (
                [later - earlier for earlier, later in zip(*pair, strict=True)] for pair in pairwise(marks)
            )
            print(f"  {name}: ours {many / ours:,.0f}/s, plain {many / bare:,.0f}/s")
            note = (
                f"by CPU {bare_cpu / ours_cpu:.2f} ({1e6 * ours_cpu / many:.1f} beside {1e6 * bare_cpu / many:.1f} µs)"
            )
            bars.at_least(f"{name}, share of the plain update and insert", bare / ours, BAR, note)
            analyse()
        assert settlement.settle_due(at=ends) == 0
    bars.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

"""A million earns in batches, beside INSERT..SELECT of as many movements with keys, indexes and balances.

    python -m benchmarks.ledger_batch [earns]

Both sides take the same batches in turns. Memory must be flat: it is looked at after a fifth and at the end.
"""

import random
import resource
import sys
import time

from benchmarks.ground import Bars, customers, ground
from benchmarks.ledger_ground import MINIMAL

BAR = 0.35
BATCH = 10_000
PEOPLE = 50_000

LIMIT_B = """
WITH w AS (
    UPDATE minimal_wallet w SET balance = balance + asked.points, sequence = sequence + asked.many
    FROM (
        SELECT 1 + (n * 7919) %% %(people)s AS id, sum(10) AS points, count(*) AS many
        FROM generate_series(%(start)s, %(end)s) n GROUP BY 1
    ) asked WHERE w.id = asked.id RETURNING w.id, w.balance, w.sequence
) INSERT INTO minimal_movement (wallet_id, sequence, source, target, points, balance_after, key)
SELECT w.id, w.sequence, 'issued', 'available', 10, w.balance, 'order:' || n
FROM generate_series(%(start)s, %(end)s) n JOIN w ON w.id = 1 + (n * 7919) %% %(people)s ORDER BY w.id
"""


def main(many: int) -> None:
    with ground():
        from django.db import connection
        from django.utils import timezone

        from loyalty.actions import points

        with connection.cursor() as cursor:
            cursor.execute(MINIMAL)
            cursor.execute("INSERT INTO minimal_wallet SELECT n, 0, 0 FROM generate_series(2001, %s) n", [PEOPLE])
        people = customers(PEOPLE)
        at = timezone.now()
        ours = limit = 0.0
        early = 0
        for start in range(0, many, BATCH):
            begun = time.perf_counter()
            points.earn_many(
                [points.Points(random.choice(people), 10, at, key=f"order:{n}") for n in range(start, start + BATCH)]
            )
            half = time.perf_counter()
            with connection.cursor() as cursor:
                cursor.execute(LIMIT_B, {"people": PEOPLE, "start": start, "end": start + BATCH - 1})
            limit += time.perf_counter() - half
            ours += half - begun
            if start >= many // 5 and not early:
                early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / early
        bars = Bars(f"{many:,} earns in batches of {BATCH:,}")
        print(f"  ours {many / ours:,.0f}/s, limit B {many / limit:,.0f}/s")
        bars.at_least("share of limit B", limit / ours, BAR)
        bars.at_most("memory at the end, times that after a fifth", grown, 1.2)
    bars.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

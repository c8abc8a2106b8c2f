"""A million earns in batches, beside INSERT..SELECT of as many movements with keys, indexes and balances.

    python -m benchmarks.ledger_batch [earns]

Both sides take as many in turns. Memory must be flat: it is looked at after a fifth and at the end.
"""

import random
import resource
import sys
import time

from benchmarks.ground import Bars, cpu, customers, ground

BAR = 0.35
BATCH = 10_000
PEOPLE = 50_000

# Limit B: INSERT..SELECT of the movements with running balances, their keys and the two indexes that say "once".
TABLES = """
CREATE TABLE bulk_wallet (id bigint PRIMARY KEY, balance bigint NOT NULL, sequence bigint NOT NULL)
    WITH (fillfactor = 70);
CREATE TABLE bulk_movement (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, wallet_id bigint NOT NULL, sequence bigint NOT NULL,
    source text NOT NULL, target text NOT NULL, points bigint NOT NULL, balance_after bigint NOT NULL,
    key text NOT NULL UNIQUE, at timestamptz NOT NULL DEFAULT now(), UNIQUE (wallet_id, sequence)
);
CREATE TABLE bare_movement (LIKE bulk_movement);
"""
LIMIT_B = """
WITH asked AS MATERIALIZED (
    SELECT 1 + (n * 7919) %% %(people)s AS id, n, row_number() OVER (
        PARTITION BY 1 + (n * 7919) %% %(people)s ORDER BY n) AS place
    FROM generate_series(%(start)s::bigint, %(end)s) n
), w AS (
    UPDATE bulk_wallet w SET balance = balance + 10 * many, sequence = sequence + many
    FROM (SELECT id, count(*) AS many FROM asked GROUP BY id) a WHERE w.id = a.id
    RETURNING w.id, w.balance - 10 * many AS balance, w.sequence - many AS sequence
) INSERT INTO bulk_movement (wallet_id, sequence, source, target, points, balance_after, key)
SELECT w.id, w.sequence + place, 'issued', 'available', 10, w.balance + 10 * place, 'order:' || n
FROM asked JOIN w USING (id) ORDER BY w.id
"""


def main(many: int) -> None:
    with ground():
        from django.db import connection
        from django.utils import timezone

        from loyalty.actions import points

        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            cursor.execute("INSERT INTO bulk_wallet SELECT n, 0, 0 FROM generate_series(1, %s) n", [PEOPLE])
        people = customers(PEOPLE)
        at = timezone.now()
        ours = limit = ours_cpu = limit_cpu = 0.0
        early = 0
        for start in range(0, many, BATCH):
            begun, used = time.perf_counter(), cpu()
            points.earn_many(
                [points.Points(random.choice(people), 10, at, key=f"order:{n}") for n in range(start, start + BATCH)]
            )
            half, used_half = time.perf_counter(), cpu()
            with connection.cursor() as cursor:
                cursor.execute(LIMIT_B, {"people": PEOPLE, "start": start, "end": start + BATCH - 1})
            limit += time.perf_counter() - half
            limit_cpu += cpu() - used_half
            ours += half - begun
            ours_cpu += used_half - used
            if start >= many // 5 and not early:
                early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / early
        bars = Bars(f"{many:,} earns in batches of {BATCH:,}")
        print(f"  ours {many / ours:,.0f}/s, limit B {many / limit:,.0f}/s, COPY into a bare table {copied():,.0f}/s")
        note = (
            f"by CPU {limit_cpu / ours_cpu:.2f} ({1e6 * ours_cpu / many:.1f} beside {1e6 * limit_cpu / many:.1f} µs)"
        )
        bars.at_least("share of limit B", limit / ours, BAR, note)
        bars.at_most("memory at the end, times that after a fifth", grown, 1.2)
    bars.end()


def copied() -> float:
    """Rows a second of as many bytes into a table without keys and indexes, to see how far off limit B itself is."""
    from django.db import connection

    with connection.cursor() as cursor:
        with cursor.copy("COPY (SELECT * FROM bulk_movement LIMIT 100000) TO STDOUT") as copy:
            written = b"".join(bytes(part) for part in copy)
        begun = time.perf_counter()
        with cursor.copy("COPY bare_movement FROM STDIN") as copy:
            copy.write(written)
        return written.count(b"\n") / (time.perf_counter() - begun)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

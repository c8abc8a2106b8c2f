"""Every member's tier judged anew, beside one aggregate query over the same movements.

    python -m benchmarks.retiering [members]

Ratios are of CPU, of this process and of its PostgreSQL backend, with neither side helped by parallel workers; wall
times are shown beside them. Ten movements a member. First nobody has a tier, so everybody is written; then a
hundredth of them moves, as on an ordinary day; then nobody does.
"""

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.ground import Bars, customers, ground
from benchmarks.ledger_ground import analyse

BAR = 1.5
MOVEMENTS = 10
ROUNDS = 3
NOW = datetime(2026, 11, 1, tzinfo=UTC)

WALLETS = """
INSERT INTO loyalty_wallet (programme_id, customer_id, sequence) SELECT %s, id, %s FROM unnest(%s::bigint[]) AS c (id)
"""
# Two years of movements, the second of them within the window; one in twenty takes half of an earning back.
TRANSACTIONS = """
INSERT INTO loyalty_transaction (
    wallet_id, sequence, kind, reverses_id, effective_at, posted_at, transfer_count, pending_after, available_after,
    held_after, debt_after
)
SELECT id, n, 'earn', NULL,
    %(now)s - make_interval(secs => 63072000 * ((id * 7919 + n * 104729) %% 1000003) / 1000003.0), now(), 1, 0, 0, 0, 0
FROM loyalty_wallet, generate_series(1, %(each)s) n ORDER BY random()
"""
CLAW_BACKS = """
INSERT INTO loyalty_transaction (
    wallet_id, sequence, kind, reverses_id, effective_at, posted_at, transfer_count, pending_after, available_after,
    held_after, debt_after
)
SELECT wallet_id, sequence + 1000, 'claw_back', id, effective_at + interval '1 day', now(), 1, 0, 0, 0, 0
FROM loyalty_transaction WHERE id % 20 = 0
"""
TRANSFERS = """
INSERT INTO loyalty_transfer (transaction_id, number, source, target, points)
SELECT id, 1, CASE kind WHEN 'earn' THEN 'issued' ELSE 'available' END,
    CASE kind WHEN 'earn' THEN 'available' ELSE 'clawed_back' END,
    CASE kind WHEN 'earn' THEN 100 + id % 700 ELSE 50 END
FROM loyalty_transaction ORDER BY id
"""
LOTS = """
INSERT INTO loyalty_lot (wallet_id, origin_id, granted, earned_at, pending, available, held)
SELECT x.wallet_id, x.id, t.points, x.effective_at, 0, t.points, 0
FROM loyalty_transaction x JOIN loyalty_transfer t ON t.transaction_id = x.id AND t.number = 1
WHERE x.kind = 'earn' ORDER BY x.id
"""
ONE_AGGREGATE = """
SELECT count(*), sum(points) FROM (
    SELECT x.wallet_id, sum(t.points) AS points FROM loyalty_transaction x
    JOIN loyalty_transfer t ON t.transaction_id = x.id AND t.number = 1
    WHERE x.kind = 'earn' AND x.effective_at > %(after)s AND x.effective_at <= %(now)s
    GROUP BY x.wallet_id
) sums
"""
MOVE_SOME = """
UPDATE loyalty_standing SET tier = 'platinum', earned = 'platinum' WHERE customer_id % 100 = 0
"""


def fill(cursor: Any, programme: int, members: int) -> None:
    cursor.execute(
        "SET session_replication_role = replica"
    )  # the triggers that look at each transfer would take hours
    cursor.execute(WALLETS, [programme, MOVEMENTS, customers(members)])
    cursor.execute(TRANSACTIONS, {"now": NOW, "each": MOVEMENTS})
    cursor.execute(CLAW_BACKS)
    cursor.execute(TRANSFERS)
    cursor.execute(LOTS)
    cursor.execute("SET session_replication_role = DEFAULT")


def cost(work: Any, backend: Path) -> tuple[float, float]:
    """Seconds of CPU, and of the clock."""

    def used() -> float:
        user, system = backend.read_text().rsplit(")", 1)[1].split()[11:13]
        return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    begun, before = time.perf_counter(), used()
    work()
    return used() - before, time.perf_counter() - begun


def main(members: int) -> None:
    with ground():
        from django.db import connection

        from loyalty.actions import programmes, standings, tiers
        from loyalty.actions.tiers import Step
        from loyalty.models import Standing

        metals = [Step("bronze", "Bronze", 0), Step("silver", "Silver", 1500), Step("gold", "Gold", 3000)]
        steps = [*metals, Step("platinum", "Platinum", 10**6)]
        long_ago = NOW - timedelta(days=1000)
        tiers.apply(tiers.draft(programmes.main(), steps=steps), at=long_ago, starts_at=long_ago)
        programme = programmes.main(fresh=True)
        with connection.cursor() as cursor:
            fill(cursor, programme.pk, members)
            analyse()
            cursor.execute("SET max_parallel_workers_per_gather = 0")
            backend = Path(f"/proc/{connection.connection.info.backend_pid}/stat")

            def aggregate() -> None:
                cursor.execute(ONE_AGGREGATE, {"now": NOW, "after": NOW - timedelta(days=365)})
                cursor.fetchall()

            bars = Bars(f"{members:,} members, {members * MOVEMENTS:,} movements")
            aggregate()
            plain = min(cost(aggregate, backend) for _ in range(ROUNDS))
            print(f"  one aggregate: {plain[0]:.2f} s CPU, {plain[1]:.2f} s")
            first = cost(lambda: standings.settle_all(programme, at=NOW), backend)
            analyse()
            some, none = [], []
            for _ in range(ROUNDS):
                cursor.execute(MOVE_SOME)
                some.append(cost(lambda: standings.settle_all(programme, at=NOW), backend))
                none.append(cost(lambda: standings.settle_all(programme, at=NOW), backend))
        assert Standing.objects.count() == members
        assert not Standing.objects.filter(tier="platinum").exists()
        for what, seen in (("one in a hundred moves", min(some)), ("nobody moves", min(none))):
            note = f"{seen[0]:.2f} s CPU; {seen[1]:.2f} s, {seen[1] / plain[1]:.2f} by the clock"
            bars.at_most(f"a night on which {what}, in aggregates", seen[0] / plain[0], BAR, note)
        print(
            f"        the first night, everybody written: {first[0]:.2f} s CPU, {first[0] / plain[0]:.1f} aggregates"
        )
    bars.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

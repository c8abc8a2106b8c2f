"""Every member's tier judged anew, beside one aggregate query over the same movements.

    python -m benchmarks.retiering [members]

Ten movements a member. First nobody has a tier, so everybody is written; then a hundredth of them moves, as on an
ordinary day; then nobody does.
"""

import sys
import time
from datetime import UTC, datetime, timedelta
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
    cursor.execute("SET session_replication_role = DEFAULT")


def seconds(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


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

            def aggregate() -> None:
                cursor.execute(ONE_AGGREGATE, {"now": NOW, "after": NOW - timedelta(days=365)})
                cursor.fetchall()

            bars = Bars(f"{members:,} members, {members * MOVEMENTS:,} movements")
            aggregate()
            plain = min(seconds(aggregate) for _ in range(ROUNDS))
            print(f"  one aggregate: {plain:.2f} s")
            first = seconds(lambda: standings.settle_all(programme, at=NOW))
            analyse()
            some, none = [], []
            for _ in range(ROUNDS):
                cursor.execute(MOVE_SOME)
                some.append(seconds(lambda: standings.settle_all(programme, at=NOW)))
                none.append(seconds(lambda: standings.settle_all(programme, at=NOW)))
        assert Standing.objects.count() == members
        assert not Standing.objects.filter(tier="platinum").exists()
        bars.at_most(
            "a night on which one in a hundred moves, in aggregates", min(some) / plain, BAR, f"{min(some):.2f} s"
        )
        bars.at_most("a night on which nobody moves, in aggregates", min(none) / plain, BAR, f"{min(none):.2f} s")
        print(f"        the first night, everybody written: {first:.2f} s, {first / plain:.1f} aggregates")
    bars.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

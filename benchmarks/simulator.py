"""Purchases replayed by two designs at once, beside a plain cursor that reads the same rows.

    python -m benchmarks.simulator [purchases]

Ten purchases a customer, one in twenty brought back in half. Each purchase is replayed twice (the
programme as it is and the design); both sides are measured in CPU seconds of this process. The plain cursor reads the
columns that the replay reads, in the order of customers, and does nothing with them.
"""

import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from benchmarks.ground import Bars, customers, ground
from benchmarks.ledger_ground import analyse

EACH = 10
PLAIN, RULED = 30, 50  # as much CPU as so many readings of the rows
BEGINS, ENDS = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)

PURCHASES = """
INSERT INTO customers_purchase (source_id, number, customer_id, at, currency, channel, store, goods, shipping, tax,
    gift_card, points_paid, returned, status, fingerprint)
SELECT %(source)s, 'P' || c || '-' || n, c, %(begins)s + make_interval(secs => (c * 7919 + n * 104729) %% 31500000),
    %(currency)s, 'web', '', 1000 + (c * 31 + n * 17) %% 9000, 0, 0, 0, 0, 0, 'standing', ''
FROM unnest(%(customers)s::bigint[]) AS c, generate_series(1, %(each)s) n
"""
RETURNS = """
INSERT INTO customers_return (purchase_id, number, at, amount, reason)
SELECT id, 'R1', at + interval '5 days', goods / 2, '' FROM customers_purchase WHERE id %% 20 = 0
"""
READ = """
SELECT customer_id, id, at, goods, gift_card, points_paid, store, channel, cancelled_at FROM customers_purchase
ORDER BY customer_id, at
"""


def cpu(work: Any) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main(purchases: int) -> None:
    with ground():
        from django.db import connection, transaction

        from customers.models import Purchase, Source
        from loyalty.actions import programmes, simulations
        from loyalty.queries import simulations as read
        from loyalty.rules import reading
        from loyalty.simulation.design import Dated

        programme = programmes.main(fresh=True)
        source = Source.objects.create(code="bench", name="Bench")
        about = {"source": source.pk, "begins": BEGINS, "currency": programme.currency, "each": EACH}
        with connection.cursor() as cursor:
            cursor.execute(PURCHASES, about | {"customers": customers(purchases // EACH)})
            cursor.execute(RETURNS, {})
            analyse()

        def plain() -> None:
            with transaction.atomic(), connection.chunked_cursor() as cursor:
                cursor.execute(READ)
                while cursor.fetchmany(2000):
                    pass

        now = read.current(programme)
        double = {"effect": {"kind": "multiply", "factor": "2"}, "when": [{"what": "weekday", "values": [6, 7]}]}
        ruled = replace(now, rules=(Dated(-1, "Weekend", reading.read(double)),))
        bars = Bars(f"{Purchase.objects.count():,} purchases, each replayed by two designs")
        plain()
        reading_ = min(cpu(plain) for _ in range(3))
        print(f"  one reading: {reading_:.2f} CPU s")
        for name, design, bar in (("another rate", replace(now, rate_points=2), PLAIN), ("a rule", ruled, RULED)):
            asked = simulations.ask(programme, design, name=name, begins_at=BEGINS, ends_at=ENDS, lead_in_months=0)
            seconds = cpu(lambda asked=asked: simulations.run(asked))
            note = f"{seconds:.1f} CPU s, {purchases / seconds:,.0f} purchases a CPU second"
            bars.at_most(f"{name}: a replay, in readings", seconds / reading_, bar, note)
    bars.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)

"""Figures over many purchases: everything anew, the month under way, pages, the model; beside DuckDB where it is.

    python -m benchmarks.figures [purchases]

Three years of purchases of a tenth as many customers, with heavy buyers. DuckDB reads the same purchases from a
Parquet file in the same run where it is installed; without it the ratios are to one aggregate query of PostgreSQL.
"""

import sys
import time
from datetime import UTC, date, datetime
from typing import Any

from benchmarks.ground import Bars, customers, ground
from benchmarks.ledger_ground import analyse

PAGE_MS, FIT_SECONDS, REFRESH, FULL = 200, 5, 1.5, 1.5
DAY = date(2026, 6, 20)
SINCE = datetime(2023, 7, 1, tzinfo=UTC)
ROUNDS = 5

# A customer's place in the order of ids is raised to the third power: few buy much.
PLACES = "CREATE TEMPORARY TABLE place AS SELECT id, row_number() OVER (ORDER BY id) AS n FROM customers_customer"
PURCHASES = """
INSERT INTO customers_purchase (
    source_id, number, customer_id, at, currency, channel, store, goods, shipping, tax, gift_card, points_paid,
    returned, status, fingerprint
)
SELECT %(source)s, 'b' || drawn.n, place.id, %(since)s + random() * interval '1085 days', 'EUR',
    (ARRAY['web', 'store', 'app'])[1 + drawn.n %% 3], '', 500 + floor(random() * 9000), 0, 0, 0, 0,
    CASE WHEN drawn.n %% 16 = 0 THEN 500 ELSE 0 END, 'standing', ''
FROM (
    SELECT n, 1 + floor(%(people)s * power(random(), 3))::bigint AS at FROM generate_series(1, %(many)s) AS n OFFSET 0
) drawn JOIN place ON place.n = drawn.at
"""
PLAIN = """
SELECT count(*), sum(amount) FROM (
    SELECT customer_id, date_trunc('month', at) AS month, sum(goods - returned) AS amount, count(*) AS orders
    FROM customers_purchase WHERE status = 'standing' GROUP BY 1, 2
) months
"""
TOUCH = """
INSERT INTO insights_touchedmonth (customer_id, month)
SELECT DISTINCT customer_id, date '2026-06-01' FROM customers_purchase WHERE at >= '2026-06-01' LIMIT 2000
ON CONFLICT DO NOTHING
"""


def seconds(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main(many: int) -> None:
    with ground():
        from django.db import connection
        from django.test import Client

        from customers.models import Source
        from insights.actions import risk, rows, snapshots
        from people.actions import roles
        from people.models import User

        source = Source.objects.create(code="bench", name="bench", currency="EUR", zone="UTC")
        with connection.cursor() as cursor:
            ids = customers(max(1000, many // 10))
            cursor.execute(PLACES)
            cursor.execute("SET session_replication_role = replica")
            wanted = {"source": source.pk, "people": len(ids), "since": SINCE, "many": many}
            cursor.execute(PURCHASES, wanted)
            cursor.execute("SET session_replication_role = DEFAULT")
            analyse()
            cursor.execute(PLAIN)
            plain = min(seconds(lambda: cursor.execute(PLAIN)) for _ in range(3))
        bars = Bars(f"{many:,} purchases of {len(ids):,} customers")
        print(f"  one aggregate by customer and month: {plain:.2f} s")
        full = seconds(rows.recompute)
        print(f"  rows of buyers anew: {full:.2f} s, {full / plain:.1f} aggregates")
        analyse()
        take = seconds(lambda: snapshots.take_all(day=DAY, everything=True, seconds=float("inf")))
        print(f"  all figures of 36 months, with groups and cohorts: {take:.1f} s")
        with connection.cursor() as cursor:
            cursor.execute(TOUCH)
        kept = seconds(rows.refresh)
        print(f"  2,000 months of customers added up anew: {kept:.2f} s")
        month = seconds(lambda: snapshots.take([snapshots.now_of(DAY)], snapshots.QUICK, day=DAY))
        bars.at_most("the month under way, in seconds", month, REFRESH, f"{month:.2f} s")
        fit = seconds(lambda: risk.score(day=DAY))
        print(f"  everybody scored: {fit:.1f} s")
        roles.refresh()
        person = User.objects.create_superuser("bench", "bench@example.com", "bench-bench-bench")
        client = Client(SERVER_NAME="localhost")
        client.force_login(person)
        for page in ("figures/", "figures/retention/", "figures/board/retention/", "risk/"):
            assert client.get(f"/admin/{page}").status_code == 200, page
            took = min(seconds(lambda page=page: client.get(f"/admin/{page}")) for _ in range(ROUNDS)) * 1000
            bars.at_most(f"/{page}, in ms", took, PAGE_MS, f"{took:.0f} ms")
        beside_duckdb(full)
    bars.end()


def beside_duckdb(full: float) -> None:
    """The same months by DuckDB over Parquet, where it is installed."""
    try:
        import duckdb
    except ImportError:
        print("  DuckDB is not installed: not compared")
        return
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT customer_id, at, goods - returned FROM customers_purchase")
        found = cursor.fetchall()
    base = duckdb.connect()
    base.execute("CREATE TABLE purchases (customer BIGINT, at TIMESTAMPTZ, amount BIGINT)")
    base.executemany("INSERT INTO purchases VALUES (?, ?, ?)", found)
    base.execute("COPY purchases TO 'var/bench.parquet'")
    sql = "SELECT customer, date_trunc('month', at), count(*), sum(amount) FROM 'var/bench.parquet' GROUP BY 1, 2"
    duck = min(seconds(lambda: base.execute(sql).fetchall()) for _ in range(3))
    print(f"  the months by DuckDB over Parquet: {duck:.2f} s, rows anew {full / duck:.1f} x")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

"""Figures over many purchases, beside DuckDB over Parquet in the same run: everything, the month under way, pages.

    python -m benchmarks.figures [purchases] [--history] [--night]

Three years of purchases of a tenth as many customers, with heavy buyers, made by SQL. DuckDB is measured where it is
installed (``pip install -e .[bench]``); without it the figures are printed without their ratio. ``--history`` also
takes the figures of 36 months by every group, which `recompute_insights` does. Memory of this process is printed.
``--night`` scores everybody also where there are more than two million. A million takes some five minutes and 2 GB of
disk, ten million some twenty and 15 GB.
"""

import csv
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.figures_beside import DuckDB
from benchmarks.ground import Bars, ground
from benchmarks.ledger_ground import analyse

PAGE_MS, FIT_SECONDS, REFRESH, OF_DUCKDB, FULL, IMPORT = 200, 5, 1.5, 0.06, 1.5, 0.30
FITTED = 23_570  # buyers: as many as CDNOW has
IMPORTED = 20_000
DAY = date(2026, 6, 20)
SINCE = datetime(2023, 7, 1, tzinfo=UTC)
ROUNDS = 5
BY_NIGHT = 2_000_000  # purchases up to which everybody is scored, unless it is asked for
PAGES = ("figures/", "figures/?section=buying", "figures/retention/?by=tier", "figures/board/retention/", "risk/")

CUSTOMERS = """
INSERT INTO customers_customer (number, name, sort_key, language, zone, country, city, came_from, status, version)
SELECT 'C' || n, 'Name ' || n, 'name ' || n, '', '', '', '', '', 'active', 1 FROM generate_series(1, %s) n
"""
# A customer's place in the order of ids is raised to the third power: few buy much.
PURCHASES = """
INSERT INTO customers_purchase (
    source_id, number, customer_id, at, currency, channel, store, goods, shipping, tax, gift_card, points_paid,
    returned, status, fingerprint
)
SELECT %(source)s, 'b' || n, %(first)s + floor(%(people)s * power(random(), 3))::bigint,
    %(since)s + random() * interval '1085 days', 'EUR', (ARRAY['web', 'store', 'app'])[1 + n %% 3], '',
    500 + floor(random() * 9000), 0, 0, 0, 0, CASE WHEN n %% 16 = 0 THEN 500 ELSE 0 END, 'standing', ''
FROM generate_series(1, %(many)s) AS n
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
"""


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def execute(sql: str, values: Any = None) -> Callable[[], object]:
    def run() -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(sql, values)

    return run


def make(many: int) -> int:
    """The shop. Returns how many customers it has."""
    from customers.models import Customer, Source

    people = max(1000, many // 10)
    source = Source.objects.create(code="bench", name="bench", currency="EUR", zone="UTC")
    execute("SELECT setseed(0.5)")()
    execute(CUSTOMERS, [people])()
    first = Customer.objects.order_by("pk").values_list("pk", flat=True)[0]
    execute("SET session_replication_role = replica")()
    with without_indexes("customers_purchase"):
        execute(PURCHASES, {"source": source.pk, "people": people, "first": first, "since": SINCE, "many": many})()
    execute("SET session_replication_role = DEFAULT")()
    analyse()
    return people


@contextmanager
def without_indexes(table: str) -> Iterator[None]:
    """Take the indexes away that no constraint needs, and make them again at the end: in half of the time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
            [table],
        )
        found = cursor.fetchall()
    for name, _definition in found:
        execute(f'DROP INDEX "{name}"')()
    yield
    for _name, definition in found:
        execute(definition)()


def main(many: int, *, history: bool, night: bool) -> None:
    with ground():
        made = time.perf_counter()
        people = make(many)
        bars = Bars(f"{many:,} purchases of {people:,} customers, made in {time.perf_counter() - made:.0f} s")
        duck = DuckDB.of_the_shop()
        everything_anew(bars, duck)
        the_month(bars, duck)
        the_model(bars, night=night)
        pages(bars)
        an_import(bars)
        if history:
            past()
        print(f"  most memory of this process since the model: {memory('VmHWM'):,.0f} MB")
    bars.end()


def everything_anew(bars: Bars, duck: DuckDB | None) -> None:
    """The rows of buyers from the purchases; then six figures of two years from the rows, as they are taken."""
    from insights.actions import rows
    from insights.metrics.cohorts import later
    from insights.queries import money, settings
    from insights.queries.asked import Asked, months_before

    plain = min(seconds(execute(PLAIN)) for _ in range(2))
    anew = seconds(rows.recompute)
    note = f"{anew / plain:.1f} times a plain aggregate of {plain:.2f} s"
    print(f"  rows of buyers and their months anew: {anew:.2f} s, {note}")
    analyse()
    ours = min(seconds(six) for _ in range(2))
    if duck is None:
        print(f"  six figures from the rows: {ours:.2f} s; DuckDB is not installed: not compared")
        return
    duck.check(six())
    theirs = duck.seconds()
    ours = min(ours, *(seconds(six) for _ in range(2)))
    note = f"{ours:.2f} s beside {theirs:.2f} s"
    bars.at_most("six figures from the rows beside DuckDB over Parquet", ours / theirs, FULL, note)
    ends = [later(months_before(DAY.replace(day=1), 24), n) for n in range(1, 25)]
    asked = Asked(DAY, settings.current())
    medians = min(seconds(lambda: money.of_months(asked, ends)) for _ in range(2))
    note = f"{medians:.2f} beside {duck.medians():.2f} s"
    print(f"  months with the median of each, which wants every order, beside DuckDB: {note}")
    tables = duck.tables()
    print(f"  rows anew beside the same two tables made by DuckDB from Parquet: {anew / tables:.1f} ({tables:.2f} s)")


def six() -> dict[str, Any]:
    """Retention of 24 months, repeat and loyal rate, what months came to, recency and the rest, cohorts."""
    from insights.metrics.cohorts import later
    from insights.queries import cohorts, money, repeats, rfm, settings
    from insights.queries.asked import Asked, months_before

    asked = Asked(DAY, settings.current())
    first = months_before(DAY.replace(day=1), 24)
    return {
        "again": {month: (n, again) for _, month, n, again in repeats.following_months(asked, first)},
        "repeats": {one.metric: (one.numerator, one.denominator) for one in repeats.figures(asked)},
        "months": money.sums(asked, [later(first, n) for n in range(24)]),
        "rfm": {one.member: one.value for one in rfm.figures(asked)},
        "cohorts": cohorts.on(asked),
    }


def the_month(bars: Bars, duck: DuckDB | None) -> None:
    """What is done every two minutes: a few thousand months of customers added up, the month's figures taken."""
    from insights.actions import rows, snapshots

    snapshots.take([snapshots.now_of(DAY)], snapshots.QUICK, day=DAY)
    execute(TOUCH)()
    kept = seconds(rows.refresh)
    print(f"  2,000 months of customers added up anew: {kept:.2f} s")
    took = min(seconds(lambda: snapshots.take([snapshots.now_of(DAY)], snapshots.QUICK, day=DAY)) for _ in range(3))
    bar = max(REFRESH, OF_DUCKDB * duck.seconds()) if duck else REFRESH
    bars.at_most("the month under way, in seconds", took, bar, f"{took:.2f} s")


def the_model(bars: Bars, *, night: bool) -> None:
    from django.db import transaction

    from insights.actions import risk, snapshots
    from insights.queries import histories

    as_of = snapshots.now_of(DAY)
    with transaction.atomic():
        fitted = histories.gather(as_of).buyers
        if fitted > FITTED:  # spread over all of them: those with the smallest ids buy most
            execute("DELETE FROM insights_history WHERE n %% %s <> 0", [fitted // FITTED])()
            fitted = len(range(0, fitted, fitted // FITTED))
        began = time.process_time()
        took = seconds(lambda: risk.fit(as_of, fitted))
        cpu = time.process_time() - began
    bars.at_most(f"the model of {fitted:,} buyers, in seconds", cpu, FIT_SECONDS, f"of CPU, {took:.1f} s in all")
    if not night:
        return
    Path("/proc/self/clear_refs").write_text("5")  # forget how much memory there ever was
    before = memory("VmRSS")
    took = seconds(lambda: risk.score(day=DAY))
    print(f"  the night: model and everybody scored: {took:.1f} s, {memory('VmHWM') - before:,.0f} MB more at most")


def memory(what: str) -> float:
    """Of this process, in MB: what it holds (VmRSS), or the most that it held (VmHWM)."""
    found = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(what))
    return int(found.split()[1]) / 1024


def pages(bars: Bars) -> None:
    """Pages of a day on which all figures of today and of the last months were taken."""
    from django.test import Client, override_settings

    from insights.actions import snapshots
    from insights.metrics.cohorts import later
    from insights.queries.asked import months_before
    from people.actions import roles
    from people.models import User

    first = months_before(DAY.replace(day=1), 2)
    took = seconds(lambda: snapshots.take([later(first, n) for n in range(3)], snapshots.BY_GROUP, day=DAY))
    took += seconds(
        lambda: snapshots.take([DAY.replace(day=1)], dimension="tier", families=snapshots.BY_GROUP, day=DAY)
    )
    print(f"  figures of three months, one of them by tier: {took:.1f} s")
    roles.refresh()
    person = User.objects.create_superuser("bench", "bench@example.com", "bench-bench-bench")
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    with override_settings(CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}):
        for page in PAGES:
            took = _page(client, f"/admin/{page}") * 1000
            bars.at_most(f"/{page}, in ms", took, PAGE_MS, f"{took:.0f} ms")
    for figure in ("active", "repeat_rate"):
        took = _page(client, f"/admin/figures/behind/customers/?figure={figure}&as_of={DAY.replace(day=1)}")
        print(f"  the customers behind “{figure}”, reckoned when they are asked for: {took:.2f} s")


def _page(client: Any, page: str) -> float:
    assert client.get(page).status_code == 200, page
    return min(seconds(lambda: client.get(page)) for _ in range(ROUNDS))


def an_import(bars: Bars) -> None:
    """A file of orders brought in; then its facts numbered, which all readers share; then ours: noted and added up."""
    from customers.actions import readers
    from customers.actions.imports import runs, work
    from customers.files.mappings import ready_made
    from customers.models import Source
    from insights.actions import belongings, rows

    belongings.catch_up(seconds=600)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        _file(path)
        source = Source.objects.create(code="imported", name="imported")
        run = runs.start(runs.open_file(source, path, ready_made()["online_retail"]))
        took = seconds(lambda: work.carry_on(run))
    while readers.number():
        pass
    kept = seconds(lambda: belongings.catch_up(seconds=600))
    kept += seconds(rows.refresh)
    note = f"{kept:.2f} s for an import of {took:.2f} s, {IMPORTED:,} orders"
    bars.at_most("keeping the rows, in imports", kept / took, IMPORT, note)


def _file(path: Path) -> None:
    """Orders of two lines each, as the online retailer writes them."""
    begun = datetime(2011, 1, 1, 9, tzinfo=UTC)
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(
            ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
        )
        for n in range(IMPORTED):
            at = (begun + timedelta(minutes=20 * n)).strftime("%Y-%m-%d %H:%M:%S")
            for line in range(2):
                out.writerow([500_000 + n, f"P{n % 300}", "A thing", 1 + line, at, "2.50", 12_000 + n % 4_000, "UK"])


def past() -> None:
    """Every figure of 36 months, and by group: what `recompute_insights` does after the rows."""
    from insights.actions import snapshots

    took = seconds(lambda: snapshots.take_all(day=DAY, everything=True, seconds=float("inf")))
    print(f"  all figures of 36 months, with groups and cohorts: {took:.0f} s")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    os.environ.setdefault("BUSINESS_ZONE", "Europe/Berlin")
    many = numbers[0] if numbers else 1_000_000
    main(many, history="--history" in sys.argv, night=many <= BY_NIGHT or "--night" in sys.argv)

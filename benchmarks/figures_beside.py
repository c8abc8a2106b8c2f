"""The peer of the figures: DuckDB over a Parquet file of the same purchases, asked for the same six figures."""

import tempfile
import time
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

DAY = "DATE '2026-06-20'"
FIRST = "DATE '2024-06-01'"
# The day is the business's, worked out before the file is written: DuckDB is spared the zone.
OUT = """
COPY (SELECT customer_id, (at AT TIME ZONE 'Europe/Berlin')::date, goods, returned, id FROM customers_purchase
    WHERE status = 'standing') TO STDOUT
"""
READ = """
COPY (SELECT * FROM read_csv('{csv}', delim='\t', header=false, columns={{
    'customer': 'BIGINT', 'day': 'DATE', 'goods': 'BIGINT', 'returned': 'BIGINT', 'id': 'BIGINT'
}})) TO '{parquet}' (FORMAT parquet)
"""
MONTHS = "SELECT DISTINCT customer, date_trunc('month', day)::date AS month FROM '{file}' WHERE day < {day}"
SIX = {
    "again": f"""WITH active AS ({MONTHS} AND day >= {FIRST}) SELECT a.month, count(*), count(b.customer)
        FROM active a LEFT JOIN active b ON b.customer = a.customer AND b.month = (a.month + INTERVAL 1 MONTH)::date
        GROUP BY 1""",
    "repeats": """SELECT count(*) FILTER (n > 1), count(*) FILTER (n >= 4), count(*) FROM (
        SELECT customer, count(*) AS n FROM '{file}' WHERE day < {day} AND day >= {day} - 365 GROUP BY 1)""",
    "months": f"""SELECT date_trunc('month', day)::date, count(*), sum(goods), sum(returned), count(DISTINCT customer)
        FROM '{{file}}' WHERE day >= {FIRST} AND day < DATE '2026-06-01' GROUP BY 1""",
    "rfm": """WITH bought AS (SELECT customer, max(day) AS last, count(*) AS n, sum(goods - returned) AS money
            FROM '{file}' WHERE day < {day} AND day >= {day} - 365 GROUP BY 1),
        scored AS (SELECT ntile(5) OVER (ORDER BY last, customer) AS r, ntile(5) OVER (ORDER BY n, customer) AS f,
            ntile(5) OVER (ORDER BY money, customer) AS m FROM bought)
        SELECT r || '' || f || m, count(*) FROM scored GROUP BY 1""",
    "cohorts": f"""WITH active AS ({MONTHS}), first AS (SELECT customer, min(month) AS cohort FROM active GROUP BY 1)
        SELECT cohort, month, count(*) FROM active JOIN first USING (customer) GROUP BY 1, 2""",
}
MEDIANS = SIX["months"].replace(" FROM", ", quantile_cont(goods, 0.5) FROM")
TABLES = """
CREATE OR REPLACE TABLE months AS SELECT customer, date_trunc('month', day)::date AS month, count(*) AS orders,
    sum(goods) AS amount, sum(returned) AS returned, list(day ORDER BY day, id) AS days,
    list(goods ORDER BY day, id) AS amounts, list(returned ORDER BY day, id) AS backs FROM '{file}' GROUP BY 1, 2;
CREATE OR REPLACE TABLE buyers AS SELECT customer, sum(orders) AS orders, sum(amount) AS amount,
    min(days[1]) AS first_day, max(days[-1]) AS last_day FROM months GROUP BY 1
"""


class DuckDB:
    """A file of the purchases, and what it answers. Both engines have the machine to themselves, in turns."""

    def __init__(self) -> None:
        import duckdb

        self.folder = tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name) / "purchases.parquet"
        self.base = duckdb.connect(str(Path(self.folder.name) / "tables.duckdb"))

    @classmethod
    def of_the_shop(cls) -> "DuckDB | None":
        """With the purchases of the database, which pass through a file, not through memory; None without DuckDB."""
        if find_spec("duckdb") is None:
            return None
        from django.db import connection

        made = cls()
        text = made.file.with_suffix(".tsv")
        with text.open("wb") as file, connection.cursor() as cursor, cursor.copy(OUT) as copied:
            for piece in copied:
                file.write(piece)
        made.base.execute(READ.format(csv=text, parquet=made.file))
        text.unlink()
        return made

    def ask(self, name: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.base.execute(SIX[name].format(file=self.file, day=DAY)).fetchall()
        return found

    def seconds(self) -> float:
        return self._six

    @cached_property
    def _six(self) -> float:
        return min(self._all() for _ in range(3))

    def _all(self) -> float:
        begun = time.perf_counter()
        for name in SIX:
            self.ask(name)
        return time.perf_counter() - begun

    def medians(self) -> float:
        """Seconds for the months with the median of each."""
        begun = time.perf_counter()
        self.base.execute(MEDIANS.format(file=self.file, day=DAY)).fetchall()
        return time.perf_counter() - begun

    def tables(self) -> float:
        """Seconds for the two tables that are kept, with the same arrays."""
        begun = time.perf_counter()
        self.base.execute(TABLES.format(file=self.file))
        return time.perf_counter() - begun

    def check(self, ours: dict[str, Any]) -> None:
        """Both say the same, or neither time means anything."""
        assert {month: (n, again) for month, n, again in self.ask("again")} == ours["again"]
        ((again, loyal, people),) = self.ask("repeats")
        assert ours["repeats"]["repeat_rate"] == (again, people)
        assert ours["repeats"]["loyal_share"] == (loyal, people)
        assert {(month, "", "EUR"): tuple(said) for month, *said in self.ask("months")} == ours["months"]
        assert dict(self.ask("rfm")) == ours["rfm"]
        assert {(cohort, month): n for cohort, month, n in self.ask("cohorts")} == ours["cohorts"]

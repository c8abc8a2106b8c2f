"""What the model of buying knows of each customer: days of purchases, their gaps, and what they spent.

There may be millions of them. So histories are gathered into a table of the transaction, and are counted there, or
read some at a time.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection

from insights.metrics.risk import Shop
from insights.metrics.value import History as Weeks
from insights.queries.asked import fetch

TABLE = """
CREATE TEMPORARY TABLE IF NOT EXISTS insights_history (
    n bigint, customer_id bigint, repeats int, first date, last date, gap_low int, gap_high int, mean float
) ON COMMIT DROP
"""
GATHER = """
INSERT INTO insights_history
WITH day AS (
    SELECT customer_id, month + d - 1 AS day,
        coalesce(sum(goods - back) FILTER (WHERE currency = %(currency)s), 0) AS money
    FROM insights_buyermonth m, unnest(m.days, m.amounts, m.backs) AS o (d, goods, back)
    WHERE month < %(as_of)s AND month + d - 1 < %(as_of)s GROUP BY 1, 2
), gap AS (
    SELECT customer_id, day, money, day - lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap FROM day
), history AS (
    SELECT customer_id, count(*)::int - 1 AS repeats, min(day) AS first, max(day) AS last,
        percentile_disc(0.25) WITHIN GROUP (ORDER BY gap) AS gap_low,
        percentile_disc(0.75) WITHIN GROUP (ORDER BY gap) AS gap_high,
        coalesce(avg(money) FILTER (WHERE gap IS NOT NULL), 0)::float AS mean
    FROM gap GROUP BY customer_id ORDER BY customer_id
)
SELECT row_number() OVER () - 1, * FROM history
"""
SHOP = """
SELECT count(*), coalesce(%(as_of)s - min(first), 0), coalesce(%(as_of)s - max(last), 0),
    count(*) FILTER (WHERE repeats > 1)
FROM insights_history
"""
# Until the day before, which is the last one known.
DAYS = "SELECT repeats, last - first, %(as_of)s - first - 1, count(*) FROM insights_history {which} GROUP BY 1, 2, 3"
WHOLE_WEEKS = """repeats, round((last - first) / 7.0)::float AS until,
    greatest(round((%(as_of)s - first - 1) / 7.0), round((last - first) / 7.0))::float AS known"""
WEEKS = f"SELECT {WHOLE_WEEKS}, count(*) FROM insights_history {{which}} GROUP BY 1, 2, 3"
SPENT = "SELECT repeats, mean FROM insights_history {which} AND repeats > 0 AND mean > 0 ORDER BY n"
SAMPLE = "WHERE n %% %(step)s = 0"
# Of who never was seen to visit nothing is said: the shop may not report visits.
TO_SCORE = f"""
WITH visit AS (
    SELECT customer_id, (max(at) AT TIME ZONE %(zone)s)::date AS day FROM customers_fact
    WHERE verb = 'visited' GROUP BY 1
),
complaint AS (
    SELECT DISTINCT customer_id FROM feedback_case
    WHERE kind = 'complaint' AND closed_at IS NULL AND NOT spam AND merged_into_id IS NULL
)
SELECT h.customer_id, first, last, gap_low, gap_high, mean, {WHOLE_WEEKS}, last < %(quiet)s,
    coalesce(visit.day < %(unseen)s AND last < %(unseen)s, false), complaint.customer_id IS NOT NULL
FROM insights_history h JOIN customers_customer c ON c.id = h.customer_id AND c.status = 'active'
LEFT JOIN visit ON visit.customer_id = h.customer_id LEFT JOIN complaint ON complaint.customer_id = h.customer_id
ORDER BY h.customer_id
"""
WHAT_FOLLOWED = f"""
WITH came AS (
    SELECT DISTINCT customer_id FROM insights_buyermonth m, unnest(m.days) AS d
    WHERE month > %(as_of)s::date - 31 AND month < %(until)s
        AND month + d - 1 >= %(as_of)s AND month + d - 1 < %(until)s
)
SELECT {WHOLE_WEEKS}, %(as_of)s - last, came.customer_id IS NULL, count(*)
FROM insights_history LEFT JOIN came USING (customer_id) WHERE repeats > 0 GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True, slots=True)
class History:
    """Days of purchases after the first one, the gaps of the middle half, the mean of what a day came to; the plain
    flags: nothing bought for long, not seen for long, a complaint that is open.

    ``weeks`` is what BG/NBD wants, in whole weeks: many have the same.
    """

    customer: int
    first: date
    last: date
    gap_low: int | None
    gap_high: int | None
    mean: float
    weeks: Weeks
    quiet: bool
    unseen: bool
    complaint: bool

    @property
    def repeats(self) -> int:
        return self.weeks[0]


def gather(as_of: date) -> Shop:
    """Of everybody who bought before the day, also of those who were erased: the model learns from them."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute("TRUNCATE insights_history")
        cursor.execute(GATHER, {"as_of": as_of, "currency": settings.BUSINESS_CURRENCY})
        cursor.execute("ANALYZE insights_history")
    return Shop(*fetch(SHOP, {"as_of": as_of})[0])


def people(as_of: date, *, step: int, exact: bool) -> Counter[Weeks]:
    """Each ``step``-th of those gathered, counted by what BG/NBD wants: to the day, or in whole weeks."""
    values = {"as_of": as_of, "step": step}
    if exact:
        rows = fetch(DAYS.format(which=SAMPLE), values)
        return Counter({(x, last / 7, known / 7): n for x, last, known, n in rows})
    return Counter({(x, last, known): n for x, last, known, n in fetch(WEEKS.format(which=SAMPLE), values)})


def spent(*, step: int) -> list[tuple[int, float]]:
    """How often and for how much, of each ``step``-th of those gathered who came back and paid something."""
    return fetch(SPENT.format(which=SAMPLE), {"step": step})


def to_score(as_of: date, *, quiet: date, unseen: date, at_once: int) -> Iterator[list[History]]:
    """Those gathered who are customers still, some at a time."""
    with connection.chunked_cursor() as cursor:
        zone = settings.BUSINESS_ZONE
        cursor.execute(TO_SCORE, {"as_of": as_of, "quiet": quiet, "unseen": unseen, "zone": zone})
        while rows := cursor.fetchmany(at_once):
            yield [_history(row) for row in rows]


def _history(row: tuple[Any, ...]) -> History:
    customer, first, last, low, high, mean, x, until, known, *flags = row
    return History(customer, first, last, low, high, mean, (x, until, known), *flags)


def what_followed(as_of: date, until: date) -> list[tuple[int, float, float, int, bool, int]]:
    """Who came back before, by whole weeks, days since the last order, and whether they are gone; and how many."""
    return fetch(WHAT_FOLLOWED, {"as_of": as_of, "until": until})

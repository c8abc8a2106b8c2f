"""Keep the flat row of each customer true to the purchases. Set-based: one customer or a hundred thousand."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from config import prepared
from config.statements import Statement
from customers.stages import STAGE

AT_ONCE = 10_000

# Amounts count the purchases in the currency of the latest one: sums over currencies would mean nothing. The status is
# asked in a way that no index answers: while a table is too new for statistics, PostgreSQL would read the whole index
# of all standing purchases for one customer.
REFRESH = f"""
WITH bought AS (
    SELECT customer_id, at, currency, goods, returned, first_value(currency) OVER from_last AS latest,
           row_number() OVER from_last AS nth_last, EXTRACT(epoch FROM at - lead(at) OVER from_last) / 86400 AS gap
    FROM customers_purchase
    WHERE customer_id {{is_wanted}} AND (status = 'standing') IS TRUE
    WINDOW from_last AS (PARTITION BY customer_id ORDER BY at DESC, id DESC)
), figures AS (
    SELECT customer_id, count(*) AS purchases, min(at) AS first_at, max(at) AS last_at,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS usual_gap,
           max(gap) FILTER (WHERE nth_last = 1) AS last_gap, max(latest) AS currency,
           coalesce(sum(goods) FILTER (WHERE currency = latest), 0) AS gross,
           coalesce(sum(returned) FILTER (WHERE currency = latest), 0) AS returned
    FROM bought GROUP BY customer_id
), answer AS (
    SELECT wanted.id, coalesce(f.purchases, 0) AS purchases, f.first_at, f.last_at, f.usual_gap, f.last_gap,
           coalesce(f.currency, '') AS currency, coalesce(f.gross, 0) AS gross, coalesce(f.returned, 0) AS returned,
           EXTRACT(epoch FROM %(at)s::timestamptz - f.last_at) / 86400 AS quiet
    FROM {{wanted}} AS wanted (id) LEFT JOIN figures f ON f.customer_id = wanted.id
)
INSERT INTO customers_profile AS profile (
    customer_id, stage, purchases, first_purchase_at, last_purchase_at, usual_gap_days, last_gap_days, currency,
    gross, returned, points_pending, points_available, points_held, points_debt, refreshed_at
)
SELECT id,
       {STAGE},
       purchases, first_at, last_at, usual_gap, last_gap, currency, gross, returned, 0, 0, 0, 0, %(at)s::timestamptz
FROM answer ORDER BY id
ON CONFLICT (customer_id) DO UPDATE SET
    stage = excluded.stage, purchases = excluded.purchases, first_purchase_at = excluded.first_purchase_at,
    last_purchase_at = excluded.last_purchase_at, usual_gap_days = excluded.usual_gap_days,
    last_gap_days = excluded.last_gap_days, currency = excluded.currency, gross = excluded.gross,
    returned = excluded.returned, refreshed_at = excluded.refreshed_at
"""
REFRESH_MANY = REFRESH.format(is_wanted="= ANY(%(customers)s)", wanted="unnest(%(customers)s::bigint[])")
# With an array PostgreSQL would plan anew for each purchase, not knowing how many: that takes longer than counting.
REFRESH_ONE = Statement(REFRESH.format(is_wanted="= %(customer)s::bigint", wanted="(SELECT %(customer)s::bigint)"))


# Two who count the same customer at once would each count without the other's purchase, and the later one would stay.
# The lock is a statement of its own: what is counted after it sees what the other one has committed.
LOCK = "SELECT FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


@transaction.atomic(savepoint=False)
def refresh(customer_ids: Iterable[int], *, at: datetime | None = None, locked: bool = False) -> int:
    """Count the purchases of these customers again, and the stage that follows from them. Returns how many.

    ``locked`` says that the caller has locked the customers already, by a statement before.
    """
    customers = sorted(set(customer_ids))
    if not customers:
        return 0
    if not locked:
        prepared.run(LOCK, [customers])
    if len(customers) == 1:
        REFRESH_ONE.ask({"customer": customers[0], "at": at or timezone.now()})
    else:
        prepared.run(REFRESH_MANY, {"customers": customers, "at": at or timezone.now()})
    return len(customers)


SHOW_POINTS = """
INSERT INTO customers_profile AS profile (
    customer_id, stage, purchases, currency, gross, returned, points_pending, points_available, points_held,
    points_debt
)
SELECT id, 'lead', 0, '', 0, 0, pending, available, held, debt
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
    AS figures (id, pending, available, held, debt) ORDER BY id
ON CONFLICT (customer_id) DO UPDATE SET
    points_pending = excluded.points_pending, points_available = excluded.points_available,
    points_held = excluded.points_held, points_debt = excluded.points_debt
"""


def show_points(figures: Iterable[tuple[int, int, int, int, int]]) -> int:
    """Keep the points of customers: (customer, pending, available, held, owed) of each. Returns how many."""
    columns = [list(column) for column in zip(*figures, strict=True)]
    if not columns:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(SHOW_POINTS, columns)
    return len(columns[0])


# Who has no profile yet gets one: a lead, with what is shown.
SHOW = """
INSERT INTO customers_profile AS profile (
    customer_id, stage, purchases, currency, gross, returned, points_pending, points_available, points_held,
    points_debt, {column}
)
SELECT id, 'lead', 0, '', 0, 0, 0, 0, 0, 0, {value}
FROM unnest(%s::bigint[], %s::{type}[]) AS shown (id, said) ORDER BY id
ON CONFLICT (customer_id) DO UPDATE SET {column} = excluded.{column}
WHERE profile.{column} IS DISTINCT FROM excluded.{column}
"""
SHOW_TIERS = SHOW.format(column="tier", value="said", type="text")
SHOW_NPS = SHOW.format(column="nps", value="said", type="smallint")
SHOW_THEMES = SHOW.format(column="themes", value="string_to_array(said, E'\\x1f')", type="text")


def show_tiers(tiers: Iterable[tuple[int, str]]) -> None:
    """Keep the tier of customers: (customer, code) of each, "" where there is none."""
    _show(SHOW_TIERS, tiers)


def show_nps(answers: Iterable[tuple[int, int]]) -> None:
    """Keep the last NPS answer of customers: (customer, 0 to 10) of each."""
    _show(SHOW_NPS, answers)


def _show(statement: str, rows: Iterable[tuple[int, Any]]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(statement, columns)


SHOW_NO_THEMES = """
UPDATE customers_profile SET themes = NULL
WHERE themes IS NOT NULL AND customer_id NOT IN (SELECT unnest(%s::bigint[]))
"""


@transaction.atomic
def show_themes(themes: Iterable[tuple[int, Sequence[str]]]) -> int:
    """Keep what all customers complained about: (customer, codes and names of themes in small letters) of each.

    Who is not named has none any more. Returns how many rows changed.
    """
    rows = list(themes)
    customers = [customer for customer, _said in rows]
    with connection.cursor() as cursor:
        cursor.execute(SHOW_NO_THEMES, [customers])
        changed = int(cursor.rowcount)
        cursor.execute(SHOW_THEMES, [customers, ["\x1f".join(said) for _customer, said in rows]])
        return changed + int(cursor.rowcount)


SHOWN = "CREATE TEMPORARY TABLE IF NOT EXISTS customers_shown (id bigint, risk text, rfm text) ON COMMIT DROP"
SHOW_SOME = "INSERT INTO customers_shown SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[])"
SHOW_RISKS = """
UPDATE customers_profile profile SET risk = shown.risk, rfm = shown.rfm
FROM (
    SELECT customer_id, coalesce(named.risk, '') AS risk, coalesce(named.rfm, '') AS rfm
    FROM (SELECT id AS customer_id, risk, rfm FROM customers_shown) AS named
    FULL JOIN (SELECT customer_id FROM customers_profile WHERE risk <> '' OR rfm <> '') AS before USING (customer_id)
) AS shown
WHERE profile.customer_id = shown.customer_id AND (profile.risk, profile.rfm) <> (shown.risk, shown.rfm)
"""


@transaction.atomic
def show_risks(shown: Iterable[tuple[int, str, str]]) -> int:
    """Keep the risk and the cell of recency, frequency and money of all customers: (customer, risk, cell) of each.

    Who is not named has none any more. Returns how many rows changed. Holds no more than some thousand at once.
    """
    left = iter(shown)
    with connection.cursor() as cursor:
        cursor.execute(SHOWN)
        cursor.execute("TRUNCATE customers_shown")
        while some := list(islice(left, AT_ONCE)):
            cursor.execute(SHOW_SOME, [list(column) for column in zip(*some, strict=True)])
        cursor.execute("ANALYZE customers_shown")
        cursor.execute(SHOW_RISKS)
        return int(cursor.rowcount)

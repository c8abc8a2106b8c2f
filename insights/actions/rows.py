"""Keep the rows of buyers true to the purchases: by what the timeline tells, or all of them anew."""

from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction

from customers.actions.readers import BareFact
from customers.models import Fact, Verb
from customers.queries.holdings import family

PURCHASES = frozenset({Verb.BOUGHT, Verb.RETURNED, Verb.PURCHASE_CANCELLED})
VERBS = PURCHASES | {Verb.MERGED, Verb.ERASED}
AT_ONCE = 20_000
LOCK = 0x4D53_0007  # one at a time adds up: an advisory lock of the database

TOUCH_PURCHASES = """
INSERT INTO insights_touchedmonth (customer_id, month)
SELECT DISTINCT purchase.customer_id, date_trunc('month', purchase.at AT TIME ZONE %s)::date AS month
FROM customers_fact fact JOIN customers_purchase purchase ON purchase.id = (fact.about->>'purchase')::bigint
WHERE fact.id = ANY(%s::bigint[])
"""
# Also months that only the rows know of: those of a record that was merged are emptied.
TOUCH_CUSTOMERS = """
INSERT INTO insights_touchedmonth (customer_id, month)
SELECT customer_id, date_trunc('month', at AT TIME ZONE %(zone)s)::date AS month
FROM customers_purchase WHERE customer_id = ANY(%(customers)s)
UNION SELECT customer_id, month FROM insights_buyermonth WHERE customer_id = ANY(%(customers)s)
"""
# What was touched is found by index, whatever a planner thinks who sees twenty thousand rows and knows nothing of
# them: otherwise every batch reads the whole table.
ALONE_BY_INDEX = """
SELECT pg_advisory_xact_lock(%s),
    set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
"""
# As arrays in words: they go back as they came, and nobody has to read them on the way.
TAKE = """
WITH taken AS (
    DELETE FROM insights_touchedmonth WHERE ctid = ANY(ARRAY(SELECT ctid FROM insights_touchedmonth LIMIT %s))
    RETURNING customer_id, month
)
SELECT count(*), array_agg(customer_id)::text AS customers, array_agg(month)::text AS months
FROM (SELECT DISTINCT customer_id, month FROM taken ORDER BY 1, 2) AS each
"""
SUMS = """SELECT month, currency, channel, sum(orders) AS orders, sum(amount) AS amount, sum(returned) AS returned
    FROM {rows} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
ADDED_UP = "month, currency, channel, orders, amount, returned"
# What goes is taken off the totals, and what comes is added.
DROP_MONTHS = f"""
WITH gone AS (
    DELETE FROM insights_buyermonth row
    USING unnest(%(customers)s::bigint[], %(months)s::date[]) AS wanted (customer_id, month)
    WHERE row.customer_id = wanted.customer_id AND row.month = wanted.month
    RETURNING row.month, currency, channel, orders, amount, returned
), less AS ({SUMS.format(rows="gone")})
UPDATE insights_monthtotal total
SET orders = total.orders - less.orders, amount = total.amount - less.amount,
    returned = total.returned - less.returned
FROM less WHERE (total.month, total.currency, total.channel) = (less.month, less.currency, less.channel)
"""
ADD_MONTHS = """
INSERT INTO insights_buyermonth (
    customer_id, month, currency, channel, orders, kept, amount, returned, days, amounts, backs
)
SELECT p.customer_id, {month}, p.currency, p.channel, count(*),
    count(*) FILTER (WHERE p.returned < p.goods OR p.goods = 0), sum(p.goods), sum(p.returned),
    array_agg(((p.at AT TIME ZONE %(zone)s)::date - {month} + 1)::smallint ORDER BY p.at, p.id),
    array_agg(p.goods ORDER BY p.at, p.id), array_agg(p.returned ORDER BY p.at, p.id)
FROM {source}
WHERE p.status = 'standing'
GROUP BY 1, 2, 3, 4 {order}
"""
SOME = """unnest(%(customers)s::bigint[], %(months)s::date[]) AS wanted (customer_id, month)
JOIN customers_purchase p ON p.customer_id = wanted.customer_id
    AND p.at >= wanted.month::timestamp AT TIME ZONE %(zone)s
    AND p.at < (wanted.month + interval '1 month') AT TIME ZONE %(zone)s"""
ADD_SOME = f"""
WITH come AS (
    {ADD_MONTHS.format(month="wanted.month", source=SOME, order="")} RETURNING {ADDED_UP}
)
INSERT INTO insights_monthtotal AS total ({ADDED_UP}) {SUMS.format(rows="come")}
ON CONFLICT (month, currency, channel) DO UPDATE SET orders = total.orders + excluded.orders,
    amount = total.amount + excluded.amount, returned = total.returned + excluded.returned
"""
TIDY = "DELETE FROM insights_monthtotal WHERE orders = 0"
# A month lies together on the disk, as it does where rows came with their purchases: one month is read, not all.
ADD_ALL = ADD_MONTHS.format(
    month="date_trunc('month', p.at AT TIME ZONE %(zone)s)::date", source="customers_purchase p", order="ORDER BY 2, 1"
)
ADD_TOTALS = f"INSERT INTO insights_monthtotal ({ADDED_UP}) {SUMS.format(rows='insights_buyermonth')}"
DROP_BUYERS = "DELETE FROM insights_buyer WHERE customer_id = ANY(%(customers)s::bigint[])"
# Orders of one day stand in one order always, so that a start anew gives the same.
ADD_BUYERS = """
INSERT INTO insights_buyer (
    customer_id, currency, orders, kept, amount, returned, first_day, last_day, days, spent, months, alone
)
WITH bought AS (
    SELECT customer_id, currency, month, month + unnest(days) - 1 AS day, unnest(amounts) AS goods,
        unnest(backs) AS back
    FROM insights_buyermonth {which}
), told AS (
    SELECT *, sum(goods - back) OVER (
        PARTITION BY customer_id, currency ORDER BY day, goods, back ROWS UNBOUNDED PRECEDING
    ) AS spent FROM bought
)
SELECT customer_id, currency, count(*), count(*) FILTER (WHERE back < goods OR goods = 0), sum(goods), sum(back),
    min(day), max(day), array_agg(day ORDER BY day, goods, back), array_agg(spent::bigint ORDER BY day, goods, back),
    array_agg(DISTINCT month), count(*) OVER (PARTITION BY customer_id) = 1
FROM told GROUP BY customer_id, currency
"""
ADD_SOME_BUYERS = ADD_BUYERS.format(which="WHERE customer_id = ANY(%(customers)s::bigint[])")
SOIL = """
INSERT INTO insights_dirtymonth (month) SELECT DISTINCT month FROM unnest(%(months)s::date[]) AS touched (month)
ORDER BY 1
ON CONFLICT (month) DO UPDATE SET since = clock_timestamp()
"""
SOIL_ALL = """
INSERT INTO insights_dirtymonth (month) SELECT DISTINCT month FROM insights_buyermonth ORDER BY 1
ON CONFLICT (month) DO UPDATE SET since = clock_timestamp()
"""
EMPTY = "TRUNCATE insights_buyermonth, insights_monthtotal, insights_buyer, insights_touchedmonth"


def react(facts: Sequence[Fact | BareFact]) -> None:
    """Note the months of customers that facts are about, as the reader of the timeline hands them over."""
    purchases = [fact.pk for fact in facts if fact.verb in PURCHASES]
    customers: set[int] = set()
    for fact in facts:
        if fact.verb in (Verb.MERGED, Verb.ERASED):
            customers.update(family(fact.customer))
    with connection.cursor() as cursor:
        if purchases:
            cursor.execute(TOUCH_PURCHASES, [settings.BUSINESS_ZONE, f"{{{','.join(map(str, purchases))}}}"])
        if customers:
            cursor.execute(TOUCH_CUSTOMERS, {"zone": settings.BUSINESS_ZONE, "customers": sorted(customers)})


def refresh(*, limit: int = AT_ONCE) -> int:
    """Add up what was touched, a batch at a time, until nothing is left. Returns how many months of customers."""
    total = 0
    while done := _refresh_some(limit):
        total += done
    return total


@transaction.atomic
def _refresh_some(limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(ALONE_BY_INDEX, [LOCK])
        cursor.execute(TAKE, [limit])
        count, customers, months = cursor.fetchone()
        if count:
            touched = {"customers": customers, "months": months, "zone": settings.BUSINESS_ZONE}
            for statement in (DROP_MONTHS, ADD_SOME, TIDY, DROP_BUYERS, ADD_SOME_BUYERS, SOIL):
                cursor.execute(statement, touched)
    return int(count)


@transaction.atomic
def recompute() -> int:
    """Add everything up from the purchases, in place of what stands. Returns how many months of customers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(EMPTY)
        cursor.execute(ADD_ALL, {"zone": settings.BUSINESS_ZONE})
        count = int(cursor.rowcount)
        cursor.execute(ADD_TOTALS)
        cursor.execute(ADD_BUYERS.format(which=""))
        cursor.execute(SOIL_ALL)
    return count

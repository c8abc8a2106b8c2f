"""Orders and what they came to."""

from datetime import date
from typing import Any

from insights.queries.asked import Asked, Figure, fetch

# Orders of the days from one to another.
DAYS = """
WITH rows AS ({rows}), each AS (
    SELECT member, currency, customer_id, month + unnest(days) - 1 AS day, unnest(amounts) AS goods,
        unnest(backs) AS back
    FROM rows WHERE month > %(since)s::date - 31 AND month < %(until)s
)
SELECT member, currency, count(*), sum(goods)::bigint, sum(back)::bigint, count(DISTINCT customer_id),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY goods), count(*) FILTER (WHERE goods > 0)
FROM each WHERE day >= %(since)s AND day < %(until)s GROUP BY 1, 2 ORDER BY 1, 2
"""
# Of whole months the rows have the sums; only the median wants each order, which is mostly the only one of its row.
WHOLE = "month >= %(since)s AND month < %(until)s"
TOTAL = f"""
WITH rows AS NOT MATERIALIZED ({{rows}}), total AS (
    SELECT member, currency, sum(orders)::bigint AS orders, sum(amount)::bigint AS goods, sum(returned)::bigint AS back
    FROM rows WHERE {WHOLE} GROUP BY 1, 2
)"""
ORDERS = f"""SELECT member, currency, amount AS goods FROM rows WHERE {WHOLE} AND orders = 1
    UNION ALL SELECT member, currency, unnest(amounts) FROM rows WHERE {WHOLE} AND orders > 1"""
MIDDLE = "percentile_cont(0.5) WITHIN GROUP (ORDER BY goods) AS median, count(*) FILTER (WHERE goods > 0) AS paid"
MONTHS = f"""{TOTAL},
people AS (SELECT member, currency, count(DISTINCT customer_id) AS buyers FROM rows WHERE {WHOLE} GROUP BY 1, 2),
middle AS (SELECT member, currency, {MIDDLE} FROM ({ORDERS}) AS each GROUP BY 1, 2)
SELECT member, currency, orders, goods, back, buyers, median, paid
FROM total JOIN people USING (member, currency) JOIN middle USING (member, currency) ORDER BY 1, 2
"""
# Everybody together is looked at by currency: there is nothing to sort by then.
MONTHS_OF_ALL = f"""{TOTAL}
SELECT member, currency, total.orders, total.goods, back, buyers, median, paid
FROM total,
    LATERAL (SELECT count(DISTINCT customer_id) AS buyers FROM rows WHERE {WHOLE} AND currency = total.currency) AS p,
    LATERAL (SELECT {MIDDLE} FROM ({ORDERS}) AS each WHERE currency = total.currency) AS middle
ORDER BY 1, 2
"""
VALUE = """
WITH rows AS ({rows})
SELECT member, currency, sum(amount - returned)::bigint, count(DISTINCT customer_id)
FROM rows WHERE month < %(as_of)s GROUP BY 1, 2 ORDER BY 1, 2
"""
KNOWN = """
WITH rows AS ({rows})
SELECT member, m.currency, sum(m.amount)::bigint,
    coalesce(sum(m.amount) FILTER (WHERE f.first_day < m.month), 0)::bigint
FROM rows m JOIN (SELECT customer_id, min(first_day) AS first_day FROM insights_buyer GROUP BY 1) f USING (customer_id)
WHERE m.month = %(month)s GROUP BY 1, 2 ORDER BY 1, 2
"""


def between(asked: Asked, since: date, until: date) -> list[Figure]:
    """Of orders from ``since`` up to ``until``, which is not included: by group and currency."""
    found = []
    values: dict[str, Any] = {"since": since, "until": until}
    months = MONTHS if asked.dimension else MONTHS_OF_ALL
    sql = months if since.day == until.day == 1 else DAYS
    for member, currency, orders, goods, back, buyers, median, paid in fetch(sql.format(rows=asked.rows), values):
        both = (member, currency)
        found += [
            Figure("revenue", goods, orders, goods, *both),
            Figure("revenue_net", goods - back, orders, goods - back, *both),
            Figure("orders", orders, buyers, orders, *both),
            Figure("buyers", buyers, buyers, buyers, *both),
            Figure.share("aov", goods, orders, *both),
            Figure.share("aov_net", goods - back, orders, *both),
            Figure("aov_median", orders, orders, float(median), *both),
            Figure.share("aov_paid", goods, paid, *both),
        ]
    return found


def figures(asked: Asked) -> list[Figure]:
    """Of the month that the day ends."""
    return between(asked, asked.month, asked.as_of)


def value_so_far(asked: Asked) -> list[Figure]:
    rows = fetch(VALUE.format(rows=asked.rows), asked.values())
    return [Figure.share("clv", net, buyers, member, currency) for member, currency, net, buyers in rows]


def to_known_customers(asked: Asked) -> list[Figure]:
    rows = fetch(KNOWN.format(rows=asked.rows), asked.values())
    return [Figure.share("returning_share", known, goods, member, currency) for member, currency, goods, known in rows]

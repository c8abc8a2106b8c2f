"""Orders and what they came to."""

from datetime import date
from typing import Any

from insights.queries.asked import Asked, Figure, fetch

MONEY = """
WITH rows AS ({rows})
SELECT member, currency, count(*), sum(goods)::bigint, sum(back)::bigint, count(DISTINCT customer_id),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY goods), count(*) FILTER (WHERE goods > 0)
FROM rows m, unnest(m.days, m.amounts, m.backs) AS o (d, goods, back)
WHERE month > %(since)s::date - 31 AND month < %(until)s AND month + d - 1 >= %(since)s AND month + d - 1 < %(until)s
GROUP BY 1, 2 ORDER BY 1, 2
"""
VALUE = """
WITH rows AS ({rows})
SELECT member, currency, sum(amount - returned)::bigint, count(DISTINCT customer_id)
FROM rows WHERE month < %(as_of)s GROUP BY 1, 2 ORDER BY 1, 2
"""
KNOWN = """
SELECT m.currency, sum(m.amount)::bigint, coalesce(sum(m.amount) FILTER (WHERE f.first_day < m.month), 0)::bigint
FROM insights_buyermonth m
JOIN (SELECT customer_id, min(first_day) AS first_day FROM insights_buyer GROUP BY 1) f USING (customer_id)
WHERE m.month = %(month)s GROUP BY 1 ORDER BY 1
"""


def between(asked: Asked, since: date, until: date) -> list[Figure]:
    """Of orders from ``since`` up to ``until``, which is not included: by group and currency."""
    found = []
    values: dict[str, Any] = {"since": since, "until": until}
    for member, currency, orders, goods, back, buyers, median, paid in fetch(MONEY.format(rows=asked.rows), values):
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
    rows = fetch(KNOWN, asked.values())
    return [Figure.share("returning_share", known, goods, currency=currency) for currency, goods, known in rows]

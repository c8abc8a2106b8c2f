"""Orders and what they came to."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from insights.metrics.cohorts import later
from insights.queries.asked import Asked, Figure, fetch, months_before

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
# Of whole months the rows have the sums, and those of everybody are kept. Their buyers are counted by the months that
# they keep themselves.
SUMS = """
WITH rows AS ({rows})
SELECT month, member, currency, sum(orders)::bigint, sum(amount)::bigint, sum(returned)::bigint,
    count(DISTINCT customer_id)
FROM rows WHERE month = ANY(%(months)s) GROUP BY 1, 2, 3
"""
SUMS_OF_ALL = """
SELECT month, currency, sum(orders)::bigint, sum(amount)::bigint, sum(returned)::bigint
FROM insights_monthtotal WHERE month = ANY(%(months)s) GROUP BY 1, 2
"""
BUYERS = """
WITH came AS (
    SELECT currency, unnest(months[width_bucket(%(first)s::date - 1, months) + 1:]) AS month
    FROM insights_buyer WHERE last_day >= %(first)s
)
SELECT month, currency, count(*) FROM came WHERE month = ANY(%(months)s) GROUP BY 1, 2
"""
# Only the median wants each order, which is mostly the only one of its row. Everybody together is looked at by
# currency: there is nothing to sort by then.
ORDERS = """SELECT member, currency, amount AS goods FROM rows WHERE month = %(month)s AND orders = 1
    UNION ALL SELECT member, currency, unnest(amounts) FROM rows WHERE month = %(month)s AND orders > 1"""
MIDDLE = "percentile_cont(0.5) WITHIN GROUP (ORDER BY goods) AS median, count(*) FILTER (WHERE goods > 0) AS paid"
MIDDLES = f"""
WITH rows AS NOT MATERIALIZED ({{rows}})
SELECT member, currency, {MIDDLE} FROM ({ORDERS}) AS each GROUP BY 1, 2
"""
MIDDLES_OF_ALL = f"""
WITH rows AS NOT MATERIALIZED ({{rows}})
SELECT ''::text, named.currency, median, paid FROM unnest(%(currencies)s::text[]) AS named (currency),
    LATERAL (SELECT {MIDDLE} FROM ({ORDERS}) AS each WHERE currency = named.currency) AS middle
"""
# Of a month that was under way on the day, the orders before it: mostly that is all of them.
VALUE = """
WITH rows AS ({rows}), until AS (
    SELECT member, currency, customer_id, CASE
        WHEN month + days[cardinality(days)] - 1 < %(as_of)s THEN amount - returned
        ELSE (SELECT sum(goods - back) FROM unnest(days, amounts, backs) AS each (day, goods, back)
            WHERE month + day - 1 < %(as_of)s)
    END AS spent
    FROM rows WHERE month < %(as_of)s AND month + days[1] - 1 < %(as_of)s
)
SELECT member, currency, sum(spent)::bigint, count(DISTINCT customer_id) FROM until GROUP BY 1, 2 ORDER BY 1, 2
"""
KNOWN = """
WITH rows AS ({rows})
SELECT member, m.currency, sum(m.amount)::bigint,
    coalesce(sum(m.amount) FILTER (WHERE f.first_day < m.month), 0)::bigint
FROM rows m JOIN (
    SELECT customer_id, first_day FROM insights_buyer WHERE alone AND last_day >= %(month)s
    UNION ALL SELECT customer_id, min(first_day) FROM insights_buyer WHERE NOT alone GROUP BY 1
) f USING (customer_id)
WHERE m.month = %(month)s GROUP BY 1, 2 ORDER BY 1, 2
"""


class Sums(NamedTuple):
    """What a group bought in a month, in one currency."""

    orders: int
    goods: int
    back: int
    buyers: int


def sums(asked: Asked, months: Collection[date]) -> dict[tuple[date, str, str], Sums]:
    """Of whole months, given by their first days: by month, group and currency."""
    values = {"months": sorted(months), "first": min(months)}
    if asked.dimension:
        rows = fetch(SUMS.format(rows=asked.rows), values)
        return {(month, member, currency): Sums(*said) for month, member, currency, *said in rows}
    came = {(month, currency): n for month, currency, n in fetch(BUYERS, values)}
    return {
        (month, "", currency): Sums(orders, goods, back, came[month, currency])
        for month, currency, orders, goods, back in fetch(SUMS_OF_ALL, values)
    }


def of_months(asked: Asked, ends: Collection[date]) -> dict[date, list[Figure]]:
    """The figures of whole months, by the day that each of them ends: in one pass, but for the median."""
    months = [months_before(end, 1) for end in ends]
    found: dict[date, list[Figure]] = {end: [] for end in ends}
    by_month: dict[date, dict[tuple[str, str], Sums]] = defaultdict(dict)
    for (month, *both), one in sums(asked, months).items():
        by_month[month][both[0], both[1]] = one
    for month in sorted(by_month):
        known = by_month[month]
        sql = MIDDLES if asked.dimension else MIDDLES_OF_ALL
        values = {"month": month, "currencies": sorted({currency for _, currency in known})}
        for member, currency, median, paid in sorted(fetch(sql.format(rows=asked.rows), values)):
            found[later(month, 1)] += _figures(member, currency, known[member, currency], median, paid)
    return found


def between(asked: Asked, since: date, until: date) -> list[Figure]:
    """Of orders from ``since`` up to ``until``, which is not included: by group and currency."""
    values = {"since": since, "until": until}
    rows = fetch(DAYS.format(rows=asked.rows), values)
    return [
        figure
        for member, currency, orders, goods, back, buyers, median, paid in rows
        for figure in _figures(member, currency, Sums(orders, goods, back, buyers), median, paid)
    ]


def figures(asked: Asked) -> list[Figure]:
    """Of the month that the day ends, or that is under way."""
    if asked.as_of.day == 1:
        return of_months(asked, [asked.as_of])[asked.as_of]
    return between(asked, asked.month, asked.as_of)


def _figures(member: str, currency: str, said: Sums, median: Any, paid: int) -> list[Figure]:
    both, net = (member, currency), said.goods - said.back
    return [
        Figure("revenue", said.goods, said.orders, said.goods, *both),
        Figure("revenue_net", net, said.orders, net, *both),
        Figure("orders", said.orders, said.buyers, said.orders, *both),
        Figure("buyers", said.buyers, said.buyers, said.buyers, *both),
        Figure.share("aov", said.goods, said.orders, *both),
        Figure.share("aov_net", net, said.orders, *both),
        Figure("aov_median", said.orders, said.orders, float(median), *both),
        Figure.share("aov_paid", said.goods, paid, *both),
    ]


def value_so_far(asked: Asked) -> list[Figure]:
    rows = fetch(VALUE.format(rows=asked.rows), asked.values())
    return [Figure.share("clv", net, buyers, member, currency) for member, currency, net, buyers in rows]


def to_known_customers(asked: Asked) -> list[Figure]:
    rows = fetch(KNOWN.format(rows=asked.rows), asked.values())
    return [Figure.share("returning_share", known, goods, member, currency) for member, currency, goods, known in rows]

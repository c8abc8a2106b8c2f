"""Who bought again: by orders, by days, by months, and after how long."""

from collections.abc import Mapping
from datetime import date

from insights.metrics.survival import Curve, kaplan_meier_of
from insights.queries.asked import Asked, Figure, counted, fetch, months_before

END = "%(as_of)s::date"
PERSON = f"""
WITH rows AS ({{rows}}),
person AS (
    SELECT member, customer_id, sum({counted("'-infinity'::date", END)}) AS ever,
        sum({counted(f"{END} - %(lately)s::int", END)}) AS lately
    FROM rows m WHERE month < {END} GROUP BY 1, 2
)
"""
# Who is counted by each figure.
WHO = {
    "repeat_rate": "lately > 1",
    "loyal_share": "lately >= %(loyal)s",
    "frequency": "lately > 0",
    "repeat_rate_ever": "ever > 1",
    "loyal_share_ever": "ever >= %(loyal)s",
    "clv": "ever > 0",
}
ORDERS = f"""{PERSON}
SELECT member, count(*) FILTER (WHERE ever > 0), count(*) FILTER (WHERE ever > 1),
    count(*) FILTER (WHERE ever >= %(loyal)s), count(*) FILTER (WHERE lately > 0),
    coalesce(sum(lately), 0)::bigint, count(*) FILTER (WHERE lately > 1), count(*) FILTER (WHERE lately >= %(loyal)s)
FROM person GROUP BY member ORDER BY member
"""
NEXT_MONTH = f"""
WITH rows AS ({{rows}}),
active AS (
    SELECT DISTINCT member, customer_id, month FROM rows WHERE month + days[1] - 1 < {END} AND month >= %(since)s
)
SELECT a.member, a.month, count(*), count(b.customer_id)
FROM active a LEFT JOIN active b
    ON b.member = a.member AND b.customer_id = a.customer_id AND b.month = (a.month + interval '1 month')::date
GROUP BY 1, 2 ORDER BY 1, 2
"""
DAYS = f"""
day AS (
    SELECT customer_id, month + d - 1 AS day, count(*) AS orders
    FROM insights_buyermonth m, unnest(m.days) AS d WHERE month < {END} AND month + d - 1 < {END} GROUP BY 1, 2
)"""
GAPS = f"""
WITH {DAYS}, gap AS (SELECT day, lead(day) OVER (PARTITION BY customer_id ORDER BY day) AS next FROM day)
SELECT coalesce(next, {END}) - day, next IS NOT NULL, count(*) FROM gap GROUP BY 1, 2
"""
FIRST = f"""
WITH {DAYS}, numbered AS (
    SELECT customer_id, day, orders, row_number() OVER by_day AS nth, lead(day) OVER by_day AS next
    FROM day WINDOW by_day AS (PARTITION BY customer_id ORDER BY day)
), first AS (SELECT customer_id, day, orders, next FROM numbered WHERE nth = 1)"""
IN_TIME = f"day + 90 <= {END} AND (orders > 1 OR next <= day + 90)"
BY_DAYS = f"""{FIRST},
days AS (SELECT count(*) AS days FROM day GROUP BY customer_id)
SELECT (SELECT count(*) FROM days WHERE days > 1), (SELECT count(*) FROM days WHERE days >= %(loyal)s),
    count(*), count(*) FILTER (WHERE day + 90 <= {END}), count(*) FILTER (WHERE {IN_TIME})
FROM first
"""
# Who is counted by each figure of days; who came on two days has a gap that is over.
ON_DAYS = f"WITH {DAYS} SELECT customer_id FROM day GROUP BY customer_id HAVING count(*) "
WHO_BY_DAYS = {
    "second_order": f"{FIRST} SELECT customer_id FROM first WHERE {IN_TIME}",
    "repeat_days": f"{ON_DAYS} > 1",
    "loyal_days": f"{ON_DAYS} >= %(loyal)s",
    "gap_median": f"{ON_DAYS} > 1",
    "gap_closed": f"{ON_DAYS} > 1",
    "back_in_90": f"{ON_DAYS} > 1",
}


def figures(asked: Asked) -> list[Figure]:
    """By orders, in the last year and ever."""
    found = []
    for member, ever, twice, loyal, lately, orders, again, faithful in fetch(
        ORDERS.format(rows=asked.rows), asked.values()
    ):
        found += [
            Figure.share("repeat_rate", again, lately, member),
            Figure.share("loyal_share", faithful, lately, member),
            Figure.share("frequency", orders, lately, member),
            Figure.share("repeat_rate_ever", twice, ever, member),
            Figure.share("loyal_share_ever", loyal, ever, member),
        ]
    return found


def following_months(asked: Asked, since: date) -> list[tuple[str, date, int, int]]:
    """Of the buyers of each month, how many there were and how many bought in the next one, by group and month."""
    return fetch(NEXT_MONTH.format(rows=asked.rows), asked.values() | {"since": since})


def next_month(asked: Asked) -> list[Figure]:
    """Of the month before the one that the day ends."""
    base = months_before(asked.month, 1)
    return [
        Figure.share("next_month", again, count, member)
        for member, month, count, again in following_months(asked, base)
        if month == base
    ]


def gaps(asked: Asked) -> tuple[Curve, Mapping[int, int]]:
    """The curve of all gaps between days of purchases, and how many of each length are over."""
    over: dict[int, int] = {}
    still: dict[int, int] = {}
    for length, ended, count in fetch(GAPS, asked.values()):
        (over if ended else still)[length] = count
    return kaplan_meier_of(over, still), over


def by_days(asked: Asked) -> list[Figure]:
    """What needs every single day: gaps, and who came on several days. For everybody together only."""
    curve, over = gaps(asked)
    again, faithful, buyers, followed, in_time = fetch(BY_DAYS, asked.values())[0]
    closed = curve.n - curve.open
    return [
        Figure.share("repeat_days", again, buyers),
        Figure.share("loyal_days", faithful, buyers),
        Figure.share("second_order", in_time, followed),
        Figure("gap_median", closed, curve.n, curve.median),
        Figure("gap_closed", closed, closed, _median(over)),
        Figure("back_in_90", closed, curve.n, 1 - curve.still(90) if curve.n else None),
    ]


def _median(counts: Mapping[int, int]) -> float | None:
    half, seen = sum(counts.values()) / 2, 0
    for length in sorted(counts):
        seen += counts[length]
        if seen >= half:
            return float(length)
    return None

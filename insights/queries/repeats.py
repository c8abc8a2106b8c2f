"""Who bought again: by orders, by days, by months, and after how long."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from insights.metrics.survival import Curve, kaplan_meier_of
from insights.queries.asked import ONCE, Asked, Figure, before, before_known, fetch, months_before

END = "%(as_of)s::date"
PERSON = f"""
WITH people AS ({{people}}),
person AS (
    SELECT member, customer_id, ever, ever - long_ago AS lately FROM (
        SELECT member, customer_id, {before_known(END)} AS ever,
            {before_known(f"{END} - %(lately)s::int")} AS long_ago
        FROM people WHERE first_day < {END} {ONCE}
    ) AS known
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
SELECT {{member}}, count(*) FILTER (WHERE ever > 0), count(*) FILTER (WHERE ever > 1),
    count(*) FILTER (WHERE ever >= %(loyal)s), count(*) FILTER (WHERE lately > 0),
    coalesce(sum(lately), 0)::bigint, count(*) FILTER (WHERE lately > 1), count(*) FILTER (WHERE lately >= %(loyal)s)
FROM person GROUP BY 1 ORDER BY 1
"""
# The months asked for, each with the next one: months are of 31 days at most, and two that do not follow each other
# lie further apart. Cut before they are taken apart: who plans the statement knows nothing of what comes out then.
NEXT_MONTH = f"""
WITH people AS ({{people}}),
lived AS (
    SELECT member, months, CASE WHEN first_day >= %(since)s THEN 0
            ELSE width_bucket(%(since)s::date - 1, months) END AS begun,
        CASE WHEN last_day < {END} THEN cardinality(months) ELSE width_bucket(days[{before(END)}], months) END AS until
    FROM people WHERE first_day < {END} AND last_day >= %(since)s {ONCE}
), pair AS (
    SELECT member, unnest(months[begun + 1:until]) AS month, unnest(months[begun + 2:until]) AS next FROM lived
)
SELECT {{member}}, month, count(*), count(*) FILTER (WHERE next - month <= 31) FROM pair GROUP BY 1, 2 ORDER BY 1, 2
"""
LIVED = f"""
WITH lived AS (
    SELECT member, customer_id, days[:{before(END)}] AS days FROM ({{people}}) p WHERE first_day < {END}
)"""
GAPS = f"""{LIVED},
gap AS (SELECT member, unnest(days) AS day, unnest(days[2:]) AS next FROM lived)
SELECT member, coalesce(next, {END}) - day, next IS NOT NULL, count(*)
FROM gap WHERE next IS DISTINCT FROM day GROUP BY 1, 2, 3
"""
# How many orders the first day had, the day of the next one, and how many different days there were.
FIRST = f"""{LIVED},
begun AS (SELECT *, width_bucket(days[1], days) AS at_first FROM lived),
first AS (
    SELECT member, customer_id, days[1] AS day, at_first AS orders, days[at_first + 1] AS next,
        CASE WHEN at_first = cardinality(days) THEN 1
        ELSE (SELECT count(DISTINCT day) FROM unnest(days) AS day) END AS different
    FROM begun
)"""
IN_TIME = f"day + 90 <= {END} AND (orders > 1 OR next <= day + 90)"
BY_DAYS = f"""{FIRST}
SELECT member, count(*) FILTER (WHERE different > 1), count(*) FILTER (WHERE different >= %(loyal)s),
    count(*), count(*) FILTER (WHERE day + 90 <= {END}), count(*) FILTER (WHERE {IN_TIME})
FROM first GROUP BY member ORDER BY member
"""
# Who is counted by each figure of days; who came on two days has a gap that is over.
ON_DAYS = f"{FIRST} SELECT customer_id FROM first WHERE {{group}} AND different"
WHO_BY_DAYS = {
    "second_order": f"{FIRST} SELECT customer_id FROM first WHERE {{group}} AND {IN_TIME}",
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
        ORDERS.format(people=asked.people, member=asked.member), asked.values()
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
    return fetch(NEXT_MONTH.format(people=asked.people, member=asked.member), asked.values() | {"since": since})


def next_month(asked: Asked) -> list[Figure]:
    """Of the month before the one that the day ends."""
    base = months_before(asked.month, 1)
    return [
        Figure.share("next_month", again, count, member)
        for member, month, count, again in following_months(asked, base)
        if month == base
    ]


def gaps(asked: Asked) -> dict[str, tuple[Curve, Mapping[int, int]]]:
    """Of each group the curve of all gaps between days of purchases, and how many of each length are over."""
    over: dict[str, dict[int, int]] = defaultdict(dict)
    still: dict[str, dict[int, int]] = defaultdict(dict)
    for member, length, ended, count in fetch(GAPS.format(people=asked.people), asked.values()):
        (over if ended else still)[member][length] = count
    return {member: (kaplan_meier_of(over[member], still[member]), over[member]) for member in {*over, *still}}


def by_days(asked: Asked) -> list[Figure]:
    """What needs every single day: gaps, and who came on several days."""
    curves, found = gaps(asked), []
    for member, again, faithful, buyers, followed, in_time in fetch(
        BY_DAYS.format(people=asked.people), asked.values()
    ):
        curve, over = curves[member]
        closed = curve.n - curve.open
        found += [
            Figure.share("repeat_days", again, buyers, member),
            Figure.share("loyal_days", faithful, buyers, member),
            Figure.share("second_order", in_time, followed, member),
            Figure("gap_median", closed, curve.n, curve.median, member),
            Figure("gap_closed", closed, closed, _median(over), member),
            Figure("back_in_90", closed, curve.n, 1 - curve.still(90), member),
        ]
    return found


def _median(counts: Mapping[int, int]) -> float | None:
    half, seen = sum(counts.values()) / 2, 0
    for length in sorted(counts):
        seen += counts[length]
        if seen >= half:
            return float(length)
    return None

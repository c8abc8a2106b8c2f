"""Recency, frequency, money: five equal parts of each."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from insights.queries.asked import Asked, Figure, before, fetch, stream

# Ranks, not values, are divided: so parts are equal however many have one order. The id breaks ties.
SCORED = f"""
WITH known AS (
    SELECT customer_id, days, spent, {before("%(as_of)s::date")} AS until,
        {before("%(as_of)s::date - %(lately)s::int")} AS since
    FROM insights_buyer
    WHERE currency = %(currency)s AND last_day >= %(as_of)s::date - %(lately)s::int AND first_day < %(as_of)s
), bought AS (
    SELECT customer_id, days[until] AS last_day, until - since AS orders,
        spent[until] - coalesce(spent[since], 0) AS money
    FROM known WHERE until > since
), scored AS (
    SELECT customer_id, ntile(5) OVER (ORDER BY last_day, customer_id) AS r,
        ntile(5) OVER (ORDER BY orders, customer_id) AS f, ntile(5) OVER (ORDER BY money, customer_id) AS m
    FROM bought
)
"""
CELLS = f"""{SCORED}, cells AS (SELECT r, f, m, count(*) AS n FROM scored GROUP BY 1, 2, 3)
SELECT r::text || f || m AS cell, n FROM cells ORDER BY 1"""
EACH = SCORED + "SELECT customer_id, r::text || f || m FROM scored ORDER BY 1"

WITH_RISK = f"""
SELECT customer_id, coalesce(band, ''), coalesce(cell, '')
FROM (SELECT customer_id, band FROM insights_risk WHERE repeats > 0) AS risks
FULL JOIN ({EACH}) AS cells (customer_id, cell) USING (customer_id) ORDER BY 1
"""


def values_of(asked: Asked) -> dict[str, Any]:
    return asked.values() | {"currency": settings.BUSINESS_CURRENCY}


def figures(asked: Asked) -> list[Figure]:
    cells = fetch(CELLS, values_of(asked))
    total = sum(n for _, n in cells)
    return [Figure("rfm", n, total, n, cell) for cell, n in cells]


def each_with_risk(asked: Asked) -> Iterator[tuple[int, str, str]]:
    """The risk of everybody who came back, and the cell of each customer."""
    yield from stream(WITH_RISK, values_of(asked))

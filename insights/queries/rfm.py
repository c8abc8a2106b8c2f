"""Recency, frequency, money: five equal parts of each."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from insights.queries.asked import ONCE, Asked, Figure, before_known, fetch, stream

# Ranks, not values, are divided: so parts are equal however many have one order. The id breaks ties. Day and id,
# orders and id are one number each. So the four of them are found where parts begin, and everybody is held beside
# these, which takes two thirds of the time of ranks. Only money may be too much to share a number with an id.
FIVE = "SELECT k * (n / 5) + least(k, n %% 5) + 1 AS place FROM generate_series(1, 4) AS k"
WITH_ID = "::bigint << 40 | customer_id"
SCORED = f"""
WITH known AS (
    SELECT customer_id, days, spent, {before_known("%(as_of)s::date")} AS until,
        {before_known("%(as_of)s::date - %(lately)s::int")} AS since
    FROM insights_buyer
    WHERE currency = %(currency)s AND last_day >= %(as_of)s::date - %(lately)s::int AND first_day < %(as_of)s {ONCE}
), bought AS MATERIALIZED (
    SELECT customer_id, (days[until] - date '1970-01-01'){WITH_ID} AS latest, (until - since){WITH_ID} AS orders,
        spent[until] - coalesce(spent[since], 0) AS money
    FROM known WHERE until > since
), begin AS (
    SELECT ARRAY(SELECT CASE WHEN place <= n THEN (place - 0.5) / n END FROM ({FIVE}) AS five)::float[] AS shares
    FROM (SELECT count(*) AS n FROM bought) AS everybody
), line AS MATERIALIZED (
    SELECT array_remove(percentile_disc((SELECT shares FROM begin)) WITHIN GROUP (ORDER BY latest), NULL) AS latest,
        array_remove(percentile_disc((SELECT shares FROM begin)) WITHIN GROUP (ORDER BY orders), NULL) AS orders
    FROM bought
), held AS (
    SELECT customer_id, money, 1 + width_bucket(latest, (SELECT latest FROM line)) AS r,
        1 + width_bucket(orders, (SELECT orders FROM line)) AS f
    FROM bought {ONCE}
), scored AS (
    SELECT customer_id, r, f, ntile(5) OVER (ORDER BY money, customer_id) AS m FROM held
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

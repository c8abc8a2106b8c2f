"""What the model of buying knows of each customer: days of purchases, their gaps, and what they spent."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from insights.metrics.risk import Shop
from insights.queries.asked import fetch

HISTORIES = """
WITH day AS (
    SELECT customer_id, month + d - 1 AS day,
        coalesce(sum(goods - back) FILTER (WHERE currency = %(currency)s), 0) AS money
    FROM insights_buyermonth m, unnest(m.days, m.amounts, m.backs) AS o (d, goods, back)
    WHERE month < %(as_of)s AND month + d - 1 < %(as_of)s GROUP BY 1, 2
), gap AS (
    SELECT customer_id, day, money, day - lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap FROM day
)
SELECT customer_id, count(*)::int - 1, min(day), max(day),
    percentile_disc(0.25) WITHIN GROUP (ORDER BY gap), percentile_disc(0.75) WITHIN GROUP (ORDER BY gap),
    coalesce(avg(money) FILTER (WHERE gap IS NOT NULL), 0)::float
FROM gap GROUP BY customer_id ORDER BY customer_id
"""
BOUGHT = """
SELECT DISTINCT customer_id FROM insights_buyermonth m, unnest(m.days) AS d
WHERE month > %(since)s::date - 31 AND month < %(until)s
    AND month + d - 1 >= %(since)s AND month + d - 1 < %(until)s
"""
VISITS = "SELECT customer_id, max(at)::date FROM customers_fact WHERE verb = 'visited' GROUP BY 1"
COMPLAINTS = """
SELECT DISTINCT customer_id FROM feedback_case
WHERE kind = 'complaint' AND closed_at IS NULL AND NOT spam AND merged_into_id IS NULL AND customer_id IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class History:
    """Days of purchases after the first one, the gaps of the middle half, and the mean of what a day came to."""

    customer: int
    repeats: int
    first: date
    last: date
    gap_low: int | None
    gap_high: int | None
    mean: float

    def weeks(self, as_of: date) -> tuple[int, float, float]:
        """As BG/NBD wants it, to the day: until the day before ``as_of``, which is the last one known."""
        return self.repeats, (self.last - self.first).days / 7, ((as_of - self.first).days - 1) / 7

    def whole_weeks(self, as_of: date) -> tuple[int, float, float]:
        """In whole weeks: many have the same, so that a large shop is fitted in seconds."""
        x, last, known = self.weeks(as_of)
        return x, float(round(last)), float(max(round(known), round(last)))


def histories(as_of: date) -> list[History]:
    """Of everybody who bought before the day, also of those who were erased: the model learns from them."""
    return [History(*row) for row in fetch(HISTORIES, {"as_of": as_of, "currency": settings.BUSINESS_CURRENCY})]


def shop_of(found: list[History], as_of: date) -> Shop:
    if not found:
        return Shop(0, 0, 0, 0)
    last = max(one.last for one in found)
    first = min(one.first for one in found)
    return Shop(len(found), (as_of - first).days, (as_of - last).days, sum(1 for one in found if one.repeats >= 2))


def bought_between(since: date, until: date) -> set[int]:
    return {pk for (pk,) in fetch(BOUGHT, {"since": since, "until": until})}


def last_visits() -> dict[int, date]:
    return dict(fetch(VISITS, {}))


def with_open_complaint() -> set[int]:
    return {pk for (pk,) in fetch(COMPLAINTS, {})}

"""What people who analyse may read: views without names, numbers and addresses. Files and the dictionary come of it.

A customer is their id here: whoever has only these views cannot tell who it is. Free text is nowhere in them.
"""

from dataclasses import dataclass

from django.conf import settings

SCHEMA = "analyst"


@dataclass(frozen=True)
class View:
    """``columns`` say what each column of the statement is, in its order."""

    name: str
    meaning: str
    sql: str
    columns: dict[str, str]


def _day(moment: str) -> str:
    """SQL for the day of the business, whatever the session takes for its zone."""
    return f"({moment} AT TIME ZONE '{settings.BUSINESS_ZONE}')::date"


VIEWS = (
    View(
        "figures", "Every figure as it was taken; docs/insights.md has the definitions.",
        "SELECT metric, version, as_of, finished, dimension, member, currency, numerator, denominator, value,"
        " low, high, taken_at FROM insights_snapshot",
        {
            "metric": "key of the figure", "version": "version of its definition",
            "as_of": "what came before this day counts", "finished": "the period is over",
            "dimension": "what it is split by; empty: everybody", "member": "the group", "currency": "of money",
            "numerator": "what is counted", "denominator": "of how many",
            "value": "a share up to 1, money in minor units",
            "low": "where chance may have moved it, 95 %", "high": "to here", "taken_at": "when it was taken",
        },
    ),
    View(
        "customers", "One row for each customer who is not erased or merged.",
        f"""SELECT c.id AS customer, c.country, c.language, c.birth_year / 10 * 10 AS birth_decade,
            {_day("c.created_at")} AS known_since, p.stage, p.tier, p.purchases,
            {_day("p.first_purchase_at")} AS first_purchase, {_day("p.last_purchase_at")} AS last_purchase, p.currency,
            p.gross, p.returned, p.points_available, p.nps, p.risk, p.rfm
        FROM customers_customer c LEFT JOIN customers_profile p ON p.customer_id = c.id WHERE c.status = 'active'""",
        {
            "customer": "id", "country": "two letters", "language": "code", "birth_decade": "1980 for 1980 to 1989",
            "known_since": "day, in the zone of the business as all days here",
            "stage": "new, active, at_risk, lapsed, returned or lead", "tier": "code",
            "purchases": "orders that were not cancelled", "first_purchase": "day", "last_purchase": "day",
            "currency": "of the latest purchase", "gross": "bought for, minor units", "returned": "minor units",
            "points_available": "points", "nps": "last answer, 0 to 10", "risk": "low, medium or high",
            "rfm": "fifths of recency, frequency, money",
        },
    ),
    View(
        "purchases", "One row for each purchase.",
        """SELECT id AS purchase, customer_id AS customer, at, currency, channel, store, goods, shipping, tax,
            returned, status FROM customers_purchase""",
        {
            "purchase": "id", "customer": "id", "at": "time", "currency": "ISO code", "channel": "web, store, …",
            "store": "code", "goods": "after discounts, minor units", "shipping": "minor units",
            "tax": "contained, minor units", "returned": "came back so far, minor units",
            "status": "standing or cancelled",
        },
    ),
    View(
        "lines", "One row for each line of a purchase.",
        """SELECT purchase_id AS purchase, position, product, category, brand, quantity, amount, returned
        FROM customers_line""",
        {
            "purchase": "id", "position": "from 1 on", "product": "code", "category": "as it was sold",
            "brand": "as it was sold", "quantity": "pieces", "amount": "after discount, minor units",
            "returned": "pieces that came back",
        },
    ),
    View(
        "months", "What each customer bought in each month: what figures are taken from.",
        """SELECT customer_id AS customer, month, currency, channel, orders, kept, amount, returned
        FROM insights_buyermonth""",
        {
            "customer": "id", "month": "its first day, in the zone of the business", "currency": "ISO code",
            "channel": "web, store, …", "orders": "orders", "kept": "of which not everything came back",
            "amount": "minor units", "returned": "minor units",
        },
    ),
    View(
        "risks", "What the model of buying says of each customer.",
        """SELECT customer_id AS customer, repeats, last_day, known_days, chance, band, expected, value, at_stake
        FROM insights_risk""",
        {
            "customer": "id", "repeats": "days of purchases after the first", "last_day": "day of the last order",
            "known_days": "days since the first order", "chance": "of no order in 90 days",
            "band": "low, medium or high", "expected": "orders expected in a year",
            "value": "expected in a year, minor units", "at_stake": "chance times value",
        },
    ),
)  # fmt: skip

"""What a figure is asked about, and the rows of buyers that it is taken from."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import connection

from customers.models import Segment
from customers.queries import segments
from insights.models import FigureSettings

DIMENSIONS = ("segment", "tier", "channel", "cohort")

# The rows with the group that each belongs to. Segments and tiers are those of now.
ROWS = {
    "": "SELECT ''::text AS member, m.* FROM insights_buyermonth m",
    "channel": "SELECT m.channel AS member, m.* FROM insights_buyermonth m",
    "tier": "SELECT coalesce(p.tier, '') AS member, m.* FROM insights_buyermonth m"
    " LEFT JOIN customers_profile p ON p.customer_id = m.customer_id",
    "cohort": "SELECT to_char(f.first_day, 'YYYY-MM') AS member, m.* FROM insights_buyermonth m JOIN"
    " (SELECT customer_id, min(first_day) AS first_day FROM insights_buyer GROUP BY 1) f USING (customer_id)",
    "segment": "SELECT s.member, m.* FROM insights_buyermonth m JOIN insights_members s USING (customer_id)",
}
# All that each customer bought, whatever the currency, with their group: days of orders, and months with an order.
EVERYBODY = """SELECT customer_id, days, months, first_day, last_day FROM insights_buyer WHERE alone
UNION ALL SELECT customer_id, array_agg(day ORDER BY day), array_agg(DISTINCT date_trunc('month', day)::date),
    min(day), max(day)
FROM (SELECT customer_id, unnest(days) AS day FROM insights_buyer WHERE NOT alone) AS several GROUP BY 1"""
PEOPLE = {
    "": f"SELECT ''::text AS member, b.* FROM ({EVERYBODY}) b",
    "channel": """SELECT channel AS member, customer_id, array_agg(day ORDER BY day) AS days,
        array_agg(DISTINCT month) AS months, min(day) AS first_day, max(day) AS last_day
    FROM (SELECT channel, customer_id, month, month + unnest(days) - 1 AS day FROM insights_buyermonth) AS each
    GROUP BY 1, 2""",
    "tier": f"SELECT coalesce(p.tier, '') AS member, b.* FROM ({EVERYBODY}) b"
    " LEFT JOIN customers_profile p ON p.customer_id = b.customer_id",
    "cohort": f"SELECT to_char(first_day, 'YYYY-MM') AS member, b.* FROM ({EVERYBODY}) b",
    "segment": f"SELECT s.member, b.* FROM ({EVERYBODY}) b JOIN insights_members s USING (customer_id)",
}
# At the end of a subquery: what it works out is worked out once for each row, not wherever it is used. As a string:
# as a number it would keep PostgreSQL from letting several workers at it.
ONCE = "OFFSET '0'"
MEMBERS = "CREATE TEMPORARY TABLE IF NOT EXISTS insights_members (customer_id bigint, member text) ON COMMIT DROP"


@dataclass(frozen=True)
class Figure:
    """What a query answers: one figure of one group. Chance may have moved it from ``low`` to ``high`` (95 %)."""

    metric: str
    numerator: int | None
    denominator: int
    value: float | None
    member: str = ""
    currency: str = ""
    low: float | None = None
    high: float | None = None

    @classmethod
    def share(cls, metric: str, numerator: int, denominator: int, member: str = "", currency: str = "") -> "Figure":
        return cls(metric, numerator, denominator, numerator / denominator if denominator else None, member, currency)

    def give_or_take(self, margin: float | None) -> "Figure":
        if margin is None or self.value is None:
            return self
        return replace(self, low=self.value - margin, high=self.value + margin)


@dataclass(frozen=True)
class Asked:
    """All that happened before the beginning of ``as_of`` counts. ``dimension`` splits it into groups."""

    as_of: date
    means: FigureSettings
    dimension: str = ""

    @property
    def month(self) -> date:
        """The month that the day ends, or that is under way."""
        return (self.as_of - timedelta(days=1)).replace(day=1)

    @property
    def start(self) -> date:
        return months_before(self.as_of, 3)

    @property
    def rows(self) -> str:
        return ROWS[self.dimension]

    @property
    def people(self) -> str:
        return PEOPLE[self.dimension]

    @property
    def member(self) -> str:
        """The group, for the outermost statement: where there is but one, nothing has to be sorted by it."""
        return "member" if self.dimension else "''::text AS member"

    def values(self) -> dict[str, Any]:
        return {
            "as_of": self.as_of, "start": self.start, "month": self.month,
            "active": self.means.active_days, "lately": self.means.repeat_days, "loyal": self.means.loyal_orders,
        }  # fmt: skip


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of a shorter month.

    >>> months_before(date(2026, 5, 31), 3)
    datetime.date(2026, 2, 28)
    """
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    first = date(year, month + 1, 1)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - first).days
    return first.replace(day=min(day.day, last))


def before(day: str, days: str = "days") -> str:
    """SQL for how many orders were made before a day, by bisection."""
    return f"width_bucket({day} - 1, {days})"


def before_known(day: str) -> str:
    """The same of a row that knows its first and last day: most lie wholly before a day, or after it."""
    return f"CASE WHEN last_day < {day} THEN cardinality(days) WHEN first_day >= {day} THEN 0 ELSE {before(day)} END"


def fetch(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def stream(sql: str, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Rows that are too many to be held: to be read within the transaction."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(5_000):
            yield from rows


def gather_members() -> None:
    """For figures by segment: who is in which, in a table of this transaction only."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS)
        cursor.execute("TRUNCATE insights_members")
        for segment in Segment.objects.order_by("pk"):
            sql, params = segments.members(segment).values_list("pk").query.sql_with_params()
            cursor.execute(
                f"INSERT INTO insights_members SELECT found.*, %s FROM ({sql}) AS found", (str(segment.pk), *params)
            )

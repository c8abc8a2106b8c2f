"""Who was active before, and who is now: the bridge."""

from datetime import date

from insights.metrics.retention import Bridge
from insights.queries.asked import Asked, Figure, counted, fetch

START, END = "%(start)s::date", "%(as_of)s::date"
FIRST = "SELECT customer_id, min(first_day) AS first_day FROM insights_buyer GROUP BY 1"
# Somebody may have bought elsewhere before they came to a channel.
FIRST_OF_CHANNEL = "SELECT member, customer_id, min(month + days[1] - 1) AS first_day FROM rows GROUP BY 1, 2"
SEEN = f"""
WITH rows AS ({{rows}}),
seen AS (
    SELECT member, customer_id,
        bool_or({counted(f"{START} - %(active)s::int", START)} > 0) AS before,
        bool_or({counted(f"{END} - %(active)s::int", END)} > 0) AS after
    FROM rows m WHERE month > {START} - %(active)s::int - 31 AND month < {END} GROUP BY 1, 2
), first AS ({{first}})
"""
FROM = "FROM seen JOIN first USING ({by})"
# Who is counted by each figure.
WHO = {
    "active": "after",
    "retention": "before AND after",
    "churn": "before AND NOT after",
    "lost": "before AND NOT after",
    "new": f"after AND NOT before AND first_day >= {START}",
    "reactivated": f"after AND NOT before AND first_day < {START}",
}
BRIDGE = f"""
SELECT member, count(*) FILTER (WHERE before), count(*) FILTER (WHERE {WHO["new"]}),
    count(*) FILTER (WHERE {WHO["reactivated"]}), count(*) FILTER (WHERE {WHO["lost"]})
{FROM} WHERE before OR after GROUP BY member ORDER BY member
"""


def seen(asked: Asked, rest: str) -> str:
    """A statement over who was active before and after, with the day of their first order."""
    channel = asked.dimension == "channel"
    first, by = (FIRST_OF_CHANNEL, "member, customer_id") if channel else (FIRST, "customer_id")
    return (SEEN + rest).format(rows=asked.rows, first=first, by=by)


def bridges(asked: Asked, *, start: date | None = None) -> dict[str, Bridge]:
    """From those active at the start (three months earlier) to those active at the end, by group."""
    values = asked.values() | ({"start": start} if start else {})
    return {member: Bridge(*counts) for member, *counts in fetch(seen(asked, BRIDGE), values)}


def figures(asked: Asked) -> list[Figure]:
    found = []
    for member, bridge in bridges(asked).items():
        start, end = bridge.start, bridge.end
        found += [
            Figure.share("retention", bridge.kept, start, member),
            Figure.share("churn", bridge.lost, start, member),
            Figure("active", end, start, end, member),
            Figure("new", bridge.new, end, bridge.new, member),
            Figure("reactivated", bridge.reactivated, end, bridge.reactivated, member),
            Figure("lost", bridge.lost, start, bridge.lost, member),
        ]
    return found

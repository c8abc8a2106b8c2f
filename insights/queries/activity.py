"""Who was active before, and who is now: the bridge."""

from datetime import date

from insights.metrics.retention import Bridge
from insights.queries.asked import ONCE, Asked, Figure, before, fetch

START, END = "%(start)s::date", "%(as_of)s::date"


def active_at(day: str) -> str:
    """SQL for whether somebody bought within the days before a day: mostly their last order tells."""
    begun = f"{day} - %(active)s::int"
    return f"""CASE WHEN last_day < {day} THEN last_day >= {begun} WHEN first_day >= {day} THEN false
        ELSE {before(day)} > {before(begun)} END"""


# Of a channel: new is who comes to it for the first time, though they may have bought elsewhere before.
SEEN = f"""
WITH people AS ({{people}}),
seen AS (
    SELECT member, customer_id, first_day,
        {active_at(START)} AS before, {active_at(END)} AS after
    FROM people WHERE last_day >= {START} - %(active)s::int AND first_day < {END} {ONCE}
)
"""
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
FROM seen WHERE before OR after GROUP BY member ORDER BY member
"""


def seen(asked: Asked, rest: str) -> str:
    """A statement over who was active before and after, with the day of their first order."""
    return SEEN.format(people=asked.people) + rest


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

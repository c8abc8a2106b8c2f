"""How many of each month's buyers bought in later months."""

from datetime import date

from insights.metrics.cohorts import later
from insights.queries.asked import Asked, Figure, fetch

Counts = dict[tuple[date, date], int]
ACTIVE = """active AS (
    SELECT DISTINCT customer_id, month FROM insights_buyermonth WHERE month + days[1] - 1 < %(as_of)s::date
), first AS (SELECT customer_id, min(month) AS cohort, max(month) AS latest FROM active GROUP BY 1)"""
ON = f"WITH {ACTIVE} SELECT cohort, month, count(*) FROM active JOIN first USING (customer_id) GROUP BY 1, 2"
LATEST = f"WITH {ACTIVE} SELECT cohort, latest, count(*) FROM first GROUP BY 1, 2"
ANY = f"""WITH {ACTIVE} SELECT a.month, b.month, count(*)
FROM active a JOIN active b ON b.customer_id = a.customer_id AND b.month >= a.month GROUP BY 1, 2"""


def on(asked: Asked) -> Counts:
    """First-time buyers of a month, active in a month."""
    return {(cohort, month): n for cohort, month, n in fetch(ON, asked.values())}


def on_or_after(asked: Asked) -> Counts:
    """First-time buyers of a month, active in a month or later."""
    counts: Counts = {}
    for cohort, latest, n in fetch(LATEST, asked.values()):
        month, k = cohort, 0
        while month <= latest:
            counts[cohort, month] = counts.get((cohort, month), 0) + n
            k += 1
            month = later(cohort, k)
    return counts


def any_buyers(asked: Asked) -> Counts:
    """All buyers of a month, first time or not, active in a month."""
    return {(cohort, month): n for cohort, month, n in fetch(ANY, asked.values())}


WAYS = {"cohort": on, "cohort_from": on_or_after, "cohort_any": any_buyers}


def figures(asked: Asked) -> list[tuple[date, Figure]]:
    """Every cell, with the day on which its month is over: all ways, all months up to the day."""
    cells = []
    for metric, way in WAYS.items():
        counts = way(asked)
        for (cohort, month), n in counts.items():
            over = min(later(month, 1), asked.as_of)
            cells.append((over, Figure.share(metric, n, counts.get((cohort, cohort), 0), f"{cohort:%Y-%m}")))
    return cells

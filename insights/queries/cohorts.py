"""How many of each month's buyers bought in later months."""

from datetime import date

from insights.metrics.cohorts import later
from insights.queries.asked import EVERYBODY, ONCE, Asked, Figure, before, fetch

Counts = dict[tuple[date, date], int]
DAY_0 = "date '1000-01-01'"
LIVED = f"""WITH known AS (
    SELECT months, CASE WHEN last_day < %(as_of)s THEN cardinality(months)
        ELSE width_bucket(days[{before("%(as_of)s::date")}], months) END AS until
    FROM ({EVERYBODY}) p WHERE first_day < %(as_of)s {ONCE}
), lived AS (
    SELECT months[1] AS cohort, CASE WHEN until = cardinality(months) THEN months ELSE months[:until] END AS months,
        until
    FROM known
)"""
# By one number for both months: who plans the statement then sees few groups, and lets several work at it.
ON = f"""{LIVED}, active AS (SELECT cohort, unnest(months) AS month FROM lived),
paired AS (SELECT (cohort - {DAY_0}) * 1000000::bigint + (month - {DAY_0}) AS pair FROM active {ONCE}),
counted AS (SELECT pair, count(*) AS n FROM paired GROUP BY 1)
SELECT {DAY_0} + (pair / 1000000)::int, {DAY_0} + (pair %% 1000000)::int, n FROM counted"""
LATEST = f"{LIVED} SELECT cohort, months[until], count(*) FROM lived GROUP BY 1, 2"
ANY = f"""{LIVED} SELECT a, b, count(*) FROM lived, unnest(months) AS a, unnest(months) AS b
WHERE a <= b GROUP BY 1, 2"""


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

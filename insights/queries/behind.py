"""The customers behind a figure, by the same statement that counted them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from customers.models import Customer, Profile
from insights.definitions import DEFINITIONS
from insights.definitions.definition import Section
from insights.queries import activity, behind_others, repeats, rfm
from insights.queries.asked import Asked, fetch, gather_members, months_before

PAGE, AT_ONCE = 50, 1_000
# Of whom the rows say it: bought in the month, came first in it, came in a month of the cohort.
IN_MONTH = """WITH rows AS ({rows}) SELECT DISTINCT customer_id FROM rows m
WHERE month = %(month)s AND month + days[1] - 1 < %(as_of)s::date AND {group}"""
KNOWN_IN_MONTH = """WITH rows AS ({rows}) SELECT DISTINCT customer_id FROM rows m
WHERE month = %(month)s AND {group} AND EXISTS (
    SELECT FROM insights_buyer b WHERE b.customer_id = m.customer_id AND b.first_day < %(month)s)"""
BOTH_MONTHS = """WITH rows AS ({rows}) SELECT DISTINCT m.customer_id FROM rows m
JOIN rows next USING (member, customer_id)
WHERE m.month = %(base)s AND next.month = %(month)s AND next.month + next.days[1] - 1 < %(as_of)s::date AND {group}"""
COHORT = """WITH first AS (SELECT customer_id, min(month) AS cohort FROM insights_buyermonth GROUP BY 1)
SELECT DISTINCT customer_id FROM insights_buyermonth m JOIN first USING (customer_id)
WHERE cohort = %(cohort)s AND m.month {how} %(month)s"""
ANY = """SELECT DISTINCT a.customer_id FROM insights_buyermonth a JOIN insights_buyermonth m USING (customer_id)
WHERE a.month = %(cohort)s AND m.month {how} %(month)s"""
# Of all three fifths, or of the first of them.
CELL = f"SELECT customer_id FROM ({rfm.EACH}) AS each (customer_id, cell) WHERE starts_with(cell, %(member)s)"
STAGE = "SELECT customer_id FROM customers_profile WHERE stage = %(member)s"
FOUND = """
WITH found AS MATERIALIZED ({sql}) SELECT (SELECT count(*) FROM found),
    ARRAY(SELECT customer_id FROM found WHERE customer_id > %(after)s ORDER BY 1 LIMIT %(limit)s)
"""
IN_MONTHS = frozenset({"buyers", "orders", "revenue", "revenue_net", "aov", "aov_net", "aov_median", "aov_paid"})
COHORTS = {"cohort": (COHORT, "="), "cohort_from": (COHORT, ">="), "cohort_any": (ANY, "=")}
KNOWN = frozenset({
    *activity.WHO, *repeats.WHO, *repeats.WHO_BY_DAYS, *behind_others.WHO, *IN_MONTHS, *COHORTS,
    "returning_share", "next_month", "rfm", "stage",
})  # fmt: skip
# What somebody needs besides the right to see customers behind figures.
NEEDS = {Section.PROGRAMME: "loyalty.view_wallet", Section.VOICE: "feedback.view_case"}


@dataclass(frozen=True)
class Wanted:
    """Whom is asked for: a figure, of a group or of everybody. ``after`` is the last customer of the page before."""

    metric: str
    asked: Asked
    member: str = ""
    after: int = 0


def needed(metric: str) -> str:
    """The permission that the customers behind this figure take besides; nothing where none does."""
    return NEEDS.get(DEFINITIONS[metric].section, "")


def customers(wanted: Wanted) -> tuple[list[Customer], int, int | None]:
    """A page of them in the order of their ids, how many there are in all, and where the next page goes on."""
    total, ids = _found(wanted, PAGE + 1)
    shown = ids[:PAGE]
    found = Customer.objects.in_bulk(shown)
    return [found[pk] for pk in shown if pk in found], total, shown[-1] if len(ids) > PAGE else None


def everybody(wanted: Wanted, *, limit: int) -> Iterator[tuple[Customer, Profile | None]]:
    """The first of them with what is known of them: found once, read some at a time."""
    _total, ids = _found(wanted, limit)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        people, known = Customer.objects.in_bulk(some), Profile.objects.in_bulk(some)
        yield from ((people[pk], known.get(pk)) for pk in some if pk in people)


def profiles(found: list[Customer]) -> dict[int, Profile]:
    return Profile.objects.in_bulk([one.pk for one in found])


@transaction.atomic
def _found(wanted: Wanted, limit: int) -> tuple[int, list[int]]:
    if wanted.asked.dimension == "segment":
        gather_members()
    sql, values = _statement(wanted)
    values |= {"member": wanted.member, "after": wanted.after, "limit": limit}
    total, ids = fetch(FOUND.format(sql=sql), values)[0]
    return total, ids


def _statement(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    asked, metric = wanted.asked, wanted.metric
    values, group = asked.values(), "member = %(member)s" if asked.dimension else "true"
    if metric in behind_others.WHO:
        return behind_others.statement(metric, asked, group), values | behind_others.values_of(metric, asked)
    if metric in activity.WHO:
        return activity.seen(asked, f"SELECT customer_id FROM seen WHERE ({activity.WHO[metric]}) AND {group}"), values
    if metric in repeats.WHO:
        person = repeats.PERSON.format(people=asked.people)
        return f"{person} SELECT customer_id FROM person WHERE {repeats.WHO[metric]} AND {group}", values
    if metric in repeats.WHO_BY_DAYS:
        return repeats.WHO_BY_DAYS[metric].format(people=asked.people, group=group), values
    if metric in COHORTS:
        sql, how = COHORTS[metric]
        return sql.format(how=how), values | {"cohort": date.fromisoformat(f"{wanted.member}-01")}
    if metric == "rfm":
        return CELL, rfm.values_of(asked)
    if metric == "next_month":
        return BOTH_MONTHS.format(rows=asked.rows, group=group), values | {"base": months_before(asked.month, 1)}
    if metric == "stage":
        return STAGE, values
    sql = KNOWN_IN_MONTH if metric == "returning_share" else IN_MONTH
    return sql.format(rows=asked.rows, group=group), values

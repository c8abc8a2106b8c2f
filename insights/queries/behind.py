"""The customers behind a figure, by the same statement that counted them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction

from customers.models import Customer, Profile
from insights.metrics.cohorts import later
from insights.queries import activity, repeats, rfm
from insights.queries.asked import Asked, fetch, gather_members

PAGE = 50
# Of whom the rows say it: bought in the month, came first in it, came in a month of the cohort.
IN_MONTH = """WITH rows AS ({rows}) SELECT DISTINCT customer_id FROM rows m
WHERE month = %(month)s AND month + days[1] - 1 < %(as_of)s::date AND {group}"""
COHORT = """WITH first AS (SELECT customer_id, min(month) AS cohort FROM insights_buyermonth GROUP BY 1)
SELECT DISTINCT customer_id FROM insights_buyermonth m JOIN first USING (customer_id)
WHERE cohort = %(cohort)s AND m.month {how} %(month)s"""
ANY = """SELECT DISTINCT a.customer_id FROM insights_buyermonth a JOIN insights_buyermonth m USING (customer_id)
WHERE a.month = %(cohort)s AND m.month {how} %(month)s"""
STAGE = "SELECT customer_id FROM customers_profile WHERE stage = %(member)s"
IN_MONTHS = frozenset({"buyers", "orders", "revenue", "revenue_net", "aov", "aov_net", "aov_median", "aov_paid"})
COHORTS = {"cohort": (COHORT, "="), "cohort_from": (COHORT, ">="), "cohort_any": (ANY, "=")}
KNOWN = frozenset({*activity.WHO, *repeats.WHO, *IN_MONTHS, *COHORTS, "rfm", "stage"})


@dataclass(frozen=True)
class Wanted:
    """Whom is asked for: a figure, of a group or of everybody. ``after`` is the last customer of the page before."""

    metric: str
    asked: Asked
    member: str = ""
    after: int = 0


@transaction.atomic
def customers(wanted: Wanted) -> tuple[list[Customer], int, int | None]:
    """A page of them in the order of their ids, how many there are in all, and where the next page goes on."""
    if wanted.asked.dimension == "segment":
        gather_members()
    sql, values = _statement(wanted)
    values |= {"member": wanted.member, "after": wanted.after}
    total = fetch(f"SELECT count(*) FROM ({sql}) AS found", values)[0][0]
    page = fetch(
        f"SELECT customer_id FROM ({sql}) AS found WHERE customer_id > %(after)s ORDER BY 1 LIMIT {PAGE + 1}", values
    )
    ids = [pk for (pk,) in page[:PAGE]]
    found = Customer.objects.in_bulk(ids)
    return [found[pk] for pk in ids if pk in found], total, ids[-1] if len(page) > PAGE else None


def profiles(found: list[Customer]) -> dict[int, Profile]:
    return Profile.objects.in_bulk([one.pk for one in found])


def _statement(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    asked, metric = wanted.asked, wanted.metric
    values, group = asked.values(), "member = %(member)s" if asked.dimension else "true"
    if metric in activity.WHO:
        return activity.seen(
            asked, f"SELECT customer_id {activity.FROM} WHERE ({activity.WHO[metric]}) AND {group}"
        ), values
    if metric in repeats.WHO:
        person = repeats.PERSON.format(rows=asked.rows)
        return f"{person} SELECT customer_id FROM person WHERE {repeats.WHO[metric]} AND {group}", values
    if metric in COHORTS:
        sql, how = COHORTS[metric]
        return sql.format(how=how), values | {"cohort": date.fromisoformat(f"{wanted.member}-01")}
    if metric == "rfm":
        return f"SELECT customer_id FROM ({rfm.EACH}) AS each (customer_id, cell) WHERE cell = %(member)s", (
            rfm.values_of(asked)
        )
    if metric == "stage":
        return STAGE, values
    return IN_MONTH.format(rows=asked.rows, group=group), values


def of_cell(asked: Asked, cohort: date, k: int) -> Asked:
    """Asked so that its month is the ``k``-th of the cohort."""
    return replace(asked, as_of=later(cohort, k + 1))

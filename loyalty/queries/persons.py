"""What conditions ask about the customers of events: few queries, however many events and rules there are."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db import connection

from config import prepared
from customers import conditions
from customers.models import Segment
from customers.queries import segments
from loyalty import arithmetic
from loyalty.models import AverageBasket, Programme
from loyalty.rules.matching import Person
from loyalty.rules.spec import Condition, What

SHOP_AVERAGE_DAYS = 90

PROFILES = """
SELECT customer.id, birth_month, tier FROM customers_customer customer
LEFT JOIN customers_profile profile ON profile.customer_id = customer.id WHERE customer.id = ANY(%s)
"""
# The purchase itself counts among its customer's purchases, and not in the average of those before it. In the order
# of the times at which things were bought, whatever the order in which they were told of.
BEFORE = """
SELECT wanted.id, count(*), sum(earlier.goods) FILTER (WHERE earlier.id <> wanted.id),
       count(*) FILTER (WHERE earlier.id <> wanted.id)
FROM customers_purchase wanted
JOIN customers_purchase earlier ON earlier.customer_id = wanted.customer_id
    AND (earlier.at, earlier.id) <= (wanted.at, wanted.id) AND earlier.status = 'standing'
    AND earlier.currency = wanted.currency
WHERE wanted.id = ANY(%s) GROUP BY wanted.id
"""
# What is only being thought of comes after all that was bought.
UPCOMING = """
SELECT wanted.n, count(*), sum(bought.goods) FROM unnest(%(n)s::int[], %(customers)s::bigint[], %(at)s::timestamptz[])
    AS wanted (n, customer_id, at)
JOIN customers_purchase bought ON bought.customer_id = wanted.customer_id AND bought.at <= wanted.at
    AND bought.status = 'standing' AND bought.currency = %(currency)s
GROUP BY wanted.n
"""
SHOP = """
INSERT INTO loyalty_averagebasket (programme_id, day, goods, purchases)
SELECT %(programme)s, %(day)s, coalesce(sum(goods), 0), count(*) FROM customers_purchase
WHERE at >= %(begins)s AND at < %(ends)s AND status = 'standing' AND currency = %(currency)s
ON CONFLICT DO NOTHING
"""
AFTER = """
SELECT wanted.n, EXTRACT(epoch FROM wanted.at - max(bought.at)) / 86400
FROM unnest(%(n)s::int[], %(customers)s::bigint[], %(at)s::timestamptz[], %(products)s::text[])
    AS wanted (n, customer_id, at, product)
JOIN customers_purchase bought ON bought.customer_id = wanted.customer_id AND bought.at <= wanted.at
    AND bought.status = 'standing'
    AND (wanted.product = '' OR EXISTS (
        SELECT FROM customers_line line WHERE line.purchase_id = bought.id AND line.product = wanted.product))
GROUP BY wanted.n, wanted.at
"""
DELIVERED = """
SELECT wanted.n, EXTRACT(epoch FROM wanted.at - max(told.at)) / 86400
FROM unnest(%(n)s::int[], %(customers)s::bigint[], %(at)s::timestamptz[]) AS wanted (n, customer_id, at)
JOIN customers_fact told ON told.customer_id = wanted.customer_id AND told.at <= wanted.at
    AND told.verb = 'delivered'
GROUP BY wanted.n, wanted.at
"""


@dataclass(frozen=True, slots=True)
class About:
    """Whom an event is about, and when it was."""

    customer_id: int
    at: datetime
    purchase_id: int | None = None
    particulars: Mapping[str, Any] = field(default_factory=dict)
    upcoming: bool = False  # a purchase that is not made yet


def persons(abouts: Sequence[About], asked: Iterable[Condition], programme: Programme) -> list[Person]:
    """Each event's person, with what these conditions ask for and nothing else; in the order of the events."""
    asked = list(asked)
    what = {each.what for each in asked}
    values: list[dict[str, Any]] = [{} for _ in abouts]
    if what & {What.TIER, What.BIRTHDAY}:
        _read_profiles(abouts, values)
    if what & {What.NTH, What.EVERY, What.ABOVE_AVERAGE}:
        _read_purchases(abouts, values)
        _read_upcoming([n for n, about in enumerate(abouts) if about.upcoming], abouts, values, programme)
    if any(each.what == What.ABOVE_AVERAGE and each.values[0] == "shop" for each in asked):
        _read_shop(abouts, values, programme)
    if What.SEGMENT in what:
        _read_segments(abouts, values, {pk for each in asked if each.what == What.SEGMENT for pk in each.values})
    if What.SOON_AFTER in what:
        _read_days_after(abouts, values)
    return [Person(**each) for each in values]


def _read_profiles(abouts: Sequence[About], values: list[dict[str, Any]]) -> None:
    ids = {about.customer_id for about in abouts}
    rows = prepared.rows(PROFILES, [list(ids)])
    found = {pk: {"birth_month": month, "tier": tier or ""} for pk, month, tier in rows}
    for about, each in zip(abouts, values, strict=True):
        each.update(found.get(about.customer_id, {}))


def _read_purchases(abouts: Sequence[About], values: list[dict[str, Any]]) -> None:
    bought = [about.purchase_id for about in abouts if about.purchase_id]
    rows = prepared.rows(BEFORE, [bought]) if bought else []
    found = {pk: (nth, goods, before) for pk, nth, goods, before in rows}
    for about, each in zip(abouts, values, strict=True):
        if about.purchase_id in found:
            nth, goods, before = found[about.purchase_id]
            each["nth"] = nth
            each["average"] = Fraction(int(goods), before) if before else None


def _read_upcoming(
    places: Sequence[int], abouts: Sequence[About], values: list[dict[str, Any]], programme: Programme
) -> None:
    if not places:
        return
    wanted: dict[str, Any] = {
        "n": list(places),
        "customers": [abouts[n].customer_id for n in places],
        "at": [abouts[n].at for n in places],
        "currency": programme.currency,
    }
    for n in places:
        values[n]["nth"] = 1
    for n, bought, goods in prepared.rows(UPCOMING, wanted):
        values[n] |= {"nth": bought + 1, "average": Fraction(int(goods), bought)}


def _read_shop(abouts: Sequence[About], values: list[dict[str, Any]], programme: Programme) -> None:
    days = [arithmetic.local_day(about.at, programme.zone) for about in abouts]
    averages = shop_averages(set(days), programme)
    for day, each in zip(days, values, strict=True):
        each["shop_average"] = averages[day]


def shop_averages(days: Collection[date], programme: Programme) -> dict[date, Fraction | None]:
    """What an order cost on average in the 90 days before each day: worked out once a day, and then kept."""
    known = AverageBasket.objects.filter(programme=programme)
    have = set(known.filter(day__in=days).values_list("day", flat=True))
    with connection.cursor() as cursor:
        for day in sorted(set(days) - have):
            begins = arithmetic.start_of(day - timedelta(days=SHOP_AVERAGE_DAYS), programme.zone)
            ends = arithmetic.start_of(day, programme.zone)
            span: dict[str, Any] = {"programme": programme.pk, "day": day, "begins": begins, "ends": ends}
            cursor.execute(SHOP, span | {"currency": programme.currency})
    return {
        row.day: Fraction(row.goods, row.purchases) if row.purchases else None for row in known.filter(day__in=days)
    }


def _read_segments(abouts: Sequence[About], values: list[dict[str, Any]], wanted: set[int]) -> None:
    """Segments that depend on the clock are asked as of each event's time, the others once for all."""
    chosen = list(Segment.objects.filter(pk__in=wanted))
    timed = [each for each in chosen if conditions.follows_the_clock(conditions.read(each.conditions))]
    lasting = [each for each in chosen if each not in timed]
    everybody = {about.customer_id for about in abouts}
    found = segments.memberships(everybody, lasting)
    moments = sorted({about.at for about in abouts}) if timed else []
    at_times = {
        at: segments.memberships({about.customer_id for about in abouts if about.at == at}, timed, at)
        for at in moments
    }
    for about, each in zip(abouts, values, strict=True):
        theirs = found.get(about.customer_id, set()) | at_times.get(about.at, {}).get(about.customer_id, set())
        each["segments"] = frozenset(theirs)


def _read_days_after(abouts: Sequence[About], values: list[dict[str, Any]]) -> None:
    wanted: dict[str, Any] = {
        "n": list(range(len(abouts))),
        "customers": [about.customer_id for about in abouts],
        "at": [about.at for about in abouts],
        "products": [str(about.particulars.get("product", "")) for about in abouts],
    }
    with connection.cursor() as cursor:
        for name, sql in (("purchase", AFTER), ("delivery", DELIVERED)):
            cursor.execute(sql, wanted)
            for n, days in cursor.fetchall():
                values[n].setdefault("days_after", {})[name] = float(days)

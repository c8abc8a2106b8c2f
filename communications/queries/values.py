"""What templates can say of customers: read for many at once, and only what a template names."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.formats import date_format

from communications import calling, links
from communications.models import Template
from communications.queries import recommendations
from customers.models import ConsentDecision, Customer
from loyalty.actions.vouchers import code_of
from loyalty.models import Tier, Voucher

MOST_LISTED = 5
WHO = (
    "pk", "number", "name", "city", "language", "zone", "birth_year", "birth_month", "birth_day",
    "profile__tier", "profile__purchases", "profile__last_purchase_at",
)  # fmt: skip

POINTS = """
SELECT w.customer_id, p.name, p.zone,
    greatest(w.available - w.debt + coalesce(due.opens, 0) - coalesce(due.lapses, 0), 0),
    coalesce(next.points, 0), next.expires_at
FROM loyalty_wallet w JOIN loyalty_programme p ON p.id = w.programme_id AND p.main
LEFT JOIN LATERAL (
    SELECT sum(l.pending) FILTER (WHERE l.activates_at <= %(at)s AND coalesce(l.expires_at > %(at)s, true)) AS opens,
        sum(l.available) FILTER (WHERE l.expires_at <= %(at)s) AS lapses
    FROM loyalty_lot l WHERE l.wallet_id = w.id AND w.next_due <= %(at)s
) due ON w.next_due <= %(at)s
LEFT JOIN LATERAL (
    SELECT l.expires_at, sum(l.available + l.pending) AS points FROM loyalty_lot l
    WHERE l.wallet_id = w.id AND l.expires_at > %(at)s AND l.available + l.pending > 0
    GROUP BY l.expires_at ORDER BY l.expires_at LIMIT 1
) next ON %(expiring)s
WHERE w.customer_id = ANY(%(ids)s) AND w.status <> 'merged'
"""

LAST = """
SELECT DISTINCT ON (p.customer_id) p.customer_id, p.number, p.at, (
    SELECT coalesce(nullif(l.name, ''), l.product) FROM customers_line l
    WHERE l.purchase_id = p.id ORDER BY l.amount DESC, l.position LIMIT 1)
FROM customers_purchase p WHERE p.customer_id = ANY(%s) AND p.status = 'standing'
ORDER BY p.customer_id, p.at DESC, p.id DESC
"""


@dataclass(frozen=True)
class Person:
    """One customer's language of the template, and the values in that language."""

    customer: int
    language: str
    values: dict[str, Any]


def of_customers(
    customer_ids: Collection[int],
    names: Collection[str],
    *,
    languages: Sequence[str],
    otherwise: str,
    template: Template,
    at: datetime | None = None,
) -> dict[int, Person]:
    """The values that ``names`` ask for, of customers who stand. Nobody costs a query of their own."""
    at, ids = at or timezone.now(), list(customer_ids)
    rows = Customer.objects.standing().filter(pk__in=ids).values(*WHO)
    wanted = set(names)
    people = {row["pk"]: Person(row["pk"], chosen(row["language"], languages, otherwise), {}) for row in rows}
    where: dict[int, tzinfo] = {row["pk"]: _zone(row["zone"]) for row in rows}
    for row in rows:
        person = people[row["pk"]]
        with translation.override(person.language):
            _who(person.values, row, wanted, at.astimezone(where[row["pk"]]))
    if wanted & {"points", "points_name", "points_expiring", "points_expire_on"}:
        _points(people, at, expiring=bool(wanted & {"points_expiring", "points_expire_on"}))
    if "tier" in wanted:
        _tiers(people, {row["pk"]: row["profile__tier"] for row in rows}, at)
    if wanted & {"last_order", "last_product", "last_bought_on"}:
        _last(people, where)
    if "vouchers" in wanted:
        _vouchers(people, where, at)
    if "products" in wanted:
        for pk, found in recommendations.for_customers(list(people), most=MOST_LISTED).items():
            people[pk].values["products"] = found
    _links(people.values(), wanted, template)
    return people


def chosen(language: str, languages: Sequence[str], otherwise: str) -> str:
    """The customer's language where the template speaks it (``ko`` for ``ko-KR``), else the one for all others.

    >>> chosen("ko-KR", ["en", "ko"], "en"), chosen("fr", ["en", "ko"], "en"), chosen("", ["th"], "th")
    ('ko', 'en', 'th')
    """
    for code in (language, language.replace("_", "-").partition("-")[0].lower()):
        if code in languages:
            return code
    return otherwise


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or settings.BUSINESS_ZONE)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(settings.BUSINESS_ZONE)


def _who(values: dict[str, Any], row: dict[str, Any], wanted: set[str], now: datetime) -> None:
    values["name"] = row["name"]
    values["first_name"] = calling.first_name(row["name"])
    values["number"], values["city"] = row["number"], row["city"]
    values["purchases"] = row["profile__purchases"] or 0
    values["business"] = settings.BUSINESS_NAME
    if "today" in wanted:
        values["today"] = date_format(now, "DATE_FORMAT")
    if "birthday" in wanted and row["birth_month"]:
        values["birthday"] = date_format(now.replace(2000, row["birth_month"], row["birth_day"]), "MONTH_DAY_FORMAT")
    if row["birth_year"]:
        values["age"] = now.year - row["birth_year"]


def _points(people: dict[int, Person], at: datetime, *, expiring: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(POINTS, {"ids": list(people), "at": at, "expiring": expiring})
        for customer, name, zone, points, next_points, expires_at in cursor.fetchall():
            values = people[customer].values
            values |= {"points": int(points), "points_name": name, "points_expiring": int(next_points)}
            if expires_at:
                values["points_expire_on"] = _day(expires_at, ZoneInfo(zone), people[customer].language, before=True)


def _tiers(people: dict[int, Person], tiers: dict[int, str | None], at: datetime) -> None:
    """By the names of the table that applies now."""
    table = Tier.objects.filter(table__programme__main=True, table__starts_at__lte=at).order_by("table__starts_at")
    names = dict(table.values_list("code", "name"))
    for pk, person in people.items():
        person.values["tier"] = names.get(tiers[pk] or "", "")


def _last(people: dict[int, Person], where: dict[int, tzinfo]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LAST, [list(people)])
        for customer, number, at, product in cursor.fetchall():
            values = people[customer].values
            values |= {"last_order": number, "last_product": product or ""}
            values["last_bought_on"] = _day(at, where[customer], people[customer].language)


def _vouchers(people: dict[int, Person], where: dict[int, tzinfo], at: datetime) -> None:
    standing = Voucher.objects.filter(Q(expires_at=None) | Q(expires_at__gt=at), customer__in=list(people))
    standing = standing.filter(status=Voucher.Status.OPEN).order_by(F("expires_at").asc(nulls_last=True), "pk")
    for voucher in standing:
        person = people[voucher.customer_id or 0]
        listed = person.values.setdefault("vouchers", [])
        if len(listed) < MOST_LISTED:
            until = _until(voucher, where[person.customer], person.language)
            listed.append({"code": code_of(voucher), "name": voucher.name, "until": until})


def _until(voucher: Voucher, zone: tzinfo, language: str) -> str:
    return _day(voucher.expires_at, zone, language, before=True) if voucher.expires_at else ""


def _links(people: Any, wanted: set[str], template: Template) -> None:
    for person in people:
        if "unsubscribe_link" in wanted:
            channel, purpose = template.consent_channel, template.purpose or ConsentDecision.Purpose.CARE
            person.values["unsubscribe_link"] = links.unsubscribe(person.customer, channel, purpose)
        if "preferences_link" in wanted:
            person.values["preferences_link"] = links.preferences(person.customer)
        if "feedback_link" in wanted:
            person.values["feedback_link"] = f"{settings.PUBLIC_URL}/feedback/"


def _day(at: datetime, zone: tzinfo, language: str, *, before: bool = False) -> str:
    """The day of a moment as its reader writes it; ``before``: the last day that lies whole before it."""
    local = (at - timedelta(microseconds=1) if before else at).astimezone(zone)
    with translation.override(language):
        return date_format(local, "DATE_FORMAT")

"""The books of a programme, in all, by day and by month: from the days' totals and the tail that is not sealed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from loyalty.models import Account, AuditRun, DayTotal, Lot, Programme, Seal


@dataclass(frozen=True)
class Overview:
    """A programme's accounts since its beginning, and what customers hold by them."""

    issued: int
    redeemed: int
    expired: int
    clawed_back: int
    waived: int
    adjusted: int
    forfeited: int
    imported: int
    charity: int
    partner: int
    outstanding: int
    owed: int
    sealed_through: int
    audit: AuditRun | None


# What was sealed is in the days' totals; what came after is read from the transfers themselves: a short tail.
WAYS = """
SELECT source, target, sum(points)::bigint FROM (
    SELECT source, target, points FROM loyalty_daytotal WHERE programme_id = %(programme)s
    UNION ALL
    SELECT t.source, t.target, t.points FROM loyalty_transaction x
    JOIN loyalty_transfer t ON t.transaction_id = x.id JOIN loyalty_wallet w ON w.id = x.wallet_id
    WHERE x.id > %(sealed)s AND w.programme_id = %(programme)s
) ways GROUP BY source, target
"""


def overview(programme: Programme) -> Overview:
    """The programme's books in one view. Reads the days' totals, not ten million transfers."""
    sealed = Seal.objects.order_by("-through").values_list("through", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute(WAYS, {"programme": programme.pk, "sealed": sealed})
        ways = cursor.fetchall()
    net = net_of(ways)
    held = net["pending"] + net["available"] + net["held"]
    out = ("issued", "waived", "adjusted", "imported", "partner")
    into = ("redeemed", "expired", "clawed_back", "forfeited", "charity")
    return Overview(
        **{name: -net[name] for name in out},
        **{name: net[name] for name in into},
        outstanding=held,
        owed=-net["debt"],
        sealed_through=sealed,
        audit=AuditRun.objects.order_by("-started_at").first(),
    )


def net_of(ways: Iterable[Sequence[Any]]) -> dict[str, int]:
    """What each account has received less what it has given."""
    net = {str(account.value): 0 for account in Account}
    for source, target, points in ways:
        net[source] -= points
        net[target] += points
    return net


@dataclass(frozen=True)
class Month:
    """What a programme's points did from the first of a month on, and what customers held at its end."""

    issued: int
    redeemed: int
    expired: int
    outstanding: int


@dataclass(frozen=True)
class Months:
    """This month so far, the last one up to the same day of it, and the whole of the last one."""

    this: Month
    by_then: Month
    last: Month


# Parts of time: before the last month, the last one up to the same day, the rest of it, this one.
BY_MONTH = """
SELECT width_bucket(day, %(beginnings)s::date[]), source, target, sum(points)::bigint FROM (
    SELECT day, source, target, points FROM loyalty_daytotal WHERE programme_id = %(programme)s
    UNION ALL
    SELECT (x.effective_at AT TIME ZONE %(zone)s)::date, t.source, t.target, t.points FROM loyalty_transaction x
    JOIN loyalty_transfer t ON t.transaction_id = x.id JOIN loyalty_wallet w ON w.id = x.wallet_id
    WHERE x.id > (SELECT coalesce(max(through), 0) FROM loyalty_seal) AND w.programme_id = %(programme)s
) ways GROUP BY 1, source, target
"""


def months(programme: Programme, *, today: date) -> Months:
    """The programme's points by the days on which they took effect, what is not sealed yet included."""
    first = today.replace(day=1)
    last = (first - timedelta(days=1)).replace(day=1)
    beginnings = [last, min(last + timedelta(days=today.day), first), first]
    with connection.cursor() as cursor:
        cursor.execute(BY_MONTH, {"beginnings": beginnings, "programme": programme.pk, "zone": programme.zone})
        ways = cursor.fetchall()

    def month(begin: int, end: int) -> Month:
        own = net_of(way for part, *way in ways if begin <= part <= end)
        held = net_of(way for part, *way in ways if part <= end)
        outstanding = held["pending"] + held["available"] + held["held"]
        return Month(-own["issued"], own["redeemed"], own["expired"], outstanding)

    return Months(this=month(3, 3), by_then=month(1, 1), last=month(1, 2))


@dataclass(frozen=True)
class Soon:
    """Points that will expire if nobody spends them; ``more``: there are more than were looked at."""

    points: int
    customers: int
    more: bool


def expiring(programme: Programme, *, after: datetime, until: datetime, most: int = 20_000) -> Soon:
    """Available points whose date comes, with how many customers. Looks at the first ``most`` lots only."""
    lots = Lot.objects.filter(available__gt=0, expires_at__gt=after, expires_at__lte=until)
    found = lots.filter(wallet__programme=programme).order_by("expires_at")[: most + 1]
    sums = found.aggregate(
        points=Sum("available", default=0), customers=Count("wallet", distinct=True), lots=Count("pk")
    )
    return Soon(sums["points"], sums["customers"], sums["lots"] > most)


def days(programme: Programme, *, since: date) -> QuerySet[Any, Any]:
    """Points issued, redeemed and expired per day of their effect, newest first, as far as they are sealed."""
    totals = DayTotal.objects.filter(programme=programme, day__gte=since).values("day").order_by("-day")
    return totals.annotate(
        issued=Sum("points", filter=Q(source=Account.ISSUED), default=0),
        redeemed=Sum("points", filter=Q(target=Account.REDEEMED), default=0),
        expired=Sum("points", filter=Q(target=Account.EXPIRED), default=0),
        clawed_back=Sum("points", filter=Q(target=Account.CLAWED_BACK), default=0),
    )

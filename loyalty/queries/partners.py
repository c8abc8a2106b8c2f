"""What partners owe and are owed, and that it agrees with the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from loyalty.arithmetic import local_day
from loyalty.models import (
    Account,
    Partner,
    PartnerEntry,
    PartnerPack,
    PartnerRate,
    PartnerStatement,
    Programme,
    Transfer,
)
from loyalty.queries.books import overview


@dataclass(frozen=True)
class Line:
    """Points of one kind at one rate; ``late``: they took effect before the statement's month."""

    kind: str
    label: str
    late: bool
    rate: PartnerRate | None
    count: int
    points: int
    money: Fraction

    @property
    def amount(self) -> int:
        """Rounded for showing; the statement's sum is rounded once, of the exact parts."""
        return round(self.money)


@dataclass(frozen=True)
class Sheet:
    """What a statement says, line by line, and what the ledger says of the same transactions."""

    lines: list[Line]
    packs: list[PartnerPack]
    exact: Fraction
    ledger: dict[str, int]
    entries: dict[str, int]

    @property
    def balances(self) -> bool:
        return self.ledger == self.entries

    @property
    def total(self) -> int:
        return self.exact.__floor__()


def sheet(partner: Partner, entries: QuerySet[PartnerEntry], packs: QuerySet[PartnerPack], begins: datetime) -> Sheet:
    """The lines of these entries, summed by the database, and the check against the ledger."""
    sums = entries.values("kind", "rate", late=Q(at__lt=begins)).annotate(points=Sum("points"), count=Count("pk"))
    rows = list(sums.order_by("kind", "late", "rate"))
    rates = PartnerRate.objects.in_bulk([row["rate"] for row in rows if row["rate"]])
    lines = [_line(row, rates.get(row["rate"])) for row in rows]
    bought = list(packs.order_by("bought_at", "pk"))
    exact = sum((line.money for line in lines), Fraction(sum(pack.price for pack in bought)))
    totals = dict.fromkeys(PartnerEntry.Kind.values, 0)
    for line in lines:
        totals[line.kind] += line.points
    return Sheet(lines, bought, exact, by_the_ledger(entries), totals)


def _line(row: Mapping[str, Any], rate: PartnerRate | None) -> Line:
    entry = PartnerEntry(kind=row["kind"], points=row["points"], rate=rate)
    label = str(entry.get_kind_display())
    return Line(row["kind"], label, row["late"], rate, row["count"], row["points"], entry.money)


LEDGER = {
    "issue": Q(source=Account.PARTNER),
    "reversal": Q(target=Account.CLAWED_BACK) & ~Q(source=Account.WAIVED),
    "redemption": Q(target=Account.PARTNER),
    "refund": Q(source=Account.PARTNER),
}


def by_the_ledger(entries: QuerySet[PartnerEntry]) -> dict[str, int]:
    """What the ledger's transfers of these entries' transactions sum to, by kind."""
    answer = {}
    for kind, way in LEDGER.items():
        made = entries.filter(kind=kind).order_by().values("transaction")
        answer[kind] = Transfer.objects.filter(way, transaction__in=made).aggregate(n=Sum("points", default=0))["n"]
    return answer


def of_statement(statement: PartnerStatement, begins: datetime) -> Sheet:
    entries = PartnerEntry.objects.filter(statement=statement)
    return sheet(statement.partner, entries, PartnerPack.objects.filter(statement=statement), begins)


def so_far(partner: Partner, begins: datetime, ends: datetime) -> Sheet:
    """What the statement of a month would say if it were issued now."""
    entries = PartnerEntry.objects.filter(partner=partner, statement=None, at__lt=ends)
    return sheet(
        partner, entries, PartnerPack.objects.filter(partner=partner, statement=None, bought_at__lt=ends), begins
    )


@dataclass(frozen=True)
class Standing:
    """A partner at a glance."""

    partner: Partner
    rate: PartnerRate | None
    left: int
    last: PartnerStatement | None


def standings(programme: Programme, *, at: datetime) -> list[Standing]:
    partners = list(Partner.objects.filter(programme=programme).order_by("-active", "name", "pk"))
    rates = {rate.partner_id: rate for rate in PartnerRate.objects.holding(at).filter(partner__in=partners)}
    left = dict(
        PartnerPack.objects.filter(partner__in=partners)
        .values("partner")
        .annotate(n=Sum("left"))
        .values_list("partner", "n")
    )
    latest = PartnerStatement.objects.filter(partner__in=partners).order_by("partner", "-month").distinct("partner")
    last = {statement.partner_id: statement for statement in latest}
    return [Standing(one, rates.get(one.pk), left.get(one.pk, 0), last.get(one.pk)) for one in partners]


def difference(programme: Programme) -> int:
    """The ledger's account of partners less what the partners' entries explain: 0, or something is wrong."""
    kinds = PartnerEntry.objects.filter(partner__programme=programme)
    sums = dict(kinds.values("kind").annotate(n=Sum("points")).values_list("kind", "n"))
    given = sums.get("issue", 0) - sums.get("redemption", 0) + sums.get("refund", 0)
    return overview(programme).partner - int(given)


def first_month(partner: Partner) -> date | None:
    """The month, in the programme's zone, of the oldest thing that no statement has."""
    entry = PartnerEntry.objects.filter(partner=partner, statement=None).order_by("at").first()
    pack = PartnerPack.objects.filter(partner=partner, statement=None).order_by("bought_at").first()
    moments = [row for row in (entry and entry.at, pack and pack.bought_at) if row]
    return local_day(min(moments), partner.programme.zone).replace(day=1) if moments else None

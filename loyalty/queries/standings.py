"""Where customers stand by a tier table: one statement for one customer and for a million; it only reads.

How it judges, for each customer: what counts is summed; the tier that the sum is enough for is compared with the one
that was earned before; a smaller sum lowers it only when the table says so (at a review, after the grace, by one
step, never out of a tier that is kept). What the customer is shown is that tier, or a floor that is higher.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from config import prepared
from customers.models import Customer
from loyalty import qualification
from loyalty.models import Programme, Standing, Tier, TierChange, TierFloor, TierTable
from loyalty.qualification import Counting, Movement, Tally
from loyalty.queries import standing_statements as statements


@dataclass(frozen=True)
class Ladder:
    """A tier table as the statements want it: its tiers from the lowest."""

    table: TierTable
    programme: Programme
    tiers: list[Tier]
    counting: Counting = field(init=False)

    def __post_init__(self) -> None:
        table = self.table
        counting = Counting(
            zone=self.programme.zone,
            months=table.months,
            calendar=table.span == TierTable.Span.CALENDAR,
            at_reviews=table.lowering == TierTable.Lowering.REVIEW,
            review_months=table.review_months,
        )
        object.__setattr__(self, "counting", counting)

    def place(self, code: str) -> int | None:
        return next((place for place, tier in enumerate(self.tiers) if tier.code == code), None)

    def named(self, code: str) -> str:
        return next((tier.name for tier in self.tiers if tier.code == code), code)

    def at_sum(self, total: int) -> int:
        return sum(tier.threshold <= total for tier in self.tiers) - 1

    def values(self) -> dict[str, Any]:
        stops = [max((n for n in range(place) if self.tiers[n].keeps), default=0) for place in range(len(self.tiers))]
        return {
            "programme": self.programme.pk,
            "table": self.table.pk,
            "currency": self.programme.currency,
            "zone": self.programme.zone,
            "codes": [tier.code for tier in self.tiers],
            "names": [tier.name for tier in self.tiers],
            "thresholds": [tier.threshold for tier in self.tiers],
            "keeps": [tier.keeps for tier in self.tiers],
            "stops": stops,
            "one_step": self.table.step == TierTable.Step.ONE,
            "grace": self.table.grace_days,
            "because": "",
        }


def ladder_of(table: TierTable, programme: Programme | None = None) -> Ladder:
    return Ladder(table, programme or table.programme, sorted(table.tiers.all(), key=lambda tier: tier.threshold))


def ladders(programme: Programme) -> list[Ladder]:
    """All that were applied, also those that begin in future, the latest first."""
    tables = TierTable.objects.filter(programme=programme, starts_at__isnull=False).order_by("-starts_at")
    return [ladder_of(table, programme) for table in tables.prefetch_related("tiers")]


def ladder_at(programme: Programme, at: datetime) -> Ladder | None:
    """The tiers that apply at that moment; None before the first table."""
    if not programme.tiered:
        return None
    table = TierTable.objects.filter(programme=programme).at(at).prefetch_related("tiers").first()
    return ladder_of(table, programme) if table else None


@dataclass(frozen=True)
class Judged:
    """Where a customer stands at a moment, as it will be written when it is settled."""

    customer_id: int
    total: int
    tier: str
    earned: str
    short_since: datetime | None
    was: str | None


def assess(ladder: Ladder, moments: dict[int, datetime]) -> dict[int, Judged]:
    """Where these customers stand, each at its moment; writes nothing."""
    found = prepared.rows(of_some(ladder) + READ, values_for(ladder, moments))
    return {row[0]: Judged(*row) for row in found}


def tier_as_of(customer: Customer, at: datetime, *, programme: Programme | None = None) -> str:
    """The code of the tier that a customer had at that moment, as it is written down; "" where there were no tiers."""
    programme = programme or Programme.objects.filter(main=True).first()
    ladder = ladder_at(programme, at) if programme else None
    if ladder is None:
        return ""
    changes = TierChange.objects.filter(programme=programme, customer=customer, at__lte=at)
    last = changes.order_by("-at", "-pk").values_list("tier", flat=True).first()
    return last or ladder.tiers[0].code


@dataclass(frozen=True)
class Distance:
    """So many more (points, money or purchases) by a moment; after it, more are needed."""

    tier: Tier
    missing: int
    by: datetime | None


@dataclass(frozen=True)
class Progress:
    """Where a customer stands, what counts now, what is missing to stay and to reach the next tier.

    ``keep`` is None where the tier is never lost or is the lowest, ``next`` where it is the highest. ``held_by`` is
    the floor that holds the tier up, above what was earned.
    """

    ladder: Ladder
    tier: Tier
    since: datetime | None
    total: int
    earned: Tier
    held_by: TierFloor | None
    keep: Distance | None
    next: Distance | None
    grace_ends: datetime | None

    @property
    def share(self) -> int:
        """How far it is to the next tier, in percent."""
        return min(100, self.total * 100 // self.next.tier.threshold) if self.next else 100


def progress(customer: Customer, *, at: datetime | None = None, programme: Programme | None = None) -> Progress | None:
    """What a customer asks about tiers, worked out for this moment, whether settled or not. None without tiers."""
    at = at or timezone.now()
    programme = programme or Programme.objects.filter(main=True).first()
    ladder = ladder_at(programme, at) if programme else None
    if programme is None or ladder is None:
        return None
    stands = assess(ladder, {customer.pk: at})[customer.pk]
    row = Standing.objects.filter(programme=programme, customer=customer).first()
    tally = Tally(movements(customer, ladder, at), ladder.counting)
    place, earned = ladder.place(stands.tier) or 0, ladder.place(stands.earned) or 0
    floor = None
    if place > earned:
        floors = TierFloor.objects.filter(programme=programme, customer=customer, tier=stands.tier, starts_at__lte=at)
        floor = floors.exclude(ends_at__lte=at).order_by("-ends_at").first()
    grace = stands.short_since and stands.short_since.astimezone(ZoneInfo(programme.zone))
    return Progress(
        ladder,
        ladder.tiers[place],
        row.since if row and row.tier == stands.tier else at,
        stands.total,
        ladder.tiers[earned],
        floor,
        _to_keep(ladder, tally, earned, at, stands.short_since),
        _to_reach(ladder, tally, place, stands.total, at),
        grace + timedelta(days=ladder.table.grace_days) if grace else None,
    )


def _to_keep(ladder: Ladder, tally: Tally, place: int, at: datetime, short_since: datetime | None) -> Distance | None:
    tier = ladder.tiers[place]
    if place == 0 or tier.keeps:
        return None
    grace = timedelta(days=ladder.table.grace_days)
    if short_since:
        until = short_since.astimezone(ZoneInfo(ladder.counting.zone)) + grace
        return Distance(tier, max(tier.threshold - tally.total(at), 0), until)
    falls = tally.falls_below(tier.threshold, at)
    return Distance(tier, tier.threshold - falls[1], falls[0] + grace) if falls else None


def _to_reach(ladder: Ladder, tally: Tally, place: int, total: int, at: datetime) -> Distance | None:
    if place + 1 == len(ladder.tiers):
        return None
    tier = ladder.tiers[place + 1]
    return Distance(tier, max(tier.threshold - total, 0), tally.changes_next(at))


def movements(customer: Customer, ladder: Ladder, at: datetime) -> list[Movement]:
    """All that counts for a customer at that moment, one of each."""
    values = values_for(ladder, {customer.pk: at})
    found = prepared.rows(statements.movements(ladder.table.qualify_by), values)
    return [Movement(when, amount) for when, amount in found]


READ = " SELECT customer_id, total, tier, earned, short_since, was FROM settled"


def values_for(ladder: Ladder, moments: dict[int, datetime]) -> dict[str, Any]:
    """The statement's values for customers each at a moment."""
    counting = ladder.counting
    windows = [qualification.window(at, counting) for at in moments.values()]
    reviews = [qualification.window(qualification.review(at, counting), counting) for at in moments.values()]
    return ladder.values() | {
        "customers": list(moments),
        "after": [window.after for window in windows],
        "turn": [window.turn for window in windows],
        "until": [window.until for window in windows],
        "review_after": [window.after for window in reviews],
        "review_turn": [window.turn for window in reviews],
        "review": [window.until for window in reviews],
    }


def values_at(ladder: Ladder, at: datetime) -> dict[str, Any]:
    """The statement's values for everybody at one moment."""
    many = values_for(ladder, {0: at})
    alone = ("after", "turn", "until", "review_after", "review_turn", "review")
    return many | {name: many[name][0] for name in alone}


def of_some(ladder: Ladder) -> str:
    return statements.of_some(ladder.table.qualify_by, reviews=ladder.counting.at_reviews)


def of_all(ladder: Ladder, *, news: bool = False) -> str:
    by, counting = ladder.table.qualify_by, ladder.counting
    return statements.of_all(by, calendar=counting.calendar, reviews=counting.at_reviews, news=news)


@dataclass(frozen=True)
class Moving:
    """So many customers who would go from one tier to another; some of them, those with the most first."""

    was: str
    tier: str
    count: int
    up: bool
    some: list[Customer]

    @property
    def stays(self) -> bool:
        return self.was == self.tier


PREVIEW = """
SELECT coalesce(was, ''), tier, count(*), bool_or(rose),
    (array_agg(customer_id ORDER BY total DESC, customer_id))[1:%(some)s]
FROM settled GROUP BY coalesce(was, ''), tier ORDER BY count(*) DESC
"""


def preview(table: TierTable, *, at: datetime | None = None, some: int = 10) -> list[Moving]:
    """Who would move if this table applied now; writes nothing. Reads all movements: some seconds for a million."""
    at = at or timezone.now()
    ladder = ladder_of(table)
    with connection.cursor() as cursor:
        cursor.execute(of_all(ladder) + PREVIEW, values_at(ladder, at) | {"some": some})
        rows = cursor.fetchall()
    people = Customer.objects.in_bulk({pk for row in rows for pk in row[4]})
    now = ladder_at(ladder.programme, at)

    def named(code: str) -> str:
        return now.named(code) if now else code

    return [
        Moving(named(was), ladder.named(tier), count, up, [people[pk] for pk in pks if pk in people])
        for was, tier, count, up, pks in rows
    ]


def count_by_tier(programme: Programme) -> dict[str, int]:
    """How many stand in each tier, by its code."""
    rows = Standing.objects.filter(programme=programme).values("tier").annotate(count=Count("pk")).order_by()
    return {row["tier"]: row["count"] for row in rows}

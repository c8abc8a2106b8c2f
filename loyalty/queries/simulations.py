"""What a replay reads: the programme as it is, and the purchases of some hundred customers at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from customers.models import Customer, Line, Purchase, Return, ReturnLine, Segment
from customers.queries import segments
from loyalty import arithmetic
from loyalty.models import Programme, Reward, TierTable
from loyalty.queries import persons, rulebook, standings
from loyalty.queries.standings import Ladder as Table
from loyalty.rules.matching import Item
from loyalty.rules.spec import OF_A_LINE, What
from loyalty.simulation.design import Dated, Design, Ladder, Step
from loyalty.simulation.history import Back, Bought, Event, Goods, in_order
from loyalty.simulation.replay import Somebody

AT_ONCE = 500  # customers


def current(programme: Programme) -> Design:
    """The programme as it is and was: its rules and tier tables with their dates."""
    points, cost = reward_price(programme)
    return Design(
        currency=programme.currency,
        zone=programme.zone,
        rate_points=programme.rate_points,
        rate_money=programme.rate_money,
        stacking=str(programme.stacking),
        rounding=str(programme.rounding),
        window_days=programme.return_window_days,
        expiry_months=programme.expiry_months,
        expiry_at_month_end=programme.expiry_at_month_end,
        expiry_dates=programme.expiry_dates,
        expiry_slides="bought" in programme.activities,
        claw_back=str(programme.claw_back),
        debt_limit=programme.debt_limit,
        reward_points=points,
        reward_cost=cost,
        rules=tuple(
            Dated(known.rule, known.name, known.spec, known.begins_at, known.ends_at, known.version)
            for known in rulebook.read(programme)
            if known.spec.on in ("bought", "*")
        ),
        ladders=tuple(_ladder(table) for table in standings.ladders(programme)) if programme.tiered else (),
    )


def reward_price(programme: Programme) -> tuple[int, int]:
    """What the cheapest reward with a value in money costs in points, and in minor units; else what points pay."""
    live = Reward.objects.filter(programme=programme, status="live", amount__gt=0, points__gt=0)
    found = live.filter(worth="amount").order_by("points").values_list("points", "amount").first()
    if found and found[0] and found[1]:
        return found[0], found[1]
    if programme.pay_points and programme.pay_money:
        return programme.pay_points, programme.pay_money
    return 100, 100


def _ladder(table: Table) -> Ladder:
    said = table.table
    return Ladder(
        tuple(Step(tier.code, tier.name, tier.threshold, tier.keeps, tier.points_last) for tier in table.tiers),
        by=str(said.qualify_by),
        calendar=said.span == TierTable.Span.CALENDAR,
        months=said.months,
        at_reviews=said.lowering == TierTable.Lowering.REVIEW,
        one_step=said.step == TierTable.Step.ONE,
        review_months=said.review_months,
        grace_days=said.grace_days,
        starts_at=said.starts_at,
    )


@dataclass(frozen=True)
class Life:
    """One customer: who it is, the segments of today for the report, and what happened."""

    customer: int
    somebody: Somebody
    segments: frozenset[int]
    events: list[Event]


@dataclass(frozen=True)
class Wanted:
    """What is to be read: the span with its lead-in, and what the designs ask about."""

    currency: str
    since: datetime
    until: datetime
    with_lines: bool
    segments: tuple[Segment, ...]


def wanted(designs: Sequence[Design], since: datetime, until: datetime) -> Wanted:
    asked = {what for design in designs for what in design.asks()}
    per_item = any(rule.spec.per_item for design in designs for rule in design.rules)
    lines = per_item or bool(asked & (OF_A_LINE | {What.MATCHED_AMOUNT, What.MATCHED_QUANTITY}))
    return Wanted(designs[0].currency, since, until, lines, tuple(Segment.objects.order_by("pk")))


def luck(customer: int) -> int:
    """A number from 0 to 99 that stays the same: whether a customer is one of so many in a hundred.

    >>> luck(1) == luck(1), 0 <= luck(7) < 100
    (True, True)
    """
    return int.from_bytes(sha256(b"takes:%d" % customer).digest()[:4]) % 100


def lives(asked: Wanted) -> Iterator[list[Life]]:
    """Customers with purchases, in the order of their ids, some hundred at a time: memory stays flat."""
    last = 0
    while True:
        rows = Customer.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "birth_month")[:AT_ONCE]
        people = dict(rows)
        if not people:
            return
        last = max(people)
        yield _lives(people, asked)


def _lives(people: dict[int, int | None], asked: Wanted) -> list[Life]:
    ids = list(people)
    bought = _purchases(ids, asked)
    owners = {each.pk: customer for customer, own in bought.items() for each in own}
    backs = _returns(ids, asked, owners)
    member = segments.memberships(bought, asked.segments) if asked.segments and bought else {}
    found = []
    for customer, own in bought.items():
        events = in_order(own, backs.get(customer, ()), asked.since, asked.until)
        if events:
            theirs = frozenset(member.get(customer, ()))
            somebody = Somebody(people[customer], theirs, luck(customer))
            found.append(Life(customer, somebody, theirs, events))
    return found


COLUMNS = ("customer_id", "pk", "at", "goods", "gift_card", "points_paid", "store", "channel", "cancelled_at")


def _purchases(ids: Collection[int], asked: Wanted) -> dict[int, list[Bought]]:
    rows = Purchase.objects.filter(customer__in=ids, currency=asked.currency, at__lt=asked.until)
    lines = _lines(ids, asked) if asked.with_lines else {}
    found: dict[int, list[Bought]] = defaultdict(list)
    for customer, pk, at, goods, gift, paid, store, channel, gone in rows.values_list(*COLUMNS):
        found[customer].append(Bought(pk, at, goods, gift, paid, store, channel, tuple(lines.get(pk, ())), gone))
    return found


LINE = ("purchase_id", "position", "amount", "quantity", "product", "category", "brand", "supplier", "margin_class")


def _lines(ids: Collection[int], asked: Wanted) -> dict[int, list[Goods]]:
    rows = Line.objects.filter(
        purchase__customer__in=ids, purchase__currency=asked.currency, purchase__at__lt=asked.until
    )
    found: dict[int, list[Goods]] = defaultdict(list)
    for purchase, position, *rest in rows.order_by("purchase", "position").values_list(*LINE):
        found[purchase].append(Goods(position, Item(*rest)))
    return found


def _returns(ids: Collection[int], asked: Wanted, owners: dict[int, int]) -> dict[int, list[Back]]:
    quantities: dict[int, dict[int, Decimal]] = defaultdict(dict)
    if asked.with_lines:
        rows = ReturnLine.objects.filter(part_of__purchase__customer__in=ids, part_of__at__lt=asked.until)
        for part_of, position, quantity in rows.values_list("part_of", "line__position", "quantity"):
            quantities[part_of][position] = quantity
    found: dict[int, list[Back]] = defaultdict(list)
    made = Return.objects.filter(purchase__customer__in=ids, at__lt=asked.until).order_by("at", "pk")
    for pk, purchase, at, amount in made.values_list("pk", "purchase_id", "at", "amount"):
        if purchase in owners:
            found[owners[purchase]].append(Back(purchase, at, amount, quantities.get(pk, {})))
    return found


class ShopAverages:
    """What an order cost on average before a day; asked of the database only where a design asks about it."""

    def __init__(self, programme: Programme, designs: Sequence[Design], since: datetime, until: datetime) -> None:
        conditions = [each for design in designs for rule in design.rules for each in rule.spec.when]
        wanted = any(each.what == What.ABOVE_AVERAGE and each.values[0] == "shop" for each in conditions)
        first, last = arithmetic.local_day(since, programme.zone), arithmetic.local_day(until, programme.zone)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)] if wanted else []
        self.known = persons.shop_averages(days, programme) if days else {}

    def __call__(self, day: date) -> Fraction | None:
        return self.known.get(day)


def counted(programme: Programme, since: datetime, until: datetime) -> int:
    """How many purchases are replayed."""
    return Purchase.objects.filter(currency=programme.currency, at__gte=since, at__lt=until).count()


def measured(programme: Programme, until: datetime) -> dict[str, Any]:
    """What the last twelve months say about purchases and reviews, as the default of what is asked of the user."""
    since = until - timedelta(days=365)
    return {"since": since, **_baskets(programme, since, until), **_reviews(programme, since, until)}


def _baskets(programme: Programme, since: datetime, until: datetime) -> dict[str, Any]:

    rows = Purchase.objects.filter(currency=programme.currency, at__gte=since, at__lt=until, status="standing")
    sums = rows.aggregate(goods=Sum("goods", default=0), many=Count("pk"))
    return {"purchases": sums["many"], "basket": int(sums["goods"]) // sums["many"] if sums["many"] else None}


def _reviews(programme: Programme, since: datetime, until: datetime) -> dict[str, Any]:

    with connection.cursor() as cursor:
        cursor.execute(FOLLOWED, {"since": since, "until": until, "currency": programme.currency})
        reviews, followed = cursor.fetchone()
        cursor.execute(FOLLOWED_ANYHOW, {"since": since, "until": until, "currency": programme.currency})
        bought, anyhow = cursor.fetchone()
    return {"reviews": reviews, "followed": followed, "bought": bought, "anyhow": anyhow}


FOLLOWED = """
SELECT count(*), count(*) FILTER (WHERE EXISTS (
    SELECT FROM customers_purchase p WHERE p.customer_id = f.customer_id AND p.currency = %(currency)s
        AND p.status = 'standing' AND p.at > f.at AND p.at <= f.at + interval '90 days'))
FROM customers_fact f
WHERE f.verb = 'reviewed' AND f.at >= %(since)s AND f.at < %(until)s::timestamptz - interval '90 days'
"""
FOLLOWED_ANYHOW = """
SELECT count(*), count(*) FILTER (WHERE next IS NOT NULL AND next <= at + interval '90 days') FROM (
    SELECT at, lead(at) OVER (PARTITION BY customer_id ORDER BY at, id) AS next FROM customers_purchase
    WHERE status = 'standing' AND currency = %(currency)s AND at >= %(since)s AND at < %(until)s
) bought WHERE at < %(until)s::timestamptz - interval '90 days'
"""

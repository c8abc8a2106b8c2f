"""Whole public files through a programme that uses what there is: rules with caps, tiers, dates, a return window.

What every purchase stands at is worked out a second time here, line by line, without the product's arithmetic.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Sum

from customers.actions import readers
from customers.files.mappings import ready_made
from customers.models import Line, Purchase, Return
from loyalty.actions import earning, programmes, rules, settlement, standings
from loyalty.actions.tiers import Step
from loyalty.models import Calculation, Programme, Rule, RuleAward, Standing, Transaction, Wallet
from tests.factories.loyalty import on, programme, tier_table
from tests.factories.rules import fixed, multiply, when
from tests.loyalty.test_whole_files import assert_proven, bring_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.large]


@dataclass(frozen=True)
class Story:
    """What a file's programme multiplies by three, and what by three halves; its tiers, and the day after its end."""

    triple: tuple[str, set[str]]
    half_more: tuple[str, set[str]]
    silver: int
    gold: int
    over: datetime


STORIES = {
    "complete_journey": Story(
        ("category", {"SOFT DRINKS", "CHEESE", "BEEF"}), ("brand", {"Private"}), 150, 400, on("2018-01-02")
    ),
    "online_retail": Story(
        ("product", {"85123A", "22423", "85099B", "20725"}),
        ("product", {"47566", "22423"}),
        1500,
        5000,
        on("2011-12-11"),
    ),
}
BEFORE_ALL = on("2010-01-01")
THURSDAY_CAP, BASKET, BASKET_POINTS, BASKET_CAP = 15, 5_000, 25, 50
FACTORS = {"silver": Fraction(5, 4), "gold": Fraction(3, 2)}

STANDS = """
SELECT t.purchase_id, sum(CASE WHEN m.source = 'issued' THEN m.points ELSE 0 END)
    - sum(CASE WHEN m.target = 'clawed_back' THEN m.points ELSE 0 END)
FROM loyalty_transaction t JOIN loyalty_transfer m ON m.transaction_id = t.id
WHERE t.purchase_id IS NOT NULL GROUP BY 1
"""


def begun(says: dict) -> Rule:
    version = rules.draft(f"Rule {Rule.objects.count() + 1}", says)
    return rules.begin(version.rule, begins_at=BEFORE_ALL, at=BEFORE_ALL).rule


def set_up(name: str) -> tuple[Story, Programme, dict[str, int]]:
    """A programme with all its rules; the ids of those that have a cap."""
    story, how = STORIES[name], ready_made()[name]
    programme(currency=how.currency, zone=how.zone, return_window_days=14, expiry_months=12)
    steps = Step("bronze", "Bronze", 0), Step("silver", "Silver", story.silver), Step("gold", "Gold", story.gold)
    tier_table(*steps, since=BEFORE_ALL)
    begun(multiply("3", when(story.triple[0], *sorted(story.triple[1]))))
    begun(multiply("3/2", when(story.half_more[0], *sorted(story.half_more[1]))))
    for tier, factor in FACTORS.items():
        begun(multiply(str(factor), when("tier", tier)))
    thursday = begun(multiply("2", when("weekday", 4), caps=[{"per": "month", "points": THURSDAY_CAP}]))
    cap = {"per": "month", "points": BASKET_CAP}
    basket = begun(fixed(BASKET_POINTS, when("amount", BASKET), caps=[cap], lasting={"days": 90}))
    return story, programmes.main(fresh=True), {"thursday": thursday.pk, "basket": basket.pk}


def kept_lines() -> dict[int, list[tuple[Line, int]]]:
    lines: dict[int, list[tuple[Line, int]]] = defaultdict(list)
    for line in Line.objects.annotate(back=Sum("return_lines__amount", default=0)).iterator():
        if line.returned < line.quantity:
            lines[line.purchase_id].append((line, line.amount - line.back))
    return lines


def expected(name: str, ids: dict[str, int]) -> Iterator[tuple[Purchase, int, dict[str, int | None]]]:
    """Each purchase in the order of reading, what its kept part is worth, and the room that its caps are said to have.

    What was known of the customer then (the tier) is taken from the calculation that was kept.
    """
    story, zone, lines = STORIES[name], ZoneInfo(ready_made()[name].zone), kept_lines()
    contexts = dict(Calculation.objects.values_list("purchase", "context"))
    places = {
        purchase: place
        for place, purchase in enumerate(Calculation.objects.order_by("pk").values_list("purchase", flat=True))
    }
    for purchase in sorted(Purchase.objects.iterator(), key=lambda each: places.get(each.pk, 0)):
        context = contexts.get(purchase.pk, {"rules": [], "person": {"tier": ""}})
        rooms = {each["rule"]: each["room"] for each in context["rules"]}
        kept = lines.get(purchase.pk, [])
        money = sum(amount for _, amount in kept)
        extra = Fraction(0)
        for line, amount in kept:
            more = Fraction(2) if getattr(line, story.triple[0]) in story.triple[1] else Fraction(0)
            more += Fraction(1, 2) if getattr(line, story.half_more[0]) in story.half_more[1] else 0
            extra += amount * (more + FACTORS.get(context["person"]["tier"], 1) - 1)
        thursday = Fraction(money if purchase.at.astimezone(zone).isoweekday() == 4 else 0, 100)
        exact = Fraction(money, 100) + extra / 100 + min(thursday, rooms.get(ids["thursday"], 0) or 0)
        bonus = BASKET_POINTS if money >= BASKET else 0
        rooms_of = {kind: rooms.get(ids[kind]) for kind in ("thursday", "basket")}
        yield purchase, exact.__floor__() + min(bonus, rooms_of["basket"] or 0), rooms_of


def bring_some_back() -> None:
    """Where a file tells of no returns: one piece of every fortieth purchase, within the window and after it."""
    for place, purchase in enumerate(Purchase.objects.filter(goods__gt=0).order_by("at", "pk")[::40]):
        line = purchase.lines.order_by("position")[0]
        back = {line.position: min(Decimal(1), line.quantity)}
        earning.record_return(purchase, back, at=purchase.at + timedelta(days=(3, 30)[place % 2]))


@pytest.mark.parametrize("name", STORIES)
def test_a_whole_file_goes_through_a_whole_programme(name):
    story, main, ids = set_up(name)
    began = time.process_time(), time.monotonic()
    bring_in(name)
    came_in = time.process_time(), time.monotonic()
    facts = readers.catch_up("loyalty", earning.react, verbs=earning.VERBS, seconds=3_000)
    if not Return.objects.exists():
        bring_some_back()
    read = time.process_time(), time.monotonic()
    print(
        f"\n{name}: in {came_in[1] - began[1]:.0f} s, {facts} facts read in {read[1] - came_in[1]:.0f} s "
        f"({read[0] - came_in[0]:.0f} s of Python), {Return.objects.count()} returns"
    )

    found = list(expected(name, ids))
    with connection.cursor() as cursor:
        cursor.execute(STANDS)
        stands = dict(cursor.fetchall())
    assert {purchase.number: int(stands.get(purchase.pk, 0)) for purchase, _, _ in found} == {
        purchase.number: worth for purchase, worth, _ in found
    }
    assert (
        sum(worth for _, worth, _ in found) > sum(purchase.goods - purchase.returned for purchase, _, _ in found) / 100
    )
    assert_caps_hold(found, ids, ZoneInfo(main.zone))
    assert_tiers_are_those_of_the_sums(found, story)
    assert_proven()
    print(f"{Transaction.objects.count()} transactions, {sum(worth for _, worth, _ in found)} points stand")

    settlement.settle_due(at=story.over + timedelta(days=400))

    assert not Wallet.objects.exclude(available=0, pending=0).exists()
    assert_proven()


def assert_caps_hold(found, ids: dict[str, int], zone: ZoneInfo) -> None:
    """No month holds more than its cap; who brought nothing back was given all the room there was each time."""
    caps = {"thursday": THURSDAY_CAP, "basket": BASKET_CAP}
    awarded = {
        (rule_id, purchase): points
        for rule_id, purchase, points in RuleAward.objects.values_list("rule", "calculation__purchase", "points")
    }
    returning = set(Purchase.objects.filter(returned__gt=0).values_list("customer", flat=True))
    given: dict[tuple[str, int, int, int], int] = defaultdict(int)
    full = 0
    for purchase, _, rooms in found:
        day = purchase.at.astimezone(zone)
        for kind, room in rooms.items():
            spent = (kind, purchase.customer_id, day.year, day.month)
            if room is not None and purchase.customer_id not in returning:
                assert room == caps[kind] - given[spent], (purchase.number, kind)
                full += not room
            given[spent] += awarded.get((ids[kind], purchase.pk), 0)
    assert full > 0
    assert all(points <= caps[spent[0]] for spent, points in given.items())


def assert_tiers_are_those_of_the_sums(found, story: Story) -> None:
    standings.settle_every_programme(at=story.over)
    sums: dict[int, int] = defaultdict(int)
    for purchase, worth, _ in found:
        sums[purchase.customer_id] += worth if purchase.at > story.over.replace(year=story.over.year - 1) else 0
    tiers = {pk: "gold" if n >= story.gold else "silver" if n >= story.silver else "bronze" for pk, n in sums.items()}
    stand = dict(Standing.objects.values_list("customer", "tier"))
    assert {pk: stand.get(pk, "bronze") for pk in tiers} == tiers
    assert set(tiers.values()) == {"gold", "silver", "bronze"}

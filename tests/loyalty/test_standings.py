"""Where customers stand: the cases of tiers, and what keeps them true."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actions import readers
from customers.models import Fact, Profile, Verb
from loyalty.actions import (
    adjustments,
    clawbacks,
    earning,
    points,
    redemptions,
    settlement,
    standings,
    tiers,
    transfers,
)
from loyalty.actions.tiers import Step
from loyalty.models import Programme, Standing, TierChange, TierFloor, Transaction
from tests.factories import purchases
from tests.factories.customers import customer as make
from tests.factories.loyalty import METALS, on, programme, tier_table
from tests.factories.rules import multiply, rule, when

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    programme()
    purchases.source()
    return make(name="Ada")


def settle(*customers, at):
    return standings.settle({one.pk: at for one in customers}, programme=Programme.objects.get(main=True))


def night(at):
    return standings.settle_all(Programme.objects.get(main=True), at=at)


def tier_of(one):
    return Standing.objects.get(customer=one).tier


def changes(one):
    return [
        (change.was, change.tier, change.why, change.at.date().isoformat())
        for change in TierChange.objects.filter(customer=one).order_by("pk")
    ]


def earn(one, points_, day, time="00:00:00"):
    return points.earn(one, points_, at=on(day, time))


# --- the cases


BOTH = pytest.mark.parametrize("judge", [lambda one, at: settle(one, at=at), lambda one, at: night(at)])


@BOTH
def test_g1_points_of_the_last_twelve_months_count_and_no_others(ada, judge):
    tier_table()
    for amount, day in ((1200, "2025-03-10"), (900, "2025-09-01"), (1000, "2026-02-01")):
        earn(ada, amount, day)

    judge(ada, on("2026-02-01"))
    assert tier_of(ada) == "gold"
    judge(ada, on("2026-03-09"))
    assert tier_of(ada) == "gold"
    judge(ada, on("2026-03-09", "23:59:59"))
    assert tier_of(ada) == "gold"
    judge(ada, on("2026-03-10"))
    assert tier_of(ada) == "silver"
    assert TierChange.objects.latest("pk").total == 1900


@BOTH
@pytest.mark.parametrize(("step", "after"), [("one", "silver"), ("all", "bronze")])
def test_g3_at_a_review_a_tier_is_lowered_by_one_or_to_where_the_sum_is(ada, judge, step, after):
    tier_table(lowering="review", step=step)
    earn(ada, 3000, "2025-02-01")
    settle(ada, at=on("2025-02-01"))
    earn(ada, 200, "2025-06-01")

    judge(ada, on("2026-12-31", "23:59:59"))
    assert tier_of(ada) == "gold"
    judge(ada, on("2027-01-01"))
    assert tier_of(ada) == after
    judge(ada, on("2027-12-31"))
    assert tier_of(ada) == after
    judge(ada, on("2028-01-01"))
    assert tier_of(ada) == "bronze"


@BOTH
def test_only_what_was_earned_counts_whatever_else_came_and_whatever_was_owed(ada, judge):
    tier_table()
    other = make()
    first = earn(ada, 600, "2026-01-01")
    redemptions.redeem(ada, 600, at=on("2026-01-02"))
    clawbacks.claw_back(first, 100, reason="returned", at=on("2026-01-03"))
    earn(ada, 499, "2026-01-04")  # of which 100 repay what is owed
    granted = points.grant(ada, 5000, reason="test", at=on("2026-01-05"))
    clawbacks.claw_back(granted, 300, reason="test", at=on("2026-01-05"))
    adjustments.adjust(ada, 500, reason="test", by=None, at=on("2026-01-05"))
    adjustments.adjust(ada, -200, reason="test", by=None, at=on("2026-01-05"))
    earn(other, 2000, "2026-01-05")
    transfers.transfer(other, 1500, to=ada, at=on("2026-01-06"))

    judge(ada, on("2026-01-07"))
    assert tier_of(ada) == "bronze"
    earn(ada, 1, "2026-01-08")
    judge(ada, on("2026-01-08"))
    assert tier_of(ada) == "silver"
    assert TierChange.objects.filter(customer=ada).latest("pk").total == 1000


def test_g5_spending_and_expiry_do_not_touch_the_tier(ada):
    programme(expiry_months=1)
    tier_table()
    earn(ada, 1200, "2026-01-01")
    redemptions.redeem(ada, 700, at=on("2026-01-02"))
    settle(ada, at=on("2026-01-02"))
    settlement.settle_due(at=on("2026-03-01"))

    night(on("2026-03-01"))

    assert tier_of(ada) == "silver"
    assert Transaction.objects.filter(kind="expire").exists()


@BOTH
def test_g6_a_return_lowers_the_sum_of_the_day_that_had_earned_it(ada, judge):
    tier_table()
    earn(ada, 2100, "2025-09-01")
    last = earn(ada, 1000, "2026-02-01")
    settle(ada, at=on("2026-02-01"))
    assert tier_of(ada) == "gold"

    clawbacks.claw_back(last, 200, reason="returned", at=on("2026-02-05"))
    judge(ada, on("2026-02-05"))

    assert tier_of(ada) == "silver"
    assert TierChange.objects.latest("pk").total == 2900


def test_g6_a_return_through_the_shop_lowers_at_once(ada):
    tier_table()
    bought = earning.record_purchase(purchases.order(ada, 100_000, at=on("2026-02-01"))).recorded.purchase
    assert tier_of(ada) == "silver"

    earning.record_return(bought, {1: 1}, at=on("2026-02-05"))

    assert changes(ada)[-1] == ("silver", "bronze", "lowered", "2026-02-05")


def test_g7_the_order_that_crosses_the_line_earns_by_the_tier_before_it(ada, monkeypatch):
    """The rate of the tier is multiplied by the rules; here is what they read at the moment of each order."""
    tier_table()
    earn(ada, 2950, "2026-01-01")
    settle(ada, at=on("2026-01-01"))
    seen = []
    plain = earning._wish

    def looking(purchase, rules):
        seen.append((purchase.number, Profile.objects.get(customer_id=purchase.customer_id).tier))
        return plain(purchase, rules)

    monkeypatch.setattr(earning, "_wish", looking)
    for number, day in (("one", "2026-02-01"), ("two", "2026-02-02")):
        earning.record_purchase(purchases.order(ada, 10_000, number=number, at=on(day)))

    assert seen == [("one", "silver"), ("two", "gold")]


def test_g7_the_crossing_order_earns_at_the_old_rate_and_the_next_one_at_the_new(ada):
    tier_table()
    rule(multiply("1.25", when("tier", "silver")))
    rule(multiply("1.5", when("tier", "gold")))
    earn(ada, 2950, "2026-01-01")
    settle(ada, at=on("2026-01-01"))

    receipts = [
        earning.record_purchase(purchases.order(ada, 10_000, at=on(day))) for day in ("2026-02-01", "2026-02-02")
    ]

    assert [receipt.points for receipt in receipts] == [125, 150]
    assert tier_of(ada) == "gold"


def test_g7_holds_for_two_orders_in_one_batch_whatever_their_order(ada, monkeypatch):
    tier_table()
    earn(ada, 2950, "2026-01-01")
    settle(ada, at=on("2026-01-01"))
    seen = []
    plain = earning._wish

    def looking(purchase, rules):
        seen.append((purchase.number, Profile.objects.get(customer_id=purchase.customer_id).tier))
        return plain(purchase, rules)

    monkeypatch.setattr(earning, "_wish", looking)
    later, sooner = (
        purchases.order(ada, 10_000, number=number, at=on(day))
        for number, day in (("2", "2026-02-02"), ("1", "2026-02-01"))
    )
    earning.record_purchases([later, sooner])

    assert seen == [("1", "silver"), ("2", "gold")]


def test_an_order_long_after_a_tier_is_over_does_not_earn_by_it_though_no_night_came(ada, monkeypatch):
    tier_table()
    earn(ada, 1000, "2025-01-01")
    settle(ada, at=on("2025-01-01"))
    seen = []
    plain = earning._wish

    def looking(purchase, rules):
        seen.append(Profile.objects.get(customer_id=purchase.customer_id).tier)
        return plain(purchase, rules)

    monkeypatch.setattr(earning, "_wish", looking)
    earning.record_purchase(purchases.order(ada, 1000, at=on("2026-01-01")))

    assert seen == ["bronze"]


@BOTH
def test_g10_a_tier_that_is_kept_is_never_lost(ada, judge):
    tier_table(*METALS[:2], Step("gold", "Gold", 3000, keeps=True))
    earn(ada, 3000, "2020-02-01")
    settle(ada, at=on("2020-02-01"))

    judge(ada, on("2026-02-01"))

    assert (tier_of(ada), TierChange.objects.count()) == ("gold", 1)


@BOTH
def test_nobody_falls_through_a_tier_that_is_kept(ada, judge):
    tier_table(METALS[0], Step("silver", "Silver", 1000, keeps=True), METALS[2])
    earn(ada, 3000, "2020-02-01")
    settle(ada, at=on("2020-02-01"))

    judge(ada, on("2026-02-01"))

    assert tier_of(ada) == "silver"


@BOTH
def test_a_calendar_year_keeps_its_tier_until_the_end_of_the_next(ada, judge):
    tier_table(span="calendar")
    earn(ada, 1000, "2025-11-20")
    settle(ada, at=on("2025-11-20"))
    earn(ada, 300, "2026-05-01")

    judge(ada, on("2026-12-31", "23:59:59"))
    assert tier_of(ada) == "silver"
    judge(ada, on("2027-01-01"))
    assert tier_of(ada) == "bronze"


@BOTH
def test_two_years_are_never_added_up(ada, judge):
    tier_table(span="calendar")
    earn(ada, 600, "2025-12-31", "23:59:59")
    earn(ada, 600, "2026-01-01")

    judge(ada, on("2026-01-02"))

    assert tier_of(ada) == "bronze"


@BOTH
def test_grace_keeps_a_tier_for_some_days_and_is_forgotten_when_the_sum_recovers(ada, judge):
    tier_table(grace_days=30)
    earn(ada, 1000, "2025-01-01")
    settle(ada, at=on("2025-01-01"))

    judge(ada, on("2026-01-01"))
    assert (tier_of(ada), Standing.objects.get().short_since) == ("silver", on("2026-01-01"))
    judge(ada, on("2026-01-30"))
    assert tier_of(ada) == "silver"
    more = earn(ada, 1000, "2026-01-30")
    judge(ada, on("2026-01-30"))
    assert Standing.objects.get().short_since is None
    clawbacks.claw_back(more, reason="returned", at=on("2026-02-01"))
    judge(ada, on("2026-02-01"))
    judge(ada, on("2026-03-02"))
    assert tier_of(ada) == "silver"
    judge(ada, on("2026-03-03"))
    assert tier_of(ada) == "bronze"


@BOTH
def test_one_tier_at_a_time_with_grace_between(ada, judge):
    tier_table(step="one", grace_days=10)
    earn(ada, 3000, "2025-01-01")
    settle(ada, at=on("2025-01-01"))

    seen = []
    for day in ("2026-01-01", "2026-01-11", "2026-01-12", "2026-01-22", "2026-01-23"):
        judge(ada, on(day))
        seen.append(tier_of(ada))

    assert seen == ["gold", "silver", "silver", "bronze", "bronze"]


@BOTH
def test_money_spent_qualifies_without_what_came_back_and_without_other_currencies(ada, judge):
    tier_table(METALS[0], Step("silver", "Silver", 3000), Step("gold", "Gold", 3001), qualify_by="spend")
    purchases.purchase(ada, 2000, at=on("2026-01-01"))
    half = purchases.purchase(ada, 1000, 1500, at=on("2026-01-02"))
    purchases.purchase(ada, 9000, at=on("2026-01-03"), currency="SEK")
    earning.record_return(half, {2: 1}, at=on("2026-01-05"))

    judge(ada, on("2026-01-06"))

    assert (tier_of(ada), TierChange.objects.latest("pk").total) == ("silver", 3000)


@BOTH
def test_purchases_qualify_unless_all_of_them_came_back(ada, judge):
    tier_table(METALS[0], Step("silver", "Silver", 2), Step("gold", "Gold", 3), qualify_by="purchases")
    _, half, whole, cancelled = (purchases.purchase(ada, 100, 100, at=on(f"2026-01-0{n}")) for n in (1, 2, 3, 4))
    earning.record_return(half, {1: 1}, at=on("2026-01-05"))
    earning.record_return(whole, {1: 1, 2: 1}, at=on("2026-01-05"))
    earning.cancel_purchase(cancelled, at=on("2026-01-05"))

    judge(ada, on("2026-01-06"))

    assert tier_of(ada) == "silver"


# --- what is written, and when


def test_a_tier_reached_and_lowered_is_history_a_fact_and_in_the_profile(ada):
    tier_table()
    earn(ada, 1000, "2025-01-01")
    settle(ada, at=on("2025-01-01"))
    assert Profile.objects.get(customer=ada).tier == "silver"
    night(on("2026-01-01"))

    assert changes(ada) == [
        ("", "silver", "reached", "2025-01-01"),
        ("silver", "bronze", "lowered", "2026-01-01"),
    ]
    assert [(fact.verb, fact.about["tier"], fact.about["name"]) for fact in Fact.objects.filter(
        verb__in=[Verb.TIER_REACHED, Verb.TIER_LOWERED]).order_by("pk")] == [
        ("tier_reached", "silver", "Silver"), ("tier_lowered", "bronze", "Bronze"),
    ]  # fmt: skip
    assert Profile.objects.get(customer=ada).tier == "bronze"


def test_who_begins_at_the_bottom_stands_there_without_a_word(ada):
    tier_table()
    earn(ada, 10, "2026-01-01")

    night(on("2026-01-02"))

    assert (tier_of(ada), Profile.objects.get(customer=ada).tier) == ("bronze", "bronze")
    assert changes(ada) == []


def test_a_second_night_writes_nothing(ada):
    tier_table()
    earn(ada, 5000, "2026-01-01")

    assert [night(on("2026-01-02")), night(on("2026-01-02")), night(on("2026-01-03"))] == [1, 0, 0]


def test_without_tiers_nothing_is_asked(ada, django_assert_num_queries):
    rules = Programme.objects.get(main=True)

    with django_assert_num_queries(0):
        standings.settle_before({ada.pk: timezone.now()}, programme=rules)
        standings.settle_after({ada.pk: timezone.now()}, programme=rules)


def test_points_of_any_origin_raise_the_tier_as_the_timeline_is_read(ada):
    tier_table()
    points.earn(ada, 1000, natural_key="review:1")
    points.grant(make(), 9000, reason="goodwill")

    readers.catch_up("loyalty", earning.react, verbs=earning.VERBS)

    assert list(TierChange.objects.values_list("customer", "tier")) == [(ada.pk, "silver")]


def test_what_comes_late_never_undoes_what_was_reached_since(ada):
    tier_table()
    earn(ada, 1000, "2026-06-01")
    settle(ada, at=on("2026-06-01"))

    earning.record_purchase(purchases.order(ada, 1000, at=on("2026-01-01")))

    assert changes(ada) == [("", "silver", "reached", "2026-06-01")]


def test_the_table_of_the_moment_decides(ada):
    tier_table()
    tier_table(METALS[0], Step("silver", "Silver", 500), METALS[2], since=on("2026-02-01"))
    earn(ada, 600, "2026-01-01")

    settle(ada, at=on("2026-01-31"))
    assert tier_of(ada) == "bronze"
    settle(ada, at=on("2026-02-01"))
    assert tier_of(ada) == "silver"


def test_a_person_who_was_forgotten_stands_nowhere(ada):
    tier_table()
    earn(ada, 5000, "2026-01-01")
    ada.status, ada.name, ada.erased_at = "erased", "", timezone.now()
    ada.save()

    settle(ada, at=on("2026-01-02"))
    night(on("2026-01-02"))

    assert not Standing.objects.exists()


@pytest.mark.parametrize("what", ["wallet", "standing"])
def test_who_changes_while_all_are_judged_is_judged_anew(ada, monkeypatch, what):
    tier_table()
    first = earn(ada, 1000, "2026-01-01")
    plain = standings._write

    def meanwhile(ladder, batch, values, at):
        if what == "wallet":
            clawbacks.claw_back(first, 500, reason="returned", at=on("2026-01-01"))
        else:
            tiers.grant(ada, "gold", reason="a friend", at=on("2026-01-01"))
        return plain(ladder, batch, values, at)

    monkeypatch.setattr(standings, "_write", meanwhile)
    night(on("2026-01-02"))

    assert tier_of(ada) == ("bronze" if what == "wallet" else "gold")


def test_the_night_sees_a_floor_that_has_begun(ada):
    tier_table()
    earn(ada, 100, "2026-01-01")
    settle(ada, at=on("2026-01-01"))
    rules = Programme.objects.get(main=True)
    TierFloor.objects.create(programme=rules, customer=ada, tier="gold", starts_at=on("2026-02-01"), reason="so")

    assert night(on("2026-01-31")) == 0
    assert night(on("2026-02-01")) == 1
    assert tier_of(ada) == "gold"


def test_many_are_judged_some_at_a_time(ada, monkeypatch):
    monkeypatch.setattr(standings, "AT_ONCE", 2)
    tier_table()
    people = [make() for _ in range(5)]
    for n, one in enumerate(people):
        earn(one, 900 + 50 * n, "2026-01-01")

    assert night(on("2026-01-02")) == 5
    assert [tier_of(one) for one in people] == ["bronze", "bronze", "silver", "silver", "silver"]
    assert night(on("2026-01-02") + timedelta(days=1)) == 0

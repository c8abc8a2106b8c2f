"""A replay gives what the ledger gave; a design differs by what was changed, and by nothing else."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from customers.models import Line, Purchase
from loyalty.actions import earning, programmes, settlement, simulations, standings
from loyalty.actions.simulations import DesignRefused, NotUnderWay
from loyalty.models import Simulation, Standing, Transaction, Transfer, Wallet
from loyalty.queries import simulations as read
from loyalty.simulation.design import Design, Habit, throughout
from loyalty.simulation.figures import Books, month_starts
from loyalty.simulation.replay import Member
from tests.factories import customers, purchases
from tests.factories.loyalty import METALS, on, programme, tier_table
from tests.factories.rules import fixed, limit, multiply, rule, said, when

pytestmark = pytest.mark.django_db
YEAR = {"begins_at": on("2025-01-01"), "ends_at": on("2026-01-01")}
NOBODY = Habit(takers=0)


def asked(design: Design | None = None, **more) -> Simulation:
    rules = programmes.main(fresh=True)
    design = design or changed(read.current(rules), habit=NOBODY)
    return simulations.ask(rules, design, **{"name": "Tried", **YEAR} | more)


def changed(design: Design, **values) -> Design:
    return replace(design, **values)


def run(design: Design | None = None, **more) -> dict:
    done = simulations.run(asked(design, **more))
    assert done.state == "done", done.error
    return done.result


def buy(who, amount: int, day: str, *, lines=None, time: str = "10:00:00", **more) -> Purchase:
    parts = {"lines": lines} if lines else {}
    made = purchases.order(who, amount, at=on(day, time), **parts, **more)
    receipt = earning.record_purchase(made)
    assert receipt.recorded.purchase
    return receipt.recorded.purchase


def bring_back(purchase: Purchase, day: str, quantity: str = "1") -> None:
    first = Line.objects.filter(purchase=purchase).order_by("position").values_list("position", flat=True)[0]
    earning.record_return(Purchase.objects.get(pk=purchase.pk), {first: Decimal(quantity)}, at=on(day))


def flows() -> dict[str, int]:
    """What the ledger says for the year: issued, taken back, expired."""
    within = Transfer.objects.filter(
        transaction__effective_at__gte=YEAR["begins_at"], transaction__effective_at__lt=YEAR["ends_at"]
    )

    def points(**where) -> int:
        return within.filter(**where).aggregate(n=Sum("points", default=0))["n"]

    return {
        "issued": points(source="issued"),
        "taken_back": points(target="clawed_back") - points(source="waived", target="clawed_back"),
        "expired": points(target="expired"),
        "redeemed": points(target="redeemed"),
    }


def lived() -> dict[int, tuple[int, int, int]]:
    """What a replay of the programme as it is leaves in each wallet."""
    rules = programmes.main(fresh=True)
    design = changed(read.current(rules), habit=NOBODY)
    since, ends = on("2024-01-01"), YEAR["ends_at"]
    books = Books(design, month_starts(since, ends, rules.zone), ends)
    found = {}
    for batch in read.lives(read.wanted((design,), since, ends)):
        for life in batch:
            member = Member(design, life.somebody, books.ear([0]), read.ShopAverages(rules, (design,), since, ends))
            books.live(member, life.events)
            found[life.customer] = (member.wallet.pending, member.wallet.available, member.wallet.debt)
    return found


def kept() -> dict[int, tuple[int, int, int]]:
    settlement.settle_due(at=YEAR["ends_at"])
    rows = Wallet.objects.values_list("customer", "pending", "available", "debt")
    return {pk: tuple(rest) for pk, *rest in rows}


def prove() -> dict:
    """The replay of the programme as it is equals its ledger: every wallet, and every sum of the year."""
    wallets = kept()
    replayed = {who: left for who, left in lived().items() if who in wallets or any(left)}
    assert replayed == wallets
    result = run()
    total = result["then"]["total"]
    assert {name: total[name] for name in ("issued", "taken_back", "expired", "redeemed")} == flows()
    return result


def test_the_base_rate_is_replayed_as_it_was_booked():
    programme(currency="EUR", return_window_days=14, expiry_months=6, zone="Europe/Berlin", expiry_at_month_end=True)
    ada, ben = customers.customer(), customers.customer()
    buy(ada, 4_995, "2025-01-10")
    back = buy(ada, 10_000, "2025-03-31")
    buy(ben, 2_599, "2025-06-30", time="22:30:00")
    buy(ben, 700, "2025-12-30")
    bring_back(back, "2025-04-05")
    result = prove()
    assert result["then"]["total"]["issued"] == 49 + 100 + 25 + 7
    assert result["then"]["total"]["taken_back"] == 100
    assert result["then"]["total"]["expired"] == 49
    assert (result["purchases"], result["customers"]) == (4, 2)


@pytest.mark.parametrize(
    ("policy", "rounding"), [("unlimited", "down"), ("within_balance", "nearest"), ("only_pending", "up")]
)
def test_returns_are_taken_back_by_each_policy_as_the_ledger_does(policy, rounding):
    rules = {"claw_back": policy, "debt_limit": 40, "rounding": rounding}
    programme(currency="EUR", return_window_days=10, expiry_months=3, **rules)
    ada = customers.customer()
    first = buy(ada, 10_000, "2025-01-10")
    bring_back(first, "2025-06-05")  # all of it has expired by then
    second = buy(ada, 0, "2025-07-01", lines=(purchases.line(9_990, quantity=3),))
    bring_back(second, "2025-07-03", "1")
    bring_back(second, "2025-07-20", "1")
    buy(ada, 2_500, "2025-12-28")
    prove()


def test_rules_with_lines_caps_promises_and_limits_are_replayed_as_they_were_booked():
    programme(currency="EUR", return_window_days=14, stacking="multiply")
    rule(multiply("2", when("category", "tea"), caps=[{"per": "month", "points": 60}]), name="Tea")
    rule(multiply("3/2", when("weekday", 6, 7)), name="Weekend")
    rule(fixed(5, when("category", "pots"), per="item"), name="Pots")
    rule(fixed(50, when("nth", 2), lasting={"days": 30}), name="Second")
    rule(said({"kind": "next", "factor": "2", "days": 60}, when("amount", 8_000)), name="Next")
    rule(limit(caps=[{"per": "day", "points": 400}]), name="Limit")
    rule(multiply("2"), name="March", begins_at=on("2025-03-01"), ends_at=on("2025-04-01"))
    ada, ben = customers.customer(), customers.customer()
    tea, pots = {"category": "Tea"}, {"category": "pots"}
    buy(ada, 0, "2025-01-04", lines=(purchases.line(4_999, **tea), purchases.line(3_333, quantity=2, **pots)))
    great = buy(ada, 0, "2025-01-18", lines=(purchases.line(9_001, quantity=3, **tea), purchases.line(2_000)))
    buy(ada, 0, "2025-01-25", lines=(purchases.line(7_777, **tea),))
    buy(ben, 0, "2025-03-01", lines=(purchases.line(30_000, **tea), purchases.line(1_000, **pots)))
    bring_back(great, "2025-01-27", "2")
    buy(ada, 0, "2025-01-29", lines=(purchases.line(5_000, **tea),))
    bring_back(great, "2025-02-03", "1")
    buy(ben, 0, "2025-04-01", lines=(purchases.line(2_150, **tea),))
    wrong = buy(ben, 9_000, "2025-04-02")
    buy(ben, 3_000, "2025-04-03")
    earning.cancel_purchase(Purchase.objects.get(pk=wrong.pk), at=on("2025-04-04"))
    buy(ben, 3_000, "2025-04-05")
    result = prove()
    assert result["then"]["total"]["taken_back"] > 0


def test_tiers_are_replayed_as_they_were_judged():
    programme(currency="EUR", return_window_days=0)
    tier_table(*METALS)
    rule(multiply("5/4", when("tier", "silver")), name="Silver")
    rule(multiply("3/2", when("tier", "gold")), name="Gold")
    ada, ben = customers.customer(), customers.customer()
    buy(ada, 95_000, "2024-03-01")
    buy(ada, 20_000, "2024-05-01")
    buy(ada, 160_000, "2025-01-02")
    gold = buy(ada, 40_000, "2025-02-01")
    buy(ada, 10_000, "2025-02-20")
    bring_back(gold, "2025-02-25")
    buy(ada, 10_000, "2025-03-02")
    buy(ada, 10_000, "2025-11-01")
    buy(ben, 5_000, "2025-11-01")
    result = prove()
    standings.settle_all(programmes.main(fresh=True), at=YEAR["ends_at"])
    now: dict[str, int] = {}
    for tier in Standing.objects.values_list("tier", flat=True):
        now[tier] = now.get(tier, 0) + 1
    assert result["then"]["months"][-1]["tiers"] == now
    assert Transaction.objects.filter(kind="earn").count() == 8


def test_a_replay_writes_no_points():
    programme(currency="EUR")
    buy(customers.customer(), 10_000, "2025-03-01")
    before = Transaction.objects.count()
    run()
    assert Transaction.objects.count() == before


def test_a_design_differs_from_today_by_what_was_changed():
    rules = programme(currency="EUR")
    ada, ben = customers.customer(), customers.customer()
    buy(ada, 10_000, "2025-03-01")
    buy(ben, 1_000, "2025-03-01")
    double = changed(read.current(rules), rate_points=2, reward_points=100, reward_cost=500)
    result = run(changed(double, habit=Habit(takers=100, spent=100)))
    assert result["today"]["total"]["issued"] == 110
    assert result["then"]["total"]["issued"] == 220
    assert result["then"]["cost"] == 0  # nobody came back to spend
    assert result["then"]["liability"] == 220 * 5
    moves = result["moves"]
    assert (moves["gain"], moves["lose"], moves["same"]) == (2, 0, 0)
    assert moves["most"][0] == {"customer": ada.pk, "difference": 200 * 5 - 100, "today": 100, "then": 200}


def test_rewards_are_taken_by_the_assumed_habit():
    rules = programme(currency="EUR")
    ada = customers.customer()
    buy(ada, 25_000, "2025-03-01")
    buy(ada, 1_000, "2025-04-01")
    design = changed(read.current(rules), reward_points=100, reward_cost=500, habit=Habit(takers=100, spent=100))
    result = run(design)["then"]
    assert (result["total"]["redeemed"], result["cost"], result["closing"]) == (200, 1_000, 60)
    assert result["months"][3]["cost"] == 1_000
    half = run(changed(design, habit=Habit(takers=100, spent=50)))["then"]
    assert half["total"]["redeemed"] == 100


def test_breakage_lowers_what_the_points_are_expected_to_cost():
    rules = programme(currency="EUR", expiry_months=1)
    ada = customers.customer()
    buy(ada, 10_000, "2025-01-01")
    buy(ada, 30_000, "2025-06-01")
    buy(ada, 10_000, "2025-06-15")
    buy(ada, 10_000, "2025-12-20")
    design = changed(read.current(rules), reward_points=100, reward_cost=100, habit=Habit(takers=100, spent=100))
    result = run(design)["then"]
    assert result["total"]["redeemed"] == 300
    assert result["total"]["expired"] == 200
    assert (result["breakage"], result["liability"], result["liability_expected"]) == ("2/5", 100, 60)


def test_points_of_the_lead_in_are_there_as_the_span_begins():
    programme(currency="EUR")
    buy(customers.customer(), 10_000, "2024-06-01")
    assert run(lead_in_months=12)["then"]["opening"] == 100
    assert run(lead_in_months=0)["then"]["opening"] == 0


def test_rules_of_a_design_may_hold_throughout():
    rules = programme(currency="EUR")
    rule(multiply("2"), name="March", begins_at=on("2025-03-01"), ends_at=on("2025-04-01"))
    buy(customers.customer(), 10_000, "2025-06-01")
    design = changed(throughout(read.current(rules)), habit=NOBODY)
    assert run(design)["then"]["total"]["issued"] == 200


def test_a_design_that_makes_no_sense_is_refused():
    design = read.current(programme(currency="EUR"))
    for wrong, code in (
        (asked_with(design, reward_points=0), "wrong_value"),
        (asked_with(design, rate_money=0), "wrong_value"),
        (asked_with(design, habit=Habit(takers=101)), "wrong_value"),
        ((design, {"ends_at": YEAR["begins_at"]}), "no_span"),
        ((design, {"ends_at": on("2035-01-01")}), "too_long"),
    ):
        with pytest.raises(DesignRefused) as refused:
            asked(wrong[0], **wrong[1])
        assert refused.value.code == code


def asked_with(design: Design, **values) -> tuple[Design, dict]:
    return changed(design, **values), {}


def test_a_replay_can_be_cancelled_while_it_runs():
    programme(currency="EUR")
    buy(customers.customer(), 10_000, "2025-03-01")
    waiting = asked()
    taken = Simulation.objects.filter(pk=waiting.pk)
    taken.update(state="running", moved_at=timezone.now(), run=1)
    running = Simulation.objects.select_related("programme").get(pk=waiting.pk)
    simulations.cancel(running)
    with pytest.raises(simulations.Stopped):
        simulations.replay(running, tell=lambda done: simulations._tell(running, done))
    assert simulations.go_on() == 0
    with pytest.raises(NotUnderWay):
        simulations.cancel(running)


def test_a_replay_that_was_killed_begins_again_and_its_first_run_cannot_write():
    programme(currency="EUR")
    buy(customers.customer(), 10_000, "2025-03-01")
    waiting = asked()
    Simulation.objects.filter(pk=waiting.pk).update(state="running", run=1, moved_at=timezone.now())
    assert simulations.go_on() == 0
    late = timezone.now() - simulations.FORGOTTEN_AFTER - timedelta(seconds=1)
    Simulation.objects.filter(pk=waiting.pk).update(moved_at=late)
    first = Simulation.objects.get(pk=waiting.pk)
    assert simulations.go_on() == 1
    done = Simulation.objects.get(pk=waiting.pk)
    assert (done.state, done.done, done.run) == ("done", 1, 2)
    with pytest.raises(simulations.Stopped):
        simulations._tell(first, 1)


def test_what_goes_wrong_is_said():
    programme(currency="EUR")
    broken = asked()
    Simulation.objects.filter(pk=broken.pk).update(design={"nonsense": 1})
    with pytest.raises(TypeError):
        simulations.run(broken)
    failed = Simulation.objects.get(pk=broken.pk)
    assert failed.state == "failed"
    assert failed.error


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"state": "done"}, "done_simulation_has_a_result"),
        ({"state": "failed"}, "failed_simulation_says_why"),
        ({"done": 5}, "simulation_replays_no_more_than_there_is"),
        ({"ends_at": on("2020-01-01")}, "simulation_looks_at_a_span"),
        ({"name": ""}, "simulation_has_a_name"),
    ],
)
def test_the_database_keeps_a_simulation_whole(changes, name):
    programme(currency="EUR")
    simulation = asked()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Simulation.objects.filter(pk=simulation.pk).update(**changes)

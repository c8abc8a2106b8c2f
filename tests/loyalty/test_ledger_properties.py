"""Any sequence of operations: the wallets are those of a plain Python ledger, and the audit is clean at every step."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from customers.models import Fact
from loyalty import queries
from loyalty.actions import audit, clawbacks, earning, points, redemptions, settlement, sliding, transfers
from loyalty.actions.audit import CHECKS
from loyalty.actions.tiers import Step
from tests.examples import examples
from tests.factories import customers, purchases
from tests.factories.loyalty import on, programme, tier_table
from tests.factories.rules import fixed, multiply, rule, when
from tests.loyalty.oracle import Oracle, OracleShop, Refused

START = on("2030-01-25")  # a month ends soon
EXAMPLES = examples(20)
amount = st.integers(1, 60)
who = st.integers(0, 2)
which = st.integers(0, 30)
line = st.tuples(st.integers(1, 3_000), st.integers(1, 3))
step = st.one_of(
    st.tuples(st.just("earn"), who, amount, st.sampled_from([None, 1, 3]), st.sampled_from([None, 4, 9, 30])),
    st.tuples(st.just("redeem"), who, amount),
    st.tuples(st.just("hold"), who, amount),
    st.tuples(st.just("resolve"), which, st.integers(0, 60)),
    st.tuples(st.just("reverse"), which, amount),
    st.tuples(st.just("claw_back"), which, amount),
    st.tuples(st.just("transfer"), who, who, amount),
    st.tuples(st.just("merge"), who, who),
    st.tuples(st.just("buy"), who, st.lists(line, min_size=1, max_size=2)),
    st.tuples(st.just("buy"), who, st.lists(line, min_size=1, max_size=2)),
    st.tuples(st.just("bring_back"), which, st.integers(0, 1)),
    st.tuples(st.just("bring_back"), which, st.integers(0, 1)),
    st.tuples(st.just("cancel"), which),
    st.tuples(st.just("wait"), st.integers(1, 5)),
    st.tuples(st.just("settle"), st.just(0)),
)
# Two customers who buy and bring back within few days: caps fill, and have room again.
pair, near = st.integers(0, 1), st.integers(0, 5)
shopping = st.one_of(
    st.tuples(st.just("buy"), pair, st.lists(line, min_size=2, max_size=2)),
    st.tuples(st.just("bring_back"), near, st.integers(0, 1)),
    st.tuples(st.just("cancel"), near),
    st.tuples(st.just("wait"), st.sampled_from([1, 7, 20])),
    st.tuples(st.just("redeem"), pair, amount),
)


class World:
    """The product and the oracle side by side; a step is done in both, and both refuse it or neither does."""

    EXPIRY = {
        "never": {},
        "monthly": {"expiry_months": 1, "expiry_at_month_end": True},
        "dates": {"expiry_dates": "01-31,02-09"},
        "sliding": {"expiry_months": 1, "expiry_activities": "visited,bought"},
    }

    def __init__(self, policy, debt_limit, window=0, expiry="never", tiers=False, rounding="down"):
        rules = {"claw_back": policy, "debt_limit": debt_limit, "return_window_days": window, "rounding": rounding}
        programme(currency="EUR", **rules, **self.EXPIRY[expiry])
        shop = OracleShop
        if tiers:
            longer = 1 if expiry == "dates" else 2
            tier_table(Step("bronze", "Bronze", 0), Step("silver", "Silver", shop.SILVER, points_last=longer))
        rule(multiply("2", when("category", "tea"), caps=[{"per": "month", "points": shop.MOST_DOUBLED}]))
        enough, once = when("amount", int(shop.ENOUGH * 100)), {"per": "month", "times": 1}
        rule(fixed(shop.BONUS, enough, caps=[once], lasting={"days": shop.LASTS_DAYS}))
        self.people = [customers.customer() for _ in range(3)]
        self.oracle = Oracle(policy, debt_limit)
        self.shop = OracleShop(self.oracle, window, expiry, tiers, rounding)
        self.at = START
        self.earnings, self.redemptions, self.purchases = [], [], []

    def earn(self, who, amount, activates, expires):
        activates_at = activates and self.at + timedelta(days=activates)
        expires_at = expires and self.at + timedelta(days=expires)
        made = points.earn(self.people[who], amount, at=self.at, activates_at=activates_at, expires_at=expires_at)
        self.oracle.earn(made.pk, who, amount, self.at, activates_at, expires_at)
        self.earnings.append(made)

    def redeem(self, who, amount):
        self._take(redemptions.redeem, who, amount, hold=False)

    def hold(self, who, amount):
        self._take(redemptions.hold, who, amount, hold=True)

    def _take(self, action, who, amount, hold):
        name = len(self.redemptions)
        made = self.both(
            lambda: action(self.people[who], amount, at=self.at),
            lambda: self.oracle.redeem(name, who, amount, self.at, hold=hold),
        )
        if made:
            self.redemptions.append(made)

    def resolve(self, n, captured):
        if not self.redemptions:
            return
        name = n % len(self.redemptions)
        held = self.redemptions[name]
        self.both(
            lambda: (
                redemptions.capture(held, captured, at=self.at) if captured else redemptions.void(held, at=self.at)
            ),
            lambda: self.oracle.resolve(name, captured, self.at),
        )

    def reverse(self, n, amount):
        if self.redemptions:
            name = n % len(self.redemptions)
            self.both(
                lambda: redemptions.reverse(self.redemptions[name], amount, reason="test", at=self.at),
                lambda: self.oracle.reverse(name, amount, self.at),
            )

    def claw_back(self, n, amount):
        if self.earnings:
            earned = self.earnings[n % len(self.earnings)]
            self.both(
                lambda: clawbacks.claw_back(earned, amount, reason="test", at=self.at),
                lambda: self.oracle.claw_back(earned.pk, amount, self.at),
            )

    def buy(self, who, lines):
        tea_and_more = zip(lines, ("tea", "pots"), strict=False)
        wanted = [
            purchases.line(price * pieces, quantity=pieces, category=kind) for (price, pieces), kind in tea_and_more
        ]
        order = purchases.order(self.people[who], lines=tuple(wanted), at=self.at)
        receipt = earning.record_purchase(order)
        sliding.slide([Fact(customer=self.people[who], verb="bought", at=self.at)])
        self.shop.buy(who, [[price, pieces, pieces] for price, pieces in lines], self.at)
        self.purchases.append(receipt.recorded.purchase)
        usual, _, bonus = self.shop.worth(self.shop.purchases[-1])
        assert receipt.points == usual + bonus

    def bring_back(self, n, line):
        if self.purchases:
            name = n % len(self.purchases)
            line %= len(self.shop.purchases[name].pieces)
            self.both(
                lambda: earning.record_return(self.purchases[name], {line + 1: Decimal(1)}, at=self.at),
                lambda: self.shop.bring_back(name, line, self.at),
            )

    def cancel(self, n):
        if self.purchases:
            name = n % len(self.purchases)
            self.both(
                lambda: earning.cancel_purchase(self.purchases[name], at=self.at),
                lambda: self.shop.cancel(name, self.at),
            )

    def transfer(self, who, to, amount):
        self.both(
            lambda: transfers.transfer(self.people[who], amount, to=self.people[to], at=self.at),
            lambda: self.oracle.transfer(who, to, amount, self.at),
        )

    def merge(self, who, into):
        self.both(
            lambda: transfers.absorb(self.people[who], into=self.people[into], at=self.at),
            lambda: self.oracle.merge(who, into, self.at),
        )

    def wait(self, days):
        self.at += timedelta(days=days)

    def settle(self, _):
        settlement.settle_due(at=self.at)

    def both(self, ours, theirs):
        try:
            with transaction.atomic():
                made = ours()
        except ValidationError:
            made = Refused
        try:
            theirs()
        except Refused:
            assert made is Refused
            return None
        assert made is not Refused
        return made

    def check(self):
        for n, person in enumerate(self.people):
            wallet = self.oracle.wallet(n)
            self.oracle.settle(wallet, self.at)
            ours = queries.balance(person, at=self.at)
            assert (ours.pending, ours.available, ours.held, ours.debt) == wallet.figures()
        for check, sql in CHECKS.items():
            assert audit._rows(sql) == [], check


BY_DATABASE = settings(
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking by a database takes minutes; the steps are shown
)
expiries = st.sampled_from(sorted(World.EXPIRY))
# Bought two days before a date on which points expire: they open as they would be gone, and last until the next date.
LATE = [("wait", 14), ("buy", 0, [(710, 2), (1_770, 1)]), ("bring_back", 0, 0), ("wait", 7), ("redeem", 0, 31)]


@pytest.mark.django_db
@BY_DATABASE
@example(policy="only_pending", debt_limit=None, window=2, expiry="dates", rounding="up", steps=LATE)
@given(
    policy=st.sampled_from(["unlimited", "within_balance", "only_pending"]),
    debt_limit=st.sampled_from([None, 40]),
    window=st.sampled_from([0, 2]),
    expiry=expiries,
    rounding=st.sampled_from(["down", "nearest", "up"]),
    steps=st.lists(step, min_size=4, max_size=30) | st.lists(shopping, min_size=6, max_size=20),
)
def test_the_ledger_is_that_of_the_oracle_after_every_step(policy, debt_limit, window, expiry, rounding, steps):
    live(steps, policy, debt_limit, window, expiry, rounding=rounding)


TEA = ("buy", 0, [(3_000, 2), (1_000, 1)])
MONTHS = [
    TEA,
    ("wait", 20),
    TEA,
    ("wait", 14),
    TEA,
    ("redeem", 0, 50),
    ("wait", 20),
    ("bring_back", 0, 0),
    ("wait", 20),
]


@pytest.mark.django_db
@settings(BY_DATABASE, max_examples=examples(8))
@example(window=2, expiry="sliding", steps=MONTHS)
@example(window=0, expiry="dates", steps=MONTHS)
@example(window=0, expiry="monthly", steps=MONTHS)
@given(
    window=st.sampled_from([0, 2]),
    expiry=st.sampled_from(["monthly", "dates", "sliding"]),
    steps=st.lists(shopping, min_size=6, max_size=20),
)
def test_points_last_as_the_tier_says_in_which_they_were_earned(window, expiry, steps):
    live(steps, "unlimited", None, window, expiry, tiers=True)


def live(steps, *rules, **more):
    """Whatever comes of it, nothing of it is left for the next example."""
    undo = transaction.savepoint()
    try:
        world = World(*rules, **more)
        for name, *arguments in steps:
            getattr(world, name)(*arguments)
            world.check()
    finally:
        transaction.savepoint_rollback(undo)

"""The replay itself, without a database: what holds for every customer and every design."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.rules import reading
from loyalty.simulation import charts, reviews
from loyalty.simulation.design import Dated, Design, Habit, Ladder, Step, read
from loyalty.simulation.figures import Books, Moves, coarse, month_starts, quantiles
from loyalty.simulation.history import Back, Bought, in_order
from loyalty.simulation.replay import Member, Somebody
from loyalty.simulation.reviews import Assumptions, Between
from tests.examples import examples

BEGIN, END = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
DOUBLE = Dated(1, "Double", reading.read({"effect": {"kind": "multiply", "factor": "2"}}), version=1)
METALS = Ladder((Step("bronze", "Bronze", 0), Step("silver", "Silver", 500, points_last=9)))

moments = st.integers(0, 364 * 24).map(lambda hours: BEGIN + timedelta(hours=hours))
baskets = st.lists(st.tuples(moments, st.integers(0, 50_000), st.integers(0, 100), st.integers(0, 90)), max_size=15)
designs = st.builds(
    Design,
    currency=st.just("EUR"),
    zone=st.just("UTC"),
    rate_points=st.integers(0, 5),
    window_days=st.integers(0, 40),
    expiry_months=st.none() | st.integers(1, 6),
    expiry_at_month_end=st.booleans(),
    expiry_dates=st.sampled_from(["", "03-31", "03-31,09-30"]),
    expiry_slides=st.booleans(),
    claw_back=st.sampled_from(["unlimited", "within_balance", "only_pending"]),
    debt_limit=st.none() | st.integers(0, 100),
    reward_points=st.integers(1, 300),
    habit=st.builds(Habit, takers=st.sampled_from([0, 100]), spent=st.integers(0, 100)),
    rules=st.sampled_from([(), (DOUBLE,)]),
    ladders=st.sampled_from([(), (METALS,)]),
)


def lived(design: Design, bought) -> tuple[Books, Member]:
    made = [Bought(n, at, goods) for n, (at, goods, _part, _days) in enumerate(bought, 1)]
    backs = [
        Back(n, at + timedelta(days=days), goods * part // 100)
        for n, (at, goods, part, days) in enumerate(bought, 1)
        if part
    ]
    books = Books(design, month_starts(BEGIN, END, design.zone), END)
    member = Member(design, Somebody(luck=0), books.ear([0]), lambda day: None)
    books.live(member, in_order(made, backs, BEGIN, END))
    return books, member


@settings(max_examples=examples(60))
@given(designs, baskets)
def test_points_are_never_lost_nor_made(design, bought):
    books, member = lived(design, bought)
    said = books.as_json()
    wallet = member.wallet
    assert said["closing"] == wallet.pending + wallet.available - wallet.debt
    assert all(lot.pending >= 0 and lot.available >= 0 for lot in wallet.lots)
    assert wallet.debt >= 0
    assert not (wallet.debt and wallet.available)
    assert said["months"][-1]["outstanding"] == said["closing"]
    assert said["total"]["redeemed"] % design.reward_points == 0
    assert read(design.as_json()) == design


def test_expiry_by_dates_and_by_activity_and_what_a_tier_says_of_it():
    every_third_month = [(BEGIN + timedelta(days=91 * n), 10_000, 0, 0) for n in range(4)]
    plain = Design("EUR", "UTC", window_days=0, expiry_months=4, habit=Habit(takers=0))

    def expired(**changes):
        return lived(replace(plain, **changes), every_third_month)[0].as_json()["total"]["expired"]

    # on 1 January, 2 April, 2 July and 1 October
    assert expired() == 300
    assert expired(expiry_slides=True) == 0
    assert expired(expiry_dates="06-30", expiry_months=None) == 200
    assert expired(expiry_dates="06-30") == 100
    assert (
        expired(
            ladders=(
                Ladder(
                    (Step("base", "Base", 0), Step("gold", "Gold", 100, points_last=0)),
                ),
            )
        )
        == 100
    )


@settings(max_examples=examples(40))
@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=100))
def test_quantiles_rise_and_are_near_what_was_there(differences):
    moves = Moves()
    for n, difference in enumerate(differences):
        moves.add(n, (0, Fraction(1)), (difference, Fraction(1)), frozenset())
    values = [value for _share, value in quantiles(moves.spread)]
    assert values == sorted(values)
    assert {coarse(each) for each in differences} >= set(values)
    assert moves.all.gain + moves.all.lose + moves.all.same == len(differences)
    assert moves.all.difference == sum(differences)
    most = sorted((each for each in differences if each > 0), reverse=True)[:10]
    assert [row["difference"] for row in moves.as_json()["most"]] == most


def flat(value) -> Between:
    return Between(*[Fraction(value)] * 3)


def test_the_careful_figure_takes_each_assumption_at_its_worst():
    said = Assumptions(
        uplift=Between(Fraction(1, 10), Fraction(2, 10), Fraction(3, 10)),
        basket=flat(5_000),
        margin=flat("0.4"),
        point=Between(Fraction(1, 2), Fraction(1), Fraction(2)),
        taken=flat(1),
    )
    assert reviews.worth(said).points == (50, 200, 600)
    assert reviews.worth(Assumptions(flat("-0.1"), flat(5_000), flat(1), flat(1), flat(1))).points == (0, 0, 0)


def test_bars_stand_on_one_scale_with_zero_in_it():
    chart = charts.pairs(["a", "b"], [10, 0], [5, -10])
    tall = {(bar.label, bar.side): bar.height for bar in chart.bars}
    assert tall["a: 10", 0] == 2 * tall["a: 5", 1] == tall["b: -10", 1]
    assert all(bar.y + bar.height <= chart.height for bar in chart.bars)
    assert chart.scale == [(160, -10), (120, -5), (80, 0), (40, 5), (0, 10)]
    assert charts.pairs(["a"], [12_881], [9_000]).scale[-1] == (0, 15_000)
    assert charts.pairs([], [], []).bars == []

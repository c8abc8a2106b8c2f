"""What an order is worth by several rules at once: exact, floored once, explained step by step. No database."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.rules import matching, reading
from loyalty.rules.matching import Event, Item, Person
from loyalty.rules.spec import Stacking
from loyalty.rules.worth import BASE, Match, worth
from tests.factories.rules import fixed, limit, multiply, when

CENT = Fraction(1, 100)
AT = datetime(2026, 3, 7, 14, 59, 59, tzinfo=UTC)


def event(*amounts: int, earning: Fraction = Fraction(1), zone: str = "UTC", at: datetime = AT, **more) -> Event:
    items = tuple(amount if isinstance(amount, Item) else Item(amount) for amount in amounts)
    return Event(at, zone, items=items, earning=earning, **more)


def matches(of: Event, *says: dict, rooms: dict[int, int] | None = None, person: Person | None = None) -> list[Match]:
    found = []
    for number, said in enumerate(says):
        spec = reading.read(said)
        items = matching.lines(spec, of)
        if items is not None and matching.suits(spec, of, person or Person()):
            found.append(Match(spec, number, number, f"Rule {number}", items, (rooms or {}).get(number)))
    return found


def points(
    of: Event, *says: dict, rate: Fraction = CENT, stacking: str = Stacking.SUM, rounding: str = "down", **more
) -> int:
    return worth(of, rate, matches(of, *says, **more), stacking, rounding).points


@pytest.mark.parametrize(
    ("rounding", "expected"), [("down", [49, 49, 49, 0]), ("nearest", [49, 50, 50, 0]), ("up", [50, 50, 50, 1])]
)
def test_the_programme_says_what_becomes_of_a_part_of_a_point(rounding, expected):
    baskets = [(4_901,), (4_950,), (1_650, 1_650, 1_650), (1,)]

    assert [points(event(*amounts), rounding=rounding) for amounts in baskets] == expected


@pytest.mark.parametrize(("rounding", "expected"), [("down", 17), ("nearest", 18), ("up", 18)])
def test_parts_are_rounded_together_and_none_passes_its_cap(rounding, expected):
    found = matches(event(1_170), multiply("3/2"), fixed(1), rooms={0: 5})  # 11.70, 5.85 cut to 5, and 1: 17.70
    made = worth(event(1_170), CENT, found, rounding=rounding)

    assert (made.points, sum(made.parts.values())) == (expected, expected)
    assert made.parts[0] <= 5
    assert made.steps[-1].get("rounding", "down") == rounding


@pytest.mark.parametrize(
    ("amounts", "rate", "expected"),
    [
        ([4995], CENT, 49),  # A1
        ([1060, 1060, 1060], CENT, 31),  # A2: rounded once for the order
        ([1999], Fraction(1), 1999),  # A6: 19.99 at 100 points per 1.00
        ([45_900], Fraction(1, 1000), 45),  # A10: KRW have no hundredths
        ([124_000], Fraction(1, 2500), 49),  # A10
    ],
)
def test_the_base_rate_is_exact_and_floored_once(amounts, rate, expected):
    assert points(event(*amounts), rate=rate) == expected


def test_only_what_was_paid_in_money_earns():  # A3: 115.00 of goods, 20.00 gift card, 10.00 in points
    assert points(event(11_500, earning=Fraction(11_500 - 2_000 - 1_000, 11_500))) == 85


@pytest.mark.parametrize(
    ("stacking", "expected"), [(Stacking.MULTIPLY, 300), (Stacking.SUM, 250), (Stacking.BEST, 200)]
)
def test_the_programme_says_how_multipliers_stack(stacking, expected):  # A4
    assert points(event(10_000), multiply("3/2"), multiply("2"), stacking=stacking) == expected


def test_a_fixed_bonus_is_not_multiplied():  # A7
    assert points(event(8_000), multiply("2"), fixed(50)) == 210
    assert points(event(8_000), fixed(50), multiply("2"), stacking=Stacking.MULTIPLY) == 210


@pytest.mark.parametrize("stacking", Stacking.values)
def test_a_rule_about_goods_multiplies_only_their_lines(stacking):
    tea, pot = Item(3_000, category="Tea"), Item(7_000, category="Pots")

    assert points(event(tea, pot), multiply("2", when("category", "tea")), stacking=stacking) == 130


def test_rules_on_different_lines_do_not_meet():
    basket = event(Item(1_000, category="tea"), Item(1_000, category="pots"), Item(1_000, category="cups"))
    tea = multiply("3", when("category", "tea", "cups"))
    cups = multiply("2", when("category", "cups"))

    assert points(basket, tea, cups, stacking=Stacking.SUM) == 10 + 30 + 40
    assert points(basket, tea, cups, stacking=Stacking.MULTIPLY) == 10 + 30 + 60
    assert points(basket, tea, cups, stacking=Stacking.BEST) == 10 + 30 + 30


def test_fractions_of_lines_and_rules_are_kept_until_the_one_floor():
    # 3 x 0.33 at x1.5 is 1.485 in all: 1; by line it would be 0
    assert points(event(33, 33, 33), multiply("3/2")) == 1
    assert points(event(99), multiply("5/4"), multiply("5/4")) == 1


def test_a_bonus_for_each_piece_counts_whole_pieces():
    basket = event(Item(900, Decimal("2.7"), "tea"), Item(900, Decimal(3), "pot"))

    assert points(basket, fixed(20, when("product", "TEA"), per="item")) == 18 + 40


def test_goods_that_are_left_out_earn_nothing_by_any_rule():
    basket = event(Item(5_000, brand="sale"), Item(1_000, brand="own"))
    none = {"effect": {"kind": "exclude"}, "when": [when("brand", "sale")]}

    assert points(basket, none, multiply("2")) == 20
    assert points(basket, none, fixed(5, per="item")) == 10 + 5


@pytest.mark.parametrize(("over", "expected"), [("truncate", 500), ("reject", 0)])
def test_an_order_earns_no_more_than_its_cap_after_multiplying(over, expected):  # B6
    capped = limit(caps=[{"per": "order", "points": 500}], over=over)

    assert points(event(40_000), multiply("2"), capped, rooms={1: 500}) == expected


@pytest.mark.parametrize(("over", "expected"), [("truncate", 500), ("reject", 400)])
def test_a_rule_gives_no_more_than_its_own_cap(over, expected):
    capped = multiply("2", caps=[{"per": "order", "points": 100}], over=over)

    assert points(event(40_000), capped, rooms={0: 100}) == expected


def test_the_best_multiplier_is_the_best_of_those_that_may_still_give():
    assert points(event(1_000), multiply("3"), multiply("2"), stacking=Stacking.BEST, rooms={0: 0}) == 20


def test_limits_take_from_the_bonuses_first_and_the_tightest_counts():
    of = event(10_000)
    found = matches(of, fixed(30), limit(budget=120), limit(budget=110), rooms={1: 120, 2: 110})

    worked = worth(of, CENT, found)

    assert worked.points == 110
    assert worked.parts == {BASE: 100, 0: 10, 1: 110, 2: 110}


def test_every_step_is_kept():
    of = event(Item(8_050, category="tea"))
    found = matches(of, multiply("3/2", when("category", "tea")), fixed(50), rooms={1: 20})

    worked = worth(of, CENT, found)

    assert worked.points == 140
    assert worked.steps == [
        {"step": "base", "money": "8050", "rate": "1/100", "points": "161/2"},
        {"step": "multiply", "rule": 0, "version": 0, "name": "Rule 0", "points": "161/4", "factor": "3/2"},
        {"step": "fixed", "rule": 1, "version": 1, "name": "Rule 1", "points": "20", "uncapped": "50", "room": 20},
        {"step": "floor", "exact": "563/4", "points": 140},
    ]


factors = st.fractions(min_value=Fraction(101, 100), max_value=10, max_denominator=100)
bonuses = st.lists(st.tuples(factors, st.none() | st.integers(0, 500)), max_size=5)


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=5), bonuses, st.sampled_from(Stacking.values))
def test_the_parts_add_up_to_the_points_and_each_keeps_its_cap(amounts, rules, stacking):
    of = event(*amounts)
    rooms = {place: room for place, (_factor, room) in enumerate(rules) if room is not None}
    found = matches(of, *(multiply(str(factor)) for factor, _room in rules), rooms=rooms)

    worked = worth(of, CENT, found, stacking)

    assert sum(worked.parts.values()) == worked.points
    assert worked.points >= sum(amounts) // 100
    assert all(0 <= worked.parts[place] <= room for place, room in rooms.items())
    free = worth(of, CENT, matches(of, *(multiply(str(factor)) for factor, _room in rules)), stacking)
    assert worked.points <= free.points or stacking == Stacking.BEST


@given(st.lists(st.integers(0, 9_999), min_size=1, max_size=6), factors, factors)
def test_any_order_of_lines_and_of_rules_gives_the_same(amounts, one, other):
    for stacking in Stacking.values:
        there = points(event(*amounts), multiply(str(one)), multiply(str(other)), stacking=stacking)
        back = points(event(*reversed(amounts)), multiply(str(other)), multiply(str(one)), stacking=stacking)
        assert there == back

"""Drawing a board: worked cases, and what holds for any pool."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisory.selection import (
    Candidate,
    Infeasible,
    TooHard,
    _Search,
    _State,
    apportion,
    distance,
    draw,
    key,
    order,
    replace,
    seed_of,
)
from tests.examples import examples

SEED = "board-7/2027-01"
PEOPLE = {
    "C-101": "gold north",
    "C-102": "gold north",
    "C-103": "silver north",
    "C-104": "silver south",
    "C-105": "gold south",
    "C-106": "silver south",
    "C-107": "vip north",
    "C-108": "silver north",
}
POOL = [Candidate(id, dict(zip(("tier", "region"), traits.split(), strict=True))) for id, traits in PEOPLE.items()]
QUOTAS = {
    "tier": {"silver": (1, 2), "gold": (1, 2), "vip": (1, 1)},
    "region": {"north": (2, 2), "south": (2, 2)},
}
FOUR = {"seats": 4, "quotas": QUOTAS, "seed": SEED}


def test_seats_by_the_largest_remainder():
    """Case 1."""
    base = {"bronze": 0.48, "silver": 0.29, "gold": 0.16, "vip": 0.07}
    seats = apportion(base, 12)

    assert seats == {"bronze": 6, "silver": 3, "gold": 2, "vip": 1}
    assert round(distance(seats, base), 2) == 0.04
    assert apportion({"a": 1, "b": 1, "c": 1}, 4) == {"a": 2, "b": 1, "c": 1}
    assert apportion({"a": 0}, 4) == {"a": 0}
    assert (distance({}, {}), distance({"a": 1}, {}), distance({"a": 1}, {"b": 1})) == (0, 1, 1)


def test_the_order_follows_from_the_seed_alone():
    """Cases 3 and 7."""
    drawn = ["C-106", "C-107", "C-105", "C-104", "C-103", "C-102", "C-108", "C-101"]
    assert [one.id for one in order(SEED, POOL)] == drawn
    assert [one.id for one in order(SEED, random.Random(7).sample(POOL, len(POOL)))] == drawn
    assert [one.id for one in order(SEED + "b", POOL)] != drawn
    assert seed_of(SEED) == SEED
    assert seed_of(SEED, 2) == f"{SEED}|2"


def test_the_board_is_the_first_in_that_order_that_meets_the_quotas():
    """Case 4: and who was passed over is told why."""
    board = draw(POOL, **FOUR)

    assert board.members == ("C-106", "C-107", "C-105", "C-103")
    assert board.passed == (("C-104", "region=south is full"),)
    assert draw(POOL[::-1], **FOUR) == board


def test_after_a_decline_the_same_draw_goes_on_and_the_others_stay():
    """Case 5."""
    first = draw(POOL, **FOUR).members
    second = replace(POOL, first, ["C-106"], **FOUR).members
    third = replace(POOL, second, ["C-106", "C-103"], **FOUR).members

    assert set(second) == set(first) - {"C-106"} | {"C-104"}
    assert set(third) == set(second) - {"C-103"} | {"C-102"}


def test_those_in_place_count_towards_the_quotas():
    """Case 13: appointed before the draw."""
    board = draw(POOL, fixed=["C-101"], **FOUR)

    assert board.members[0] == "C-101"
    assert Counter(PEOPLE[id].split()[1] for id in board.members) == {"north": 2, "south": 2}
    with pytest.raises(Infeasible):
        draw(POOL, fixed=["C-101", "C-102", "C-103"], **FOUR)


def test_what_cannot_be_met_is_named():
    """Case 9."""
    with pytest.raises(Infeasible, match="tier=vip needs 5, has 1"):
        draw(POOL, seats=8, quotas={"tier": {"vip": (5, 5)}}, seed=SEED)
    with pytest.raises(Infeasible, match="pool=all needs 9, has 8"):
        draw(POOL, seats=9, quotas=QUOTAS, seed=SEED)


def test_of_quotas_that_contradict_each_other_the_smallest_change_is_named():
    quotas = {"tier": {"vip": (1, 1), "silver": (3, 4)}, "region": {"south": (3, 4)}}
    with pytest.raises(Infeasible) as refused:
        draw(POOL, seats=4, quotas=quotas, seed=SEED)

    [need] = refused.value.needs
    assert abs(need.becomes - need.was) == 1
    values = quotas[need.feature]
    least, most = values[need.value]
    values[need.value] = (need.becomes, most) if need.bound == "least" else (least, need.becomes)
    assert len(draw(POOL, seats=4, quotas=quotas, seed=SEED).members) == 4


def test_a_weight_makes_it_likelier_to_come_first():
    heavy = sum(key(f"s{n}", "a", 3) < key(f"s{n}", "b") for n in range(2000))

    assert 0.72 < heavy / 2000 < 0.78


def test_everybody_is_in_the_pool_once():
    with pytest.raises(ValueError, match="once"):
        draw([*POOL, POOL[0]], **FOUR)


def test_a_search_without_end_is_given_up():
    search = _Search({"odd": {}}, limit=0)
    with pytest.raises(TooHard):
        search.possible(_State.of(search.features, {"odd": {}}, 1), Counter({("",): 1}))


values = st.sampled_from(["a", "b", "c"])
pools = st.lists(st.tuples(values, values), min_size=4, max_size=12).map(
    lambda rows: [Candidate(f"c{n}", {"x": x, "y": y}) for n, (x, y) in enumerate(rows)]
)
bounds = st.tuples(st.integers(0, 2), st.integers(0, 3)).map(lambda pair: (pair[0], pair[0] + pair[1]))
quotas = st.fixed_dictionaries({name: st.dictionaries(values, bounds, max_size=3) for name in ("x", "y")})


@settings(max_examples=examples(150))
@given(pools, quotas, st.integers(1, 4), st.integers(0, 99))
def test_a_board_is_the_first_of_all_that_would_do(pool, quotas, seats, number):
    """Beside trying every board there is."""
    ranked = [one.id for one in order(str(number), pool)]
    traits = {one.id: one.traits for one in pool}
    best = _first_of_all(ranked, traits, quotas, seats)

    if best is None:
        with pytest.raises(Infeasible):
            draw(pool, seats=seats, quotas=quotas, seed=str(number))
    else:
        assert draw(pool, seats=seats, quotas=quotas, seed=str(number)).members == best


def _first_of_all(ranked, traits, quotas, seats, chosen=()):
    if len(chosen) == seats:
        for feature, values in quotas.items():
            counted = Counter(traits[id][feature] for id in chosen)
            if any(not least <= counted[value] <= most for value, (least, most) in values.items()):
                return None
        return chosen
    for place, id in enumerate(ranked):
        if (found := _first_of_all(ranked[place + 1 :], traits, quotas, seats, (*chosen, id))) is not None:
            return found
    return None

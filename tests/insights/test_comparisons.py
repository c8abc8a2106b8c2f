"""Experiments, survival, bridges and risk: figures with known answers."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications.lift import Arm, wilson
from insights.metrics.experiments import (
    LOOKS,
    bound,
    compare_means,
    compare_rates,
    customers_needed,
    split_is_sound,
    two_sided,
    verdict,
)
from insights.metrics.retention import Share, bridge
from insights.metrics.risk import Shop, auc, band, refusal
from insights.metrics.survival import kaplan_meier


def test_two_rates_are_compared_as_the_worked_cases_say():
    """H6 and H7 of the communication calendar."""
    found = compare_rates(Arm(90, 1000), Arm(120, 1000))
    assert (round(found.z, 2), round(found.p, 3)) == (2.19, 0.029)
    assert found.low > 0
    assert round(compare_rates(Arm(100, 1000), Arm(110, 1000)).p, 3) == 0.466


@pytest.mark.parametrize(
    ("first", "second", "more", "said"),
    [
        (Arm(90, 1000), Arm(120, 1000), {}, "second_better"),
        (Arm(120, 1000), Arm(90, 1000), {}, "first_better"),
        (Arm(100, 1000), Arm(110, 1000), {}, "no_difference_shown"),
        (Arm(9, 400), Arm(90, 400), {}, "too_early"),
        (Arm(90, 1000), Arm(120, 1000), {"planned": 1500}, "too_early"),
        (Arm(90, 1000), Arm(120, 1000), {"planned": 1500, "look": 1}, "too_early"),
        (Arm(50, 1000), Arm(140, 1000), {"planned": 1500, "look": 1}, "second_better"),
        (Arm(100, 1000), Arm(110, 1000), {"look": LOOKS}, "no_difference_shown"),
        (Arm(90, 1000), Arm(120, 1200), {}, "assignment_broken"),
        (Arm(90, 1000), Arm(12, 3000), {"share": 0.25}, "first_better"),
    ],
)
def test_a_verdict_waits_for_its_time(first, second, more, said):
    assert verdict(first, second, **more) == said


def test_samples_are_as_large_as_tables_say():
    assert customers_needed(0.20, 0.25) == 1094
    assert customers_needed(0.10, 0.12) == 3841
    assert customers_needed(0.5, 0.75, power=0.9) == 77
    for wrong in ((0.1, 0.1), (0, 0.1), (1e-200, 2e-200)):
        with pytest.raises(ValueError, match="shares"):
            customers_needed(*wrong)


def test_bounds_of_five_looks_fall_and_are_wrong_in_one_of_twenty():
    assert all(earlier > later for earlier, later in pairwise(bound(look) for look in range(1, LOOKS + 1)))
    draw, wrong, runs = random.Random(1979), 0, 4000
    for _ in range(runs):
        total = 0.0
        for look in range(1, LOOKS + 1):
            total += draw.gauss()
            if abs(total) / look**0.5 > bound(look):
                wrong += 1
                break
    assert 0.04 < wrong / runs < 0.06
    with pytest.raises(ValueError, match="looks"):
        bound(6)


def test_intervals_are_sensible_for_few_and_none():
    assert wilson(Arm(0, 0)) == (0, 1)
    low, high = wilson(Arm(0, 10))
    assert (round(low, 9), round(high, 4)) == (0, 0.2775)
    assert two_sided(1.959964) == pytest.approx(0.05, abs=1e-6)
    for empty in ((Arm(0, 0), Arm(1, 2)), (Arm(1, 2), Arm(0, 0))):
        with pytest.raises(ValueError, match="need customers"):
            compare_rates(*empty)


def test_means_are_compared_by_the_customer():
    found = compare_means([1, 2, 3, 4, 5], [2, 3, 4, 5, 6])
    assert found.estimate == 1
    assert found.z == pytest.approx(1.0)
    assert compare_means([2, 2], [2, 2]).p == 1
    with pytest.raises(ValueError, match="two customers"):
        compare_means([1], [1, 2])


def test_a_split_that_chance_does_not_make_is_told():
    assert split_is_sound(5000, 5100)
    assert not split_is_sound(5000, 5400)
    assert split_is_sound(0, 0)


@given(*(st.frozensets(st.integers(0, 30)) for _ in range(3)))
def test_the_bridge_always_adds_up(start, end, before):
    found = bridge(start, end, before | start)

    assert found.end == len(end) == found.start + found.new + found.reactivated - found.lost
    assert found.retention.n == found.churn.n == len(start)
    if start:
        assert 0 <= found.retention.value <= 1
        assert found.retention.value + found.churn.value == pytest.approx(1)
    else:
        assert found.retention.value is None


def test_a_share_says_of_how_many():
    assert Share(1, 4).value == 0.25


def test_open_gaps_make_the_median_longer():
    over = [(gap, True) for gap in (5, 10, 20, 30)]
    assert kaplan_meier(over).median == 10
    assert kaplan_meier([*over, (25, False), (40, False), (50, False)]).median == 30
    curve = kaplan_meier([*over, (90, False), (90, False), (90, False), (90, False), (90, False)])
    assert curve.median is None
    assert (curve.n, curve.open) == (9, 5)
    assert curve.still(4) == 1
    assert curve.still(10) == pytest.approx(7 / 9)


@given(st.lists(st.tuples(st.integers(1, 50), st.booleans()), min_size=1))
def test_a_curve_only_falls(gaps):
    curve = kaplan_meier(gaps)

    assert list(curve.shares) == sorted(curve.shares, reverse=True)
    assert all(-1e-9 <= share <= 1 for share in curve.shares)
    if not curve.open:
        assert curve.shares[-1] == pytest.approx(0)


def test_nobody_is_scored_by_a_shop_too_young():
    ready = {"buyers": 500, "days": 180, "days_since_order": 30, "with_three": 1}
    assert refusal(Shop(**ready)) is None
    for changed, code in (
        ({"buyers": 499}, "too_few_buyers"),
        ({"days": 179}, "history_too_short"),
        ({"days_since_order": 31}, "no_recent_order"),
        ({"with_three": 0}, "nobody_bought_three_times"),
    ):
        assert refusal(Shop(**ready | changed)) == code


def test_bands_and_ranks():
    assert [band(chance) for chance in (0, 0.33, 0.34, 0.67, 1)] == ["low", "low", "medium", "high", "high"]
    assert auc([(1, True), (1, False)]) == 0.5
    assert auc([(2, True), (1, False)]) == 1
    assert auc([(1, True)]) is None

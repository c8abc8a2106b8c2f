"""Scores and margins against figures worked out by hand."""

import pytest

from feedback.surveys.scores import score


def test_nps_is_promoters_less_detractors_with_its_margin():
    # 50 promoters, 30 passives, 20 detractors: 30; var = 0.5 + 0.2 - 0.3^2 = 0.61; 1.96 * sqrt(0.61 / 100) = 0.15308
    found = score("nps", {10: 20, 9: 30, 8: 10, 7: 20, 6: 15, 0: 5})

    assert (found.value, found.n, found.good, found.bad) == (30.0, 100, 50, 20)
    assert found.margin == pytest.approx(15.308, abs=0.001)
    assert not found.few


def test_csat_is_the_share_of_four_and_five():
    # 30 of 40: 75 %; 1.96 * sqrt(0.75 * 0.25 / 40) = 0.13419
    found = score("csat", {5: 20, 4: 10, 3: 6, 1: 4})

    assert found.value == 75.0
    assert found.margin == pytest.approx(13.419, abs=0.001)


def test_ces_is_a_mean_with_the_standard_error_of_the_sample():
    # 5, 6, 7: mean 6, standard deviation 1; 1.96 / sqrt(3) = 1.13161
    found = score("ces", {5: 1, 6: 1, 7: 1})

    assert found.value == 6.0
    assert found.margin == pytest.approx(1.13161, abs=0.00001)
    assert found.good_share == 100.0
    assert found.few


@pytest.mark.parametrize(("kind", "counts"), [("nps", {}), ("csat", {5: 1}), ("nps", {10: 50}), ("ces", {7: 4})])
def test_where_nothing_can_be_said_of_the_margin_nothing_is(kind, counts):
    assert score(kind, counts).margin is None

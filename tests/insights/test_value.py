"""What customers will buy and spend, beside the published values for CDNOW's sample."""

import csv
from collections import Counter
from functools import cache
from itertools import pairwise
from math import inf
from pathlib import Path

import pytest

from insights.metrics.minimum import minimum
from insights.metrics.value import (
    Buying,
    CannotFit,
    Spending,
    buying_loss,
    correlation,
    fit_buying,
    fit_spending,
    spending_loss,
)

FILE = Path(__file__).parents[1] / "data" / "cdnow_histories.csv"


@cache
def people():
    with FILE.open() as file:
        return [
            (int(row["repeats"]), int(row["days_to_last"]) / 7, int(row["days_known"]) / 7, float(row["mean"]))
            for row in csv.DictReader(file)
        ]


@cache
def buying():
    return fit_buying(Counter((x, last, known) for x, last, known, _ in people()))


@cache
def spending():
    return fit_spending([(x, mean) for x, _, _, mean in people()])


def test_buying_is_fitted_as_published():
    """Fader, Hardie, Lee 2005: .243, 4.414, .793, 2.426 with a log-likelihood of -9582.4 for 2,357 people."""
    model = buying()

    assert len(people()) == 2357
    assert [round(value, 3) for value in (model.r, model.alpha, model.a, model.b)] == [0.243, 4.414, 0.793, 2.426]
    assert model.log_likelihood == pytest.approx(-9582.429, abs=0.001)


def test_spending_is_fitted_as_published():
    """Fader, Hardie 2013: 6.25, 3.74, 15.44 for 946 repeat buyers."""
    model = spending()

    assert [round(value, 2) for value in (model.p, model.q, model.gamma)] == [6.25, 3.74, 15.44]
    assert model.log_likelihood == pytest.approx(-4055.918, abs=0.001)
    assert round(correlation((x, mean) for x, _, _, mean in people() if x), 3) == 0.114


def test_what_is_to_be_expected_is_as_published():
    model = buying()

    assert round(model.expected(2, 30.43, 38.86, 39), 3) == 1.226
    expected = [model.expected_new(weeks) for weeks in (0.1429, 1, 3, 31.8571, 32, 78)]
    assert expected == pytest.approx([0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576], abs=0.0005)
    means = [spending().expected(x, mean) for x, _, _, mean in people()[:10]]
    published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    assert means == pytest.approx(published, abs=0.01)


def test_who_is_silent_for_longer_is_likelier_gone():
    model = buying()

    assert model.alive(0, 0, 30) == 1
    assert model.alive(5, 30, 31) > model.alive(5, 30, 60) > 0
    assert model.silent(5, 30, 31, 13) < model.silent(5, 30, 60, 13) < 1
    assert model.silent(3, 20, 38, 0) == pytest.approx(1)
    assert model.expected(3, 20, 38, 0) == pytest.approx(0)


def test_a_whole_year_of_expected_purchases_agrees_with_walking_through_it():
    """The slope of what is expected is the rate at which those who are still customers buy."""
    model, history = buying(), (2, 30.43, 38.86)
    steps = [model.expected(*history, weeks) for weeks in range(53)]

    assert all(later > earlier for earlier, later in pairwise(steps))
    assert steps[1] - steps[0] > steps[52] - steps[51]


def test_too_little_to_learn_from_is_said():
    with pytest.raises(CannotFit, match="bought twice"):
        fit_buying({(0, 0.0, 10.0): 20})
    with pytest.raises(CannotFit, match="different amounts"):
        fit_spending([(2, 10.0)] * 50)


def test_the_value_of_somebody_new_may_be_without_bounds():
    assert Spending(6, 0.9, 15).expected(0, 0) == inf
    assert Spending(6, 4, 15).expected(0, 0) == 30
    assert correlation([(1, 2.0)]) == correlation([(1, 2.0), (1, 2.0)]) == 0


def test_long_silence_does_not_overflow():
    assert Buying(0.2, 0.001, 5, 0.1).alive(400, 1, 5000) == 0


def test_the_slopes_are_those_of_what_is_made_least():
    """Both fits go by them: a wrong one would only make them slow, or stop too early."""
    buyers = [(0, 0.0, 30.0, 4), (2, 9.0, 30.0, 2), (1, 3.0, 12.0, 1), (40, 5.0, 900.0, 1)]
    for loss, at in (
        (buying_loss(buyers), [0.1, 1.2, -0.3, 0.7]),
        (spending_loss([(1, 12.0), (1, 20.0), (3, 7.5)]), [1.0, 0.8, 2.0]),
    ):
        _value, slopes = loss(at)
        for place, slope in enumerate(slopes):
            low, high = list(at), list(at)
            low[place] -= 1e-5
            high[place] += 1e-5
            assert slope == pytest.approx((loss(high)[0] - loss(low)[0]) / 2e-5, rel=1e-6, abs=1e-7)


def test_buyers_who_never_leave_are_fitted_as_well():
    """There the likelihood is all but flat in two directions, and the chance of leaving is at its least."""
    model = fit_buying({(x, 52.0 - x % 3, 52.0): 40 - x for x in range(1, 40)})

    assert model.a / (model.a + model.b) < 0.01
    assert model.r / model.alpha * 52 == pytest.approx(13.67, abs=0.05)


def test_a_valley_along_a_bound_is_followed_to_its_end():
    """The least is where the third number cannot go further, and the others go with it."""
    tried = []

    def loss(at):
        tried.append(at)
        x, y, z = at
        off = y - x - z / 2
        value = 1e4 * (400 * off * off + (x - 1) ** 2 - z)
        return value, [1e4 * (2 * (x - 1) - 800 * off), 8e6 * off, -4e6 * off - 1e4]

    point, _value, _bend = minimum(loss, [0.0, 0.0, 0.0], low=-9, high=9)

    assert point == pytest.approx([1, 5.5, 9], abs=1e-6)
    assert len(tried) < 100

"""When to weigh finding customers, and when keeping them."""

from types import SimpleNamespace

import pytest

from insights.advice import advice


def pasts(active=500, known=0.5, new=50, lost=50, second=0.3):
    values = {"active": active, "returning_share": known, "new": new, "lost": lost, "second_order": second}
    return {
        key: SimpleNamespace(
            now=None if value is None else SimpleNamespace(metric=key, value=value, denominator=9, currency="")
        )
        for key, value in values.items()
    }


@pytest.mark.parametrize(
    ("changed", "weigh"),
    [
        ({}, "both"),
        ({"known": 0.2, "second": 0.1}, "retention"),
        ({"known": 0.2}, "both"),
        ({"known": 0.9, "new": 40}, "acquisition"),
        ({"known": 0.5, "lost": 60}, "retention"),
    ],
)
def test_what_is_weighed_follows_from_the_figures(changed, weigh):
    found = advice(pasts(**changed))
    assert found is not None
    assert found.weigh == weigh
    assert len(found.reasons) == 4


def test_of_a_small_shop_nothing_is_said():
    assert advice(pasts(active=99)) is None
    assert advice(pasts(known=None)) is None

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty import arithmetic
from tests.factories.loyalty import on

ONE_PER_UNIT = Fraction(1, 100)


@pytest.mark.parametrize(
    ("money", "rate", "points"),
    [
        (4995, ONE_PER_UNIT, 49),  # A1
        (3 * 1060, ONE_PER_UNIT, 31),  # A2: the order is rounded, not its lines
        (1999, Fraction(100, 100), 1999),  # A6
        (45_900, Fraction(1, 1000), 45),  # A10: won have no minor unit
        (124_000, Fraction(1, 2500), 49),  # A10: satang
        (99, ONE_PER_UNIT, 0),
        (-500, ONE_PER_UNIT, 0),
    ],
)
def test_points_are_exact_and_floored_once(money, rate, points):
    assert arithmetic.points_for(money, rate) == points


def test_shipping_gift_cards_and_what_points_paid_earn_nothing():  # A3
    goods = 12_000 - 500  # 5.00 of the 120.00 are shipping

    assert arithmetic.eligible(goods, gift_card=2_000, paid_with_points=1_000) == 8_500


def test_three_returns_leave_nothing_of_ninety_nine():  # E5
    kept = [
        arithmetic.points_for(arithmetic.eligible(9990, returned=returned), ONE_PER_UNIT)
        for returned in (0, 3330, 6660, 9990)
    ]

    assert kept == [99, 66, 33, 0]


def test_half_the_goods_bring_half_of_each_way_to_pay():  # E10
    assert arithmetic.eligible(10_000, paid_with_points=2_000, returned=5_000) == 4_000
    assert arithmetic.given_back(2_000, goods=10_000, returned=5_000) == 1_000


@given(st.integers(1, 10**9), st.integers(0, 10**6), st.data())
def test_all_returned_brings_all_back_however_it_is_split(goods, paid, data):
    steps = [*sorted(data.draw(st.lists(st.integers(0, goods), max_size=5))), goods]
    restored = 0
    for returned in steps:
        due = arithmetic.given_back(paid, goods=goods, returned=returned) - restored
        assert due >= 0
        restored += due

    assert restored == paid
    assert arithmetic.eligible(goods, returned=goods) == 0


@pytest.mark.parametrize(
    ("earned", "months", "at_month_end", "last"),
    [
        ("2026-01-31", 1, False, date(2026, 2, 28)),  # D8
        ("2024-02-29", 12, False, date(2025, 2, 28)),  # D8
        ("2026-03-15", 12, True, date(2027, 3, 31)),  # D8
        ("2026-12-15", 1, False, date(2027, 1, 15)),
    ],
)
def test_months_are_clamped_to_their_end(earned, months, at_month_end, last):
    rule = {"months": months, "at_month_end": at_month_end, "zone": "UTC"}

    assert arithmetic.last_day(on(earned, "12:00:00"), **rule) == last
    assert arithmetic.expiry(on(earned, "12:00:00"), **rule) > on(last.isoformat(), "23:59:59")


def test_days_begin_in_the_zone_of_the_programme():  # D7, A11
    seoul = {"months": 1, "at_month_end": False, "zone": "Asia/Seoul"}

    assert arithmetic.expiry(on("2026-03-07", "14:59:59"), **seoul) == on("2026-04-07", "15:00:00")
    assert arithmetic.expiry(on("2026-03-07", "15:00:00"), **seoul) == on("2026-04-08", "15:00:00")
    assert arithmetic.activation(on("2026-03-28", "22:30:00"), days=1, zone="Europe/Berlin") == on(
        "2026-03-28", "23:00:00"
    )
    assert arithmetic.activation(on("2026-03-28", "23:30:00"), days=1, zone="Europe/Berlin") == on(
        "2026-03-29", "22:00:00"
    )


def test_no_window_and_no_expiry_are_no_dates():
    assert arithmetic.activation(on("2026-03-01"), days=0, zone="UTC") is None
    assert arithmetic.expiry(on("2026-03-01"), months=None, at_month_end=True, zone="UTC") is None

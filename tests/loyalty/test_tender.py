from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from loyalty import tender

rates = st.builds(Fraction, st.integers(1, 1000), st.integers(1, 1000))


@given(money=st.integers(0, 10**9), rate=rates)
def test_points_pay_the_money_in_full_and_one_point_less_would_not(money, rate):
    points = tender.points_for(money, rate)

    assert points / rate >= money
    assert points == 0 or (points - 1) / rate < money


@given(points=st.integers(0, 10**9), rate=rates)
def test_the_most_that_points_pay_never_takes_more_points_than_there_are(points, rate):
    money = tender.money_for(points, rate)

    assert tender.points_for(money, rate) <= points
    assert tender.points_for(money + 1, rate) > points


@given(paid=st.integers(0, 10**6), parts=st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_any_number_of_returns_gives_back_all_that_was_paid(paid, parts):
    goods, before, back = sum(parts), 0, 0
    for part in parts:
        share = tender.returned_share(paid, goods=goods, before=before, after=before + part)
        assert share >= 0
        before, back = before + part, back + share

    assert back == paid

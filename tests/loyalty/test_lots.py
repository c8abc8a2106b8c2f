import pytest

from loyalty.actions import points, redemptions
from loyalty.actions.lots import first_available, split, unreversed
from loyalty.models import Lot, Wallet
from tests.factories import customers
from tests.factories.loyalty import on, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def wallet():
    """Lots of 10 that expire never, in July, in June, and in June but earned earlier."""
    programme()
    customer = customers.customer()
    for expires, earned in ((None, "01-01"), ("07-31", "01-01"), ("06-30", "01-02"), ("06-30", "01-01")):
        points.grant(customer, 10, reason="lot", at=on(f"2036-{earned}"), expires_at=expires and on(f"2036-{expires}"))
    return Wallet.objects.get()


def test_the_lots_that_come_first_are_those_that_expire_first(wallet):
    never, july, june, earlier_june = Lot.objects.order_by("pk")

    assert first_available(wallet, 25) == [(earlier_june, 10), (june, 10), (july, 5)]
    assert first_available(wallet, 99, without={july.pk}) == [(earlier_june, 10), (june, 10), (never, 10)]
    assert first_available(wallet, 0) == []


def test_portions_are_split_where_the_points_end(wallet):
    one, other = Lot.objects.order_by("pk")[:2]

    assert split([(one, 10), (other, 5)], 12) == ([(one, 10), (other, 2)], [(other, 3)])
    assert split([(one, 10)], 10) == ([(one, 10)], [])
    assert split([(one, 10)], 0) == ([], [(one, 10)])


def test_what_is_left_of_a_redemption_is_told_last_taken_first(wallet):
    _never, july, june, earlier_june = Lot.objects.order_by("pk")
    redemption = redemptions.redeem(wallet.customer, 25, at=on("2036-02-01"))

    redemptions.reverse(redemption, 8, reason="part", at=on("2036-02-01"))

    assert unreversed(redemption) == [(june, 7), (earlier_june, 10)]
    july.refresh_from_db()
    assert july.available == 10

import pytest

from loyalty.actions import points, redemptions
from loyalty.actions.refusals import IdempotencyConflict, InsufficientPoints
from tests.factories import customers
from tests.factories.loyalty import buckets, on, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    programme()
    return customers.customer()


def test_a_grant_can_be_spent_at_once(customer):
    granted = points.grant(customer, 100, reason="welcome")

    assert buckets(customer) == (0, 100, 0, 0)
    assert (granted.sequence, granted.available_after) == (1, 100)


def test_asking_five_times_with_one_key_earns_once(customer):  # F1
    made = {points.earn(customer, 50, key="order:1").pk for _ in range(5)}

    assert len(made) == 1
    assert buckets(customer) == (0, 50, 0, 0)


def test_the_same_key_for_another_amount_is_refused(customer):  # F2
    points.earn(customer, 50, key="order:1")

    with pytest.raises(IdempotencyConflict):
        points.earn(customer, 51, key="order:1")

    assert buckets(customer) == (0, 50, 0, 0)


def test_redeem(customer):
    points.grant(customer, 100, reason="welcome", expires_at=on("2027-01-31"), at=on("2026-01-01"))
    points.grant(customer, 200, reason="welcome", expires_at=on("2026-12-31"), at=on("2026-01-01"))
    made = redemptions.redeem(customer, 250, reason="x")
    assert buckets(customer) == (0, 50, 0, 0)
    h = redemptions.hold(customer, 30)
    assert buckets(customer) == (0, 20, 30, 0)
    redemptions.capture(h, 20)
    assert buckets(customer) == (0, 30, 0, 0)
    redemptions.reverse(made, reason="x")
    assert buckets(customer) == (0, 280, 0, 0)
    redemptions.reverse(h, reason="x")
    assert buckets(customer) == (0, 300, 0, 0)
    with pytest.raises(InsufficientPoints):
        redemptions.redeem(customer, 301, reason="x")

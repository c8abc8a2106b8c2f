import pytest

from customers.models import Customer
from loyalty import queries
from loyalty.actions import clawbacks, merging, points, redemptions, transfers
from loyalty.actions.refusals import IdempotencyConflict, InsufficientPoints, OpenHold
from loyalty.actions.transfers import SameWallet
from loyalty.models import Lot
from tests.factories import customers
from tests.factories.loyalty import buckets, on, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    programme()
    return customers.customer(), customers.customer()


def test_points_keep_their_dates_in_another_wallet(two):
    giver, taker = two
    points.grant(giver, 100, reason="lot", at=on("2026-01-01"), expires_at=on("2026-06-30"))
    points.grant(giver, 100, reason="lot", at=on("2026-01-02"))

    transfers.transfer(giver, 130, to=taker, at=on("2026-02-01"))

    assert (buckets(giver), buckets(taker)) == ((0, 70, 0, 0), (0, 130, 0, 0))
    moved = Lot.objects.filter(wallet__customer=taker).order_by("pk")
    assert [(lot.available, lot.earned_at, lot.expires_at) for lot in moved] == [
        (100, on("2026-01-01"), on("2026-06-30")),
        (30, on("2026-01-02"), None),
    ]


def test_a_transfer_is_done_once_per_key_and_never_beyond_what_is_there(two):
    giver, taker = two
    points.grant(giver, 100, reason="lot")

    for _ in range(3):
        transfers.transfer(giver, 40, to=taker, key="t")
    with pytest.raises(IdempotencyConflict):
        transfers.transfer(giver, 41, to=taker, key="t")
    with pytest.raises(InsufficientPoints):
        transfers.transfer(giver, 61, to=taker)
    with pytest.raises(SameWallet):
        transfers.transfer(giver, 1, to=giver)

    assert (buckets(giver), buckets(taker)) == ((0, 60, 0, 0), (0, 40, 0, 0))


def test_a_redemption_of_points_that_were_given_tells_who_had_earned_them(two):
    giver, taker = two
    earned = points.grant(giver, 100, reason="lot")
    transfers.transfer(giver, 100, to=taker)

    redemption = redemptions.redeem(taker, 30)

    assert [(part.points, part.earned_by) for part in queries.explain(redemption)] == [(30, earned)]


def test_merged_customers_have_one_wallet_and_debts_are_offset(two, manager):
    old, new = two
    points.earn(old, 60, at=on("2026-03-01"), activates_at=on("2030-01-01"), expires_at=on("2031-01-01"))
    points.grant(old, 100, reason="lot", at=on("2026-03-01"))
    owed = points.earn(new, 80)
    redemptions.redeem(new, 80)
    clawbacks.claw_back(owed, reason="returned")
    assert buckets(new) == (0, 0, 0, 80)

    merging.merge(old, into=new, by=manager)

    assert (buckets(old), buckets(new)) == ((0, 0, 0, 0), (60, 20, 0, 0))
    assert queries.balance(Customer.objects.get(pk=old.pk)).available == 20
    points.grant(old, 5, reason="late", key="late")
    redemptions.redeem(old, 1)
    assert buckets(new) == (60, 24, 0, 0)
    assert queries.balance(new, at=on("2030-01-01")).available == 84


def test_what_the_old_record_did_can_still_be_undone(two, manager):
    old, new = two
    earned = points.grant(old, 100, reason="lot", at=on("2026-01-01"), expires_at=on("2036-06-30"))
    redemption = redemptions.redeem(old, 40, at=on("2026-02-01"))
    merging.merge(old, into=new, by=manager)

    redemptions.reverse(redemption, reason="cancelled", at=on("2026-03-01"))
    assert buckets(new) == (0, 100, 0, 0)
    clawbacks.claw_back(earned, 90, reason="returned", at=on("2026-03-01"))

    assert buckets(new) == (0, 10, 0, 0)


def test_nobody_is_merged_while_a_redemption_is_being_paid(two, manager):  # I5
    old, new = two
    points.grant(old, 100, reason="lot")
    redemptions.hold(old, 10)

    with pytest.raises(OpenHold) as refusal:
        merging.merge(old, into=new, by=manager)

    assert refusal.value.code == "open_hold"
    old.refresh_from_db()
    assert (old.status, buckets(old)) == ("active", (0, 90, 10, 0))


def test_who_was_merged_twice_is_told_what_the_last_wallet_has():
    programme()
    first, second, last = (customers.customer() for _ in range(3))
    points.grant(last, 50, reason="there")
    transfers.absorb(first, into=second)
    transfers.absorb(second, into=last)

    with pytest.raises(InsufficientPoints) as refused:
        redemptions.redeem(first, 80)

    assert (refused.value.params or {})["missing"] == 30

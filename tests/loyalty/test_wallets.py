import pytest

from customers.models import Fact, Verb
from loyalty.actions import clawbacks, points, redemptions, wallets
from loyalty.actions.refusals import OpenHold, ReasonMissing, WalletClosed
from loyalty.models import Wallet
from loyalty.queries import books
from tests.factories import customers
from tests.factories.loyalty import buckets, on, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    programme()
    return customers.customer()


def test_freezing_says_why_and_is_told_once(customer, agent):
    with pytest.raises(ReasonMissing):
        wallets.freeze(customer, reason=" ", by=agent)
    for _ in range(2):
        wallets.freeze(customer, reason="odd", by=agent)

    told = Fact.objects.get(customer=customer, verb=Verb.WALLET_FROZEN)
    assert (told.by, told.about) == (agent, {"reason": "odd"})


def test_points_go_on_to_expire_in_a_frozen_wallet(customer):
    points.grant(customer, 10, reason="start", at=on("2026-01-01"), expires_at=on("2026-02-01"))
    wallets.freeze(customer, reason="odd", at=on("2026-01-15"))

    wallets.reopen(customer, reason="cleared", at=on("2026-02-02"))

    assert buckets(customer) == (0, 0, 0, 0)


def test_a_closed_wallet_has_forfeited_all_and_owes_nothing(customer):
    earned = points.earn(customer, 100)
    redemptions.redeem(customer, 100)
    clawbacks.claw_back(earned, reason="returned")
    points.earn(customer, 30, at=on("2036-01-01"), activates_at=on("2036-02-01"))

    closed = wallets.close(customer, reason="left")

    assert (closed.status, buckets(customer)) == ("closed", (0, 0, 0, 0))
    told = books.overview(closed.programme)
    assert (told.forfeited, told.waived, told.owed, told.outstanding) == (30, 100, 0, 0)
    for again in (wallets.freeze, wallets.reopen):
        with pytest.raises(WalletClosed):
            again(customer, reason="no")
    with pytest.raises(WalletClosed):
        points.earn(customer, 1)


def test_a_wallet_with_an_open_hold_is_not_closed(customer):
    points.grant(customer, 10, reason="start")
    redemptions.hold(customer, 4)

    with pytest.raises(OpenHold):
        wallets.close(customer, reason="left")

    assert Wallet.objects.get().status == "open"

import pytest

from loyalty import queries
from loyalty.actions import audit, clawbacks, earning, points, redemptions, wallets
from loyalty.actions.refusals import InDebt, NotThisKind, OverReversal
from loyalty.models import Lot, Programme, Transaction, Transfer
from tests.factories import customers, purchases
from tests.factories.loyalty import buckets, on, programme

pytestmark = pytest.mark.django_db
Policy = Programme.ClawBack


@pytest.fixture
def customer():
    programme()
    return customers.customer()


def taken():
    return sum(Transfer.objects.filter(target="clawed_back").exclude(source="waived").values_list("points", flat=True))


def waived():
    return sum(Transfer.objects.filter(source="waived").values_list("points", flat=True))


def spent_and_returned(customer, policy):
    programme(claw_back=policy)
    earned = points.earn(customer, 100)
    redemptions.redeem(customer, 80)
    clawbacks.claw_back(earned, reason="returned")


def test_what_was_spent_becomes_debt_and_is_repaid_first(customer):  # E1
    spent_and_returned(customer, Policy.UNLIMITED)

    assert queries.balance(customer).spendable == -80
    assert buckets(customer) == (0, 0, 0, 80)
    with pytest.raises(InDebt):
        redemptions.redeem(customer, 1)
    points.earn(customer, 100)
    assert buckets(customer) == (0, 20, 0, 0)


def test_within_the_balance_the_rest_is_waived(customer):  # E2
    spent_and_returned(customer, Policy.WITHIN_BALANCE)

    assert (taken(), waived(), queries.balance(customer).spendable) == (20, 80, 0)
    points.earn(customer, 100)
    assert buckets(customer) == (0, 100, 0, 0)


def test_only_pending_points_are_taken(customer):  # E3
    spent_and_returned(customer, Policy.ONLY_PENDING)

    assert (taken(), waived()) == (0, 100)
    assert buckets(customer) == (0, 20, 0, 0)


def test_the_own_lot_goes_first_then_the_others_in_their_order(customer):
    points.earn(customer, 50, expires_at=None)
    points.earn(customer, 50, expires_at=on("2030-01-01"))
    points.earn(customer, 50, expires_at=on("2029-01-01"))
    own = points.earn(customer, 100, expires_at=None)
    redemptions.redeem(customer, 20)  # of the one that expires first

    clawbacks.claw_back(own, 30, reason="part")
    assert list(Lot.objects.order_by("pk").values_list("available", flat=True)) == [50, 50, 30, 70]
    redemptions.redeem(customer, 80)
    clawbacks.claw_back(own, 70, reason="rest")
    assert list(Lot.objects.order_by("pk").values_list("available", flat=True)) == [50, 0, 0, 0]


def test_no_more_than_was_earned_can_be_taken(customer):
    earned = points.earn(customer, 100)
    clawbacks.claw_back(earned, 60, reason="part")

    with pytest.raises(OverReversal):
        clawbacks.claw_back(earned, 41, reason="rest")
    with pytest.raises(NotThisKind):
        clawbacks.claw_back(redemptions.redeem(customer, 10), reason="not an earning")

    assert buckets(customer) == (0, 30, 0, 0)


def test_a_part_returned_while_pending_is_taken_from_the_pending(customer):  # C5, C6
    earned = points.earn(customer, 100, at=on("2026-03-01"), activates_at=on("2026-03-15"))

    clawbacks.claw_back(earned, 40, reason="part", at=on("2026-03-05"))
    assert buckets(customer) == (60, 0, 0, 0)
    clawbacks.claw_back(earned, 60, reason="rest", at=on("2026-03-06"))

    assert buckets(customer) == (0, 0, 0, 0)
    assert queries.balance(customer, at=on("2026-04-01")) == queries.Balance()


def test_debt_has_a_limit_and_the_rest_is_waived(customer):
    programme(claw_back=Policy.UNLIMITED, debt_limit=30)
    earned = points.earn(customer, 100)
    redemptions.redeem(customer, 80)

    clawbacks.claw_back(earned, reason="returned")

    assert (buckets(customer), waived()) == ((0, 0, 0, 30), 50)


def test_spendable_is_earned_less_clawed_back_spent_and_expired(customer):  # E11
    first = points.earn(customer, 100)
    redemptions.redeem(customer, 100)
    clawbacks.claw_back(first, reason="returned")
    assert buckets(customer) == (0, 0, 0, 100)

    second = points.earn(customer, 150)
    assert buckets(customer) == (0, 50, 0, 0)
    clawbacks.claw_back(second, reason="returned")

    assert buckets(customer) == (0, 0, 0, 100)
    assert queries.balance(customer).spendable == -100


def test_pending_points_repay_when_they_become_available_and_not_before(customer):
    spent_and_returned(customer, Policy.UNLIMITED)
    points.earn(customer, 50, at=on("2030-03-01"), activates_at=on("2030-03-15"))
    assert buckets(customer) == (50, 0, 0, 80)

    assert queries.balance(customer, at=on("2030-03-15")) == queries.Balance(debt=30)
    points.earn(customer, 40, at=on("2030-03-16"))

    assert buckets(customer) == (0, 10, 0, 0)


def test_points_given_back_repay_too(customer):
    programme(claw_back=Policy.UNLIMITED)
    earned = points.earn(customer, 100)
    redemption = redemptions.redeem(customer, 80)
    clawbacks.claw_back(earned, reason="returned")

    redemptions.reverse(redemption, reason="cancelled as well")

    assert buckets(customer) == (0, 0, 0, 0)
    assert Transaction.objects.filter(kind="reverse").count() == 1


def test_the_return_of_a_purchase_whose_wallet_is_closed_leaves_nothing_owed():
    programme(currency="EUR")
    customer = customers.customer()
    bought = earning.record_purchase(purchases.order(customer, 1000)).recorded.purchase
    wallets.close(customer, reason="left")

    earning.cancel_purchase(bought)

    assert buckets(customer) == (0, 0, 0, 0)
    assert audit.audit().findings == []

"""Rewards, vouchers and stamps follow a merge and end with an erasure."""

import pytest

from customers.queries.holdings import held
from loyalty.actions import claims, erasure, merging, points, rewards, stamps, vouchers
from loyalty.actions.refusals import OpenHold
from loyalty.models import Claim, FullCard, Reward, StampHolder, Voucher, VoucherUse
from tests.factories import customers
from tests.factories.loyalty import on, programme, reward, stamp_card
from tests.factories.purchases import line, purchase

pytestmark = pytest.mark.django_db
AT = on("2026-03-02", "10:00:00")


@pytest.fixture
def customer():
    programme()
    made = customers.customer()
    points.grant(made, 500, reason="start", at=on("2026-01-01"))
    return made


def buy(customer, quantity):
    return purchase(customer, lines=(line(100 * quantity, quantity=quantity),))


def test_a_merge_takes_everything_along(customer):
    other = customers.customer()
    claim = claims.take(customer, reward(kind="voucher"), at=AT)
    vouchers.redeem(claim.voucher, customer=customer, reference="O-1", goods=1000, at=AT)

    merging.merge(customer, into=other, at=AT)

    assert [Claim.objects.get().customer, Voucher.objects.get().customer] == [other, other]
    assert VoucherUse.objects.get().customer == other
    assert Voucher.objects.get().claim == claim


def test_a_merge_is_refused_while_a_reward_is_being_paid(customer):
    claims.hold(customer, reward(), at=AT)

    with pytest.raises(OpenHold):
        merging.merge(customer, into=customers.customer(), at=AT)


def test_two_fill_their_cards_together(customer):
    card = stamp_card(reward("free", kind="voucher"))
    other = customers.customer()
    buy(customer, 8)
    buy(other, 7)
    stamps.count([customer.pk, other.pk], at=AT)
    before = Voucher.objects.count()

    merging.merge(customer, into=other, at=AT)

    holder = StampHolder.objects.get(card=card)
    assert (before, Voucher.objects.count()) == (2, 3)  # 3 and 2 left over make one more
    assert (holder.customer, holder.stamps) == (other, 15)
    assert sorted(FullCard.objects.values_list("number", flat=True)) == [1, 2, 3]
    stamps.count([other.pk], at=AT)
    assert Voucher.objects.count() == 3


def test_an_erasure_ends_what_is_open(customer):
    waiting = claims.take(customer, reward(stock=1), at=AT)
    paying = claims.hold(customer, reward("mug"), at=AT)
    gift = rewards.issue(reward("five", kind="voucher"), to=customer, reason="Sorry, Ada", key="g", at=AT)

    erasure.erase(customer, at=AT)

    assert [Claim.objects.get(pk=one.pk).status for one in (waiting, paying, gift)] == ["cancelled", "voided", "done"]
    assert Voucher.objects.get().status == "revoked"
    assert Claim.objects.get(pk=gift.pk).reason == ""
    assert Reward.objects.get(code="tea").stock == 1


def test_an_export_tells_of_all_of_it(customer):
    stamp_card(reward("free", kind="voucher"))
    buy(customer, 5)
    stamps.count([customer.pk], at=AT)
    claim = Claim.objects.get()
    vouchers.redeem(claim.voucher, customer=customer, reference="O-77", at=AT)

    told = held(customer)

    assert [row["id"] for row in told["loyalty.claim"]] == [claim.pk]
    assert [row["reference"] for row in told["loyalty.voucheruse"]] == ["O-77"]
    assert [row["stamps"] for row in told["loyalty.stampholder"]] == [5]
    assert {"loyalty.voucher", "loyalty.fullcard"} <= told.keys()

"""What time does: unpaid redemptions are released, vouchers end, points of unused ones go back."""

import pytest

from customers.models import Fact
from loyalty import queries
from loyalty.actions import claims, lapses, points, redemptions, rewards, settlement, vouchers, wallets
from loyalty.models import Claim, Lot, Reward, Transaction, Voucher
from tests.factories import customers
from tests.factories.loyalty import buckets, on, programme, reward

pytestmark = pytest.mark.django_db
AT = on("2026-03-02", "10:00:00")


@pytest.fixture
def customer():
    programme()
    made = customers.customer()
    points.grant(made, 500, reason="start", at=on("2026-01-01"))
    return made


def test_what_is_not_paid_in_time_is_released_once(customer):
    claim = claims.hold(customer, reward(stock=1), at=AT)

    assert lapses.lapse_claims(at=on("2026-03-03", "09:59:59")) == 0
    assert lapses.lapse_claims(at=on("2026-03-09")) == 1
    assert lapses.lapse_claims(at=on("2026-03-09")) == 0

    claim.refresh_from_db()
    assert (claim.status, claim.ended_at) == ("lapsed", on("2026-03-03", "10:00:00"))
    assert (buckets(customer), Reward.objects.get().stock) == ((0, 500, 0, 0), 1)
    assert Transaction.objects.get(kind="void").effective_at == on("2026-03-03", "10:00:00")


def test_held_points_whose_date_has_passed_lapse_with_the_hold(customer):  # D11
    Lot.objects.update(expires_at=on("2026-03-03"))
    claims.hold(customer, reward(), at=AT)

    lapses.lapse_claims(at=on("2026-03-09"))

    assert buckets(customer)[1:3] == (0, 0)


def test_a_hold_of_another_system_is_released_after_the_programmes_time(customer):
    programme(hold_hours=48)
    held = redemptions.hold(customer, 60, at=AT)
    kept = redemptions.hold(customer, 10, at=on("2026-03-04"))
    redemptions.capture(redemptions.hold(customer, 5, at=AT), at=AT)
    claims.hold(customer, reward(), at=AT)  # has a time of its own

    assert lapses.release_holds(at=on("2026-03-04", "09:59:59")) == 0
    assert lapses.release_holds(at=on("2026-03-05")) == 1
    assert lapses.release_holds(at=on("2026-03-05")) == 0

    assert Transaction.objects.get(kind="void").reverses == held
    assert buckets(customer) == (0, 385, 110, 0)
    assert redemptions.capture(kept, at=on("2026-03-05")).kind == "capture"


def unused(customer, **fields):
    wanted = reward(**{"kind": "voucher", "lasts_days": 10, "unused": "return"} | fields)
    return claims.take(customer, wanted, at=AT)


def test_points_of_an_unused_voucher_go_back_where_they_came_from_once(customer):  # I17
    claim = unused(customer, stock=1)

    assert lapses.expire_vouchers(at=on("2026-03-12", "23:59:59")) == 0
    assert lapses.expire_vouchers(at=on("2026-04-01")) == 1
    assert lapses.expire_vouchers(at=on("2026-04-01")) == 0

    claim.refresh_from_db()
    assert (claim.status, claim.voucher.status, claim.voucher.ended_at) == ("returned", "expired", on("2026-03-13"))
    assert (buckets(customer), Reward.objects.get().stock) == ((0, 500, 0, 0), 1)
    assert Lot.objects.get().available == 500
    assert Transaction.objects.get(kind="reverse").effective_at == on("2026-03-13")
    assert Fact.objects.get(verb="voucher_expired").about["points"] == 100


def test_points_past_their_date_lapse_when_they_go_back(customer):  # I17, D3
    Lot.objects.update(expires_at=on("2026-03-10"))
    points.grant(customer, 40, reason="later", at=on("2026-02-01"), expires_at=on("2026-06-30"))
    unused(customer, points=520)

    lapses.expire_vouchers(at=on("2026-03-13"))

    assert buckets(customer) == (0, 40, 0, 0)


def test_a_late_job_gives_nothing_that_a_punctual_one_would_not(customer):
    programme(reinstatement_days=30)
    Lot.objects.update(expires_at=on("2026-03-20"))
    unused(customer)

    lapses.expire_vouchers(at=on("2026-03-25"))  # as of 13 March, when the points had a week to go

    assert buckets(customer) == (0, 100, 0, 0)  # they came back as of 13 March, and are past their date since the 20th
    assert queries.balance(customer, at=on("2026-03-26")).available == 0
    assert settlement.settle_due(at=on("2026-03-26")) == 1
    assert buckets(customer) == (0, 0, 0, 0)


def test_where_the_reward_says_so_the_points_are_spent(customer):  # I17
    claim = unused(customer, unused="keep")

    assert lapses.expire_vouchers(at=on("2026-04-01")) == 1

    claim.refresh_from_db()
    assert (claim.status, claim.voucher.status, buckets(customer)) == ("done", "expired", (0, 400, 0, 0))


@pytest.mark.parametrize("uses", [1, 2])
def test_a_voucher_that_was_used_gives_nothing_back(customer, uses):
    claim = unused(customer, uses=uses)
    vouchers.redeem(claim.voucher, customer=customer, reference="O-1", goods=1000, at=AT)

    lapses.expire_vouchers(at=on("2026-04-01"))

    claim.refresh_from_db()
    assert (claim.status, buckets(customer)) == ("done", (0, 400, 0, 0))


def test_a_voucher_that_is_released_after_its_date_is_unused(customer):
    claim = unused(customer)
    vouchers.redeem(claim.voucher, customer=customer, reference="O-1", goods=1000, at=AT)
    lapses.expire_vouchers(at=on("2026-03-14"))
    vouchers.release(claim.voucher, reference="O-1", at=on("2026-03-15"))

    lapses.expire_vouchers(at=on("2026-03-16"))

    assert buckets(customer) == (0, 500, 0, 0)


def test_gifts_and_printed_codes_end_without_points(customer):
    made = reward(kind="voucher", lasts_days=10, unused="return")
    rewards.issue(made, to=customer, reason="gift", key="gift", at=AT)
    rewards.print_codes(made, 3, name="Flyer", at=AT)

    assert lapses.expire_vouchers(at=on("2026-03-14")) == 4

    assert set(Voucher.objects.values_list("status", flat=True)) == {"expired"}
    assert (buckets(customer), Fact.objects.filter(verb="voucher_expired").count()) == ((0, 500, 0, 0), 1)


def test_a_closed_wallet_gets_nothing_back(customer):
    claim = unused(customer)
    wallets.close(customer, reason="moved away", at=AT)

    assert lapses.expire_vouchers(at=on("2026-03-14")) == 1

    assert Claim.objects.get(pk=claim.pk).status == "done"
    assert buckets(customer) == (0, 0, 0, 0)


def test_a_voucher_without_a_date_never_ends(customer):
    unused(customer, lasts_days=None)

    assert lapses.expire_vouchers(at=on("2046-01-01")) == 0

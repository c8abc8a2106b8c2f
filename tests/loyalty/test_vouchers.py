"""Vouchers: used, released, revoked, passed on. One that can be used once is used once."""

import pytest
from django.db import IntegrityError, transaction

from customers.models import Fact
from loyalty import codes
from loyalty.actions import rewards, vouchers
from loyalty.actions.refusals import ReasonMissing
from loyalty.actions.vouchers import NotOpen, NotTransferable, NotUsedForThis, ReferenceTaken, UnknownVoucher
from loyalty.actions.vouchers import VoucherRefused as Refused
from loyalty.models import Voucher, VoucherUse
from tests.factories import customers
from tests.factories.loyalty import on, programme, reward
from tests.loyalty.test_concurrency import at_once

pytestmark = pytest.mark.django_db
AT = on("2026-03-02", "10:00:00")


@pytest.fixture
def customer():
    programme()
    return customers.customer()


def voucher(customer, **fields) -> Voucher:
    kind = fields.pop("kind", "voucher")
    made = reward(kind=kind, **fields)
    return rewards.issue(made, to=customer, reason="welcome", key=f"gift:{made.code}", at=AT).voucher


def refused(*arguments, **options):
    with pytest.raises(Refused) as refusal:
        vouchers.redeem(*arguments, **{"reference": "O-1", "at": AT} | options)
    return [reason.code for reason in refusal.value.reasons]


def test_a_code_is_kept_as_a_hash_and_encrypted_and_found_however_it_is_typed(customer):
    made = voucher(customer)
    code = vouchers.code_of(made)

    assert codes.is_well_formed(code)
    assert made.ending == code[-4:]
    assert vouchers.find(code.lower().replace("-", " ")) == made
    row = Voucher.objects.values_list().get()
    assert [value for value in row if codes.plain(code) in str(value) or code in str(value)] == []


@pytest.mark.parametrize("code", ["", "2345", "2345-6789-ABCD-EFGH"])
def test_a_code_that_cannot_be_is_not_looked_for(customer, code, django_assert_num_queries):
    with django_assert_num_queries(0), pytest.raises(UnknownVoucher):
        vouchers.find(code)


def test_a_code_that_nobody_made_is_unknown(customer):
    voucher(customer)

    with pytest.raises(UnknownVoucher):
        vouchers.find(codes.new_code())


@pytest.mark.parametrize(
    ("worth", "goods", "off"),
    [
        ({"worth": "amount", "amount": 500}, 1200, 500),
        ({"worth": "amount", "amount": 500}, 300, 300),
        ({"worth": "amount", "amount": 500}, None, 500),
        ({"worth": "percent", "percent": 15}, 999, 149),
        ({"worth": "percent", "percent": 100, "amount": 2000}, 2500, 2000),
        ({"worth": "percent", "percent": 15}, None, None),
        ({"worth": "product", "product": "tea-100"}, 1200, None),
    ],
)
def test_what_it_takes_off(customer, worth, goods, off):
    made = voucher(customer, **worth)

    use = vouchers.redeem(made, customer=customer, reference="O-1", goods=goods, at=AT)

    assert use.taken_off == off
    made.refresh_from_db()
    assert (made.status, made.uses, made.ended_at) == ("used", 1, AT)


def test_a_second_order_finds_it_used_up(customer):
    made = voucher(customer)
    vouchers.redeem(made, customer=customer, reference="O-1", goods=1000, at=AT)

    assert refused(made, customer=customer, reference="O-2", goods=1000) == ["voucher_used"]
    assert VoucherUse.objects.count() == 1


def test_the_same_order_asked_again_is_the_same_use_and_with_other_figures_refused(customer):
    made = voucher(customer)

    uses = {vouchers.redeem(made, customer=customer, reference="O-1", goods=1000, at=AT).pk for _ in range(3)}

    assert len(uses) == 1
    with pytest.raises(ReferenceTaken):
        vouchers.redeem(made, customer=customer, reference="O-1", goods=2000, at=AT)


def test_one_that_may_be_used_three_times_is_used_three_times(customer):
    made = voucher(customer, uses=3)

    for number in range(3):
        vouchers.redeem(made, customer=customer, reference=f"O-{number}", goods=1000, at=AT)

    assert refused(made, customer=customer, reference="O-9") == ["voucher_used"]


def test_a_gift_card_is_used_until_it_is_empty(customer):
    made = voucher(customer, kind="gift_card", amount=5000)

    offs = [
        vouchers.redeem(made, customer=customer, reference=f"O-{goods}", goods=goods, at=AT).taken_off
        for goods in (1999, 2500, 3000)
    ]

    made.refresh_from_db()
    assert (offs, made.status, made.left) == ([1999, 2500, 501], "used", 0)
    vouchers.release(made, reference="O-2500", at=AT)
    made.refresh_from_db()
    assert (made.status, made.left) == ("open", 2500)
    assert refused(made, customer=customer, reference="O-10") == ["goods_missing"]


def test_it_is_only_for_its_owner(customer):
    made = voucher(customer)

    assert refused(made, customer=customers.customer()) == ["not_theirs"]
    assert refused(made) == ["not_theirs"]


def test_one_for_whoever_has_it_is_used_by_anybody(customer):
    made = voucher(customer, bound=False)
    friend = customers.customer()

    assert vouchers.redeem(made, customer=friend, reference="O-1", at=AT).customer == friend
    assert Fact.objects.get(verb="voucher_used").customer == friend


def test_it_is_worth_nothing_from_its_date_on_whether_or_not_that_is_written_down(customer):
    made = voucher(customer, lasts_days=10)

    assert made.expires_at == on("2026-03-13")
    assert refused(made, customer=customer, at=on("2026-03-13")) == ["voucher_expired"]
    assert vouchers.redeem(made, customer=customer, reference="O-1", at=on("2026-03-12", "23:59:59")).pk


def test_it_pays_only_in_its_currency(customer):
    assert refused(voucher(customer), customer=customer, currency="USD") == ["other_currency"]


def test_released_it_can_be_used_again_also_for_the_same_order(customer):
    made = voucher(customer)
    vouchers.redeem(made, customer=customer, reference="O-1", goods=1000, at=AT)

    vouchers.release(made, reference="O-1", at=AT)

    made.refresh_from_db()
    assert (made.status, made.uses, made.ended_at) == ("open", 0, None)
    with pytest.raises(NotUsedForThis):
        vouchers.release(made, reference="O-1", at=AT)
    vouchers.redeem(made, customer=customer, reference="O-1", goods=1000, at=AT)


def test_a_revoked_one_is_worth_nothing_and_says_why(customer, agent):
    made = voucher(customer)

    with pytest.raises(ReasonMissing):
        vouchers.revoke(made, reason=" ")
    vouchers.revoke(made, reason="printed twice", by=agent, at=AT)

    assert refused(made, customer=customer) == ["voucher_revoked"]
    with pytest.raises(NotOpen):
        vouchers.revoke(made, reason="again", at=AT)


def test_a_use_of_a_revoked_one_is_not_released(customer):
    made = voucher(customer, uses=2)
    vouchers.redeem(made, customer=customer, reference="O-1", at=AT)
    vouchers.revoke(made, reason="printed twice", at=AT)

    with pytest.raises(NotOpen):
        vouchers.release(made, reference="O-1", at=AT)


def test_a_transferable_one_can_be_given_to_somebody_else(customer):
    friend = customers.customer()
    made = voucher(customer, bound=False)
    own = voucher(customer, code="own")

    assert vouchers.pass_on(made, to=friend, at=AT).customer == friend
    with pytest.raises(NotTransferable):
        vouchers.pass_on(own, to=friend, at=AT)
    vouchers.revoke(made, reason="stolen", at=AT)
    with pytest.raises(NotOpen):
        vouchers.pass_on(made, to=customer, at=AT)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"uses": 2}, "voucher_is_used_no_more_than_allowed"),
        ({"status": "used"}, "voucher_that_is_not_open_has_ended"),
        ({"customer": None}, "voucher_for_one_person_has_an_owner"),
        ({"amount": None}, "voucher_says_what_it_is_worth"),
        ({"spent": 1}, "voucher_spends_no_more_than_it_is_worth"),
        ({"expires_at": AT}, "voucher_expires_after_it_is_issued"),
    ],
)
def test_the_database_too_keeps_a_voucher_whole(customer, change, constraint):
    made = voucher(customer)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Voucher.objects.filter(pk=made.pk).update(**change)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_use_one_voucher_one_succeeds():
    programme()
    one = customers.customer()
    made = voucher(one, bound=False)

    answers = at_once(20, lambda n: vouchers.redeem(made, reference=f"O-{n}", goods=1000))

    assert answers.count("voucher_used") == 19
    assert VoucherUse.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_who_use_a_gift_card_spend_what_is_on_it():
    programme()
    one = customers.customer()
    made = voucher(one, kind="gift_card", amount=1000, bound=False)

    at_once(20, lambda n: vouchers.redeem(made, reference=f"O-{n}", goods=70))

    made.refresh_from_db()
    assert sum(use.taken_off for use in VoucherUse.objects.all()) == 1000
    assert (made.left, made.status, VoucherUse.objects.count()) == (0, "used", 15)

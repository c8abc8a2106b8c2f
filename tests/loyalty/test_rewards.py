"""The catalogue, and rewards that are given."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from customers.actions import privacy
from customers.models import Fact
from loyalty.actions import claims, points, rewards, vouchers, wallets
from loyalty.actions.claims import RewardRefused
from loyalty.actions.refusals import IdempotencyConflict, ReasonMissing
from loyalty.actions.rewards import RewardUnfit
from loyalty.models import Claim, Reward, Voucher, VoucherBatch
from tests.factories import customers
from tests.factories.loyalty import buckets, on, programme, reward
from tests.loyalty.test_concurrency import at_once

pytestmark = pytest.mark.django_db
AT = on("2026-03-02", "10:00:00")


@pytest.fixture(autouse=True)
def rules():
    return programme()


def give(made, one, **options):
    return rewards.issue(made, to=one, **{"reason": "campaign", "key": f"c1:{one.pk}", "at": AT} | options)


def many(made, people, key="c1", **options):
    ids = [one.pk for one in people]
    return rewards.issue_many(made, ids, reason="campaign", key=lambda pk: f"{key}:{pk}", at=AT, **options)


def test_what_is_given_costs_nothing_and_comes_with_its_voucher():
    one = customers.customer()

    claim = give(reward(kind="discount", listed=False, points=900, tiers=["gold"]), one)

    assert (claim.points, claim.origin, claim.status) == (0, "issued", "done")
    assert (claim.voucher.customer, buckets(one)) == (one, (0, 0, 0, 0))
    assert Fact.objects.get(verb="reward_given").about["reason"] == "campaign"


def test_goods_that_are_given_are_handed_over_by_staff():
    assert give(reward(), customers.customer()).status == "waiting"


def test_with_one_key_it_is_given_once():
    one, made = customers.customer(), reward(kind="voucher", stock=5)

    assert len({give(made, one).pk for _ in range(3)}) == 1
    assert (Voucher.objects.count(), Reward.objects.get().stock) == (1, 4)
    with pytest.raises(IdempotencyConflict):
        give(reward("other"), one)


def test_a_list_goes_on_where_it_was_interrupted():
    people, made = [customers.customer() for _ in range(3)], reward(kind="voucher")
    many(made, people[:2])

    outcomes = many(made, people)

    assert [outcome.given for outcome in outcomes] == [False, False, True]
    assert len({outcome.claim.pk for outcome in outcomes}) == 3
    assert Voucher.objects.count() == 3


def test_when_the_stock_ends_the_first_get_what_there_is():
    people = [customers.customer() for _ in range(3)]

    outcomes = many(reward(stock=2), people)

    assert [outcome.refusal and outcome.refusal.code for outcome in outcomes] == [None, None, "out_of_stock"]
    assert Reward.objects.get().stock == 0


def test_who_is_frozen_or_gone_keeps_nobody_else_from_a_reward():
    frozen, gone, fine = (customers.customer() for _ in range(3))
    wallets.freeze(frozen, reason="stolen")
    privacy.erase(gone, at=AT)

    outcomes = many(reward(), [frozen, gone, fine])

    refusals = [outcome.refusal and outcome.refusal.code for outcome in outcomes]
    assert refusals == ["wallet_frozen", "wallet_closed", None]


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"status": "draft"}, "not_offered"), ({"closes_at": AT}, "not_now"), ({"stock": 0}, "out_of_stock")],
)
def test_the_reward_itself_must_be_there_to_be_given(changes, code):
    with pytest.raises(RewardRefused) as refused:
        give(reward(**changes), customers.customer())

    assert refused.value.code == code


def test_a_gift_says_why():
    with pytest.raises(ReasonMissing):
        give(reward(), customers.customer(), reason=" ")


def test_three_take_as_many_queries_as_one(django_assert_num_queries):
    made, one = reward(kind="voucher"), customers.customer()

    with django_assert_num_queries(10):
        many(made, [one], key="a")
    people = [customers.customer() for _ in range(3)]
    with django_assert_num_queries(10):
        many(made, people, key="b")


def test_codes_for_nobody_in_particular():
    made = reward(kind="voucher", stock=50)

    batch = rewards.print_codes(made, 20, name="Flyer", key="flyer", at=AT)

    assert rewards.print_codes(made, 20, name="Flyer", key="flyer", at=AT) == batch
    printed = Voucher.objects.filter(batch=batch)
    assert (printed.count(), Reward.objects.get().stock) == (20, 30)
    assert {(one.customer_id, one.bound) for one in printed} == {(None, False)}
    assert len({vouchers.code_of(one) for one in printed}) == 20
    with pytest.raises(IdempotencyConflict):
        rewards.print_codes(made, 21, name="Flyer", key="flyer", at=AT)


@pytest.mark.parametrize(("kind", "number", "code"), [("product", 5, "no_voucher"), ("voucher", 0, "too_many_codes")])
def test_codes_that_cannot_be_printed(kind, number, code):
    with pytest.raises(RewardUnfit) as refused:
        rewards.print_codes(reward(kind=kind), number, name="Flyer")

    assert refused.value.code == code
    assert VoucherBatch.objects.count() == 0


def test_no_more_codes_are_printed_than_are_in_stock():
    with pytest.raises(RewardRefused) as refused:
        rewards.print_codes(reward(kind="voucher", stock=4), 5, name="Flyer")

    assert (refused.value.code, Reward.objects.get().stock) == ("out_of_stock", 4)


def test_a_retired_reward_does_not_come_back():
    made = rewards.retire(rewards.offer(reward(status="draft")))

    assert made.status == "retired"
    with pytest.raises(RewardUnfit):
        rewards.offer(made)


@pytest.mark.parametrize(
    "flaw",
    [
        {"kind": "voucher", "worth": ""},
        {"kind": "voucher", "worth": "percent", "percent": 101},
        {"kind": "gift_card", "worth": "product", "product": "tea"},
        {"kind": "donation", "party": ""},
        {"limit_period": 1, "period": ""},
        {"opens_at": AT, "closes_at": AT},
        {"currency": "eur"},
    ],
)
def test_a_reward_that_cannot_be_is_refused_before_it_is_written(flaw):
    with pytest.raises(ValidationError):
        reward(**flaw)

    assert Reward.objects.count() == 0


def test_the_database_too_keeps_the_stock_from_going_below_zero():
    made = reward(stock=0)

    with pytest.raises(IntegrityError, match="stock"), transaction.atomic():
        Reward.objects.filter(pk=made.pk).update(stock=-1)


def test_changing_a_reward_does_not_undo_what_was_taken_meanwhile():
    made, one = reward(stock=5), customers.customer()
    points.grant(one, 100, reason="start")
    claims.take(one, made, at=AT)

    made.name = "Better tea"
    changed = rewards.set_up(made, restock=False)

    assert (changed.name, changed.stock) == ("Better tea", 4)
    made.stock = 10
    assert rewards.set_up(made).stock == 10


@pytest.mark.django_db(transaction=True)
def test_ten_who_give_the_same_at_once_give_it_once():
    one, made = customers.customer(), reward(kind="voucher", stock=100)

    answers = at_once(10, lambda _: give(made, one).pk)

    assert len(set(answers)) == 1
    assert (Claim.objects.count(), Voucher.objects.count(), Reward.objects.get().stock) == (1, 1, 99)

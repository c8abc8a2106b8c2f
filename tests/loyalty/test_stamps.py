"""Stamp cards: buy so many, get one. Counted from purchases, taken back by returns."""

import random
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from customers.actions import purchases, readers, returns
from customers.models import Fact
from loyalty.actions import claims, rewards, stamps, vouchers, wallets
from loyalty.actions.stamps import StampCardRefused
from loyalty.models import Claim, FullCard, StampHolder, Voucher
from loyalty.queries.stamps import of_customer
from tests.factories import customers
from tests.factories.loyalty import on, programme, reward, stamp_card
from tests.factories.purchases import line, purchase
from tests.loyalty.test_concurrency import at_once

pytestmark = pytest.mark.django_db
AT = on("2026-03-02", "10:00:00")


@pytest.fixture
def customer():
    programme()
    return customers.customer()


@pytest.fixture
def card(customer):
    return stamp_card(reward("free-tea", kind="voucher", worth="product", product="tea", listed=False))


def buy(customer, quantity, **fields):
    product = fields.pop("line", {})
    return purchase(customer, lines=(line(1000, quantity=quantity, **product),), **fields)


def count(customer):
    return stamps.count([customer.pk], at=AT)


def on_card(customer):
    [found] = of_customer(customer, at=AT)
    return found.full, found.stamps


def given():
    return list(Voucher.objects.order_by("pk").values_list("status", flat=True))


def test_the_fifth_fills_the_card_and_gives_its_reward_once(customer, card):
    buy(customer, 4)
    count(customer)
    before = (on_card(customer), given())
    buy(customer, 1)

    for _ in range(3):
        count(customer)

    assert before == ((0, 4), [])
    assert (on_card(customer), given()) == ((1, 0), ["open"])
    claim = Claim.objects.get()
    assert (claim.origin, claim.points, claim.customer) == ("stamps", 0, customer)
    assert Fact.objects.filter(verb="stamp_card_filled").count() == 1


def test_one_purchase_may_fill_several_cards(customer, card):
    buy(customer, 12)

    count(customer)

    assert (on_card(customer), given()) == ((2, 2), ["open", "open"])


def test_no_more_cards_than_a_customer_may_fill(customer, card):
    card.most_cards = 1
    stamps.set_up(card)
    buy(customer, 12)

    count(customer)

    assert given() == ["open"]


def test_only_whole_pieces_of_what_counts_within_its_time_are_stamped(customer, card):
    card.closes_at = on("2026-04-01")
    stamps.set_up(card)
    buy(customer, "2.900")
    buy(customer, 1, line={"product": "mug"})
    buy(customer, 1, at=on("2025-12-31", "23:59:59"))
    buy(customer, 1, at=on("2026-01-01"))
    buy(customer, 1, at=on("2026-04-01"))
    cancelled = buy(customer, 1)
    purchases.cancel(cancelled)

    count(customer)

    assert StampHolder.objects.get().stamps == 3


@pytest.mark.parametrize(("counts", "value"), [("category", "Drinks"), ("brand", "Leaf")])
def test_a_category_or_a_brand_counts(customer, counts, value):
    stamp_card(reward("free", kind="voucher"), counts=counts, value=value)
    buy(customer, 2, line={"category": "Drinks", "brand": "Leaf"})

    count(customer)

    assert on_card(customer) == (0, 2)


def test_a_return_takes_the_stamp_back_and_an_unused_reward_with_it(customer, card):
    bought = buy(customer, 5)
    count(customer)

    returns.record(bought, {1: Decimal(1)}, at=AT)
    count(customer)
    after_return = on_card(customer), given()
    buy(customer, 1)
    count(customer)

    assert after_return == ((0, 4), ["revoked"])
    assert (on_card(customer), given()) == ((1, 0), ["revoked", "open"])
    assert FullCard.objects.filter(taken_back_at=None).count() == 1


def test_a_reward_that_was_used_stays_and_its_card_is_filled_once_more_before_the_next(customer, card):
    bought = buy(customer, 5)
    count(customer)
    vouchers.redeem(Voucher.objects.get(), customer=customer, reference="O-1", at=AT)

    returns.record(bought, {1: Decimal(5)}, at=AT)
    count(customer)
    buy(customer, 5)
    count(customer)
    once_more = given()
    buy(customer, 5)
    count(customer)

    assert once_more == ["used"]
    assert given() == ["used", "open"]


def test_goods_that_were_handed_over_stay(customer):
    stamp_card(reward("mug"))
    bought = buy(customer, 5)
    count(customer)
    claims.hand_over(Claim.objects.get(), at=AT)

    returns.record(bought, {1: Decimal(5)}, at=AT)
    count(customer)

    assert Claim.objects.get().status == "done"


def test_a_full_card_waits_while_its_reward_cannot_be_given(customer, card):
    wallets.freeze(customer, reason="stolen")
    buy(customer, 5)
    count(customer)
    waiting = given()

    wallets.reopen(customer, reason="found")
    count(customer)

    assert (waiting, given()) == ([], ["open"])


def test_the_reader_counts_what_the_timeline_tells(customer, card):
    bought = buy(customer, 6)
    readers.catch_up("stamps", stamps.react, verbs=stamps.VERBS)
    first = on_card(customer)
    returns.record(bought, {1: Decimal(2)}, at=AT)

    readers.catch_up("stamps", stamps.react, verbs=stamps.VERBS)

    assert (first, on_card(customer), given()) == ((1, 1), (0, 4), ["revoked"])


def test_a_card_begins_when_it_goes_live_and_not_before(customer):
    card = stamp_card(reward("free", kind="voucher"), live=False)
    buy(customer, 5, at=on("2026-02-01"))

    stamps.offer(card, at=AT)
    count(customer)

    assert on_card(customer) == (0, 0)


def test_a_card_that_ended_stamps_nothing_new_and_still_takes_stamps_back(customer, card):
    bought = buy(customer, 5)
    count(customer)
    ended = stamps.close(card, at=on("2026-05-01"))
    buy(customer, 3, at=on("2026-05-02"))
    returns.record(bought, {1: Decimal(1)}, at=on("2026-05-02"))

    count(customer)

    assert (StampHolder.objects.get().stamps, given()) == (4, ["revoked"])
    with pytest.raises(StampCardRefused):
        stamps.offer(ended)


@pytest.mark.parametrize("begins", [None, "2026-04-01"])
@pytest.mark.parametrize("live", [False, True])
def test_a_card_that_ended_before_it_began_stamps_nothing(customer, begins, live):
    opens_at = on(begins) if begins else None
    card = stamp_card(reward("free", kind="voucher"), live=live, opens_at=opens_at)

    ended = stamps.close(card, at=on("2026-01-01"))
    buy(customer, 5, at=on("2026-05-01"))
    count(customer)

    assert (ended.status, ended.closes_at) == ("ended", on("2026-01-01"))
    assert (StampHolder.objects.count(), given()) == (0, [])


def test_what_counts_does_not_change_once_customers_hold_the_card(card):
    card.stamps = 3

    with pytest.raises(StampCardRefused):
        stamps.set_up(card)


def test_the_database_too_gives_a_full_card_its_reward_once(customer, card):
    buy(customer, 5)
    count(customer)
    full = FullCard.objects.get()
    other = rewards.issue(card.reward, to=customer, reason="again", key="again", at=AT)

    with pytest.raises(IntegrityError, match="full_card_gives_its_reward_once"), transaction.atomic():
        FullCard.objects.create(holder=full.holder, number=full.number, claim=other, filled_at=AT)


def test_whatever_is_bought_and_brought_back_the_stamps_are_those_of_what_was_kept(customer, card):
    dice = random.Random(7)
    bought, kept = [], 0
    for _ in range(40):
        if bought and dice.random() < 0.4:
            chosen = dice.choice(bought)
            left = chosen[1]
            if left:
                back = dice.randint(1, left)
                returns.record(chosen[0], {1: Decimal(back)}, at=AT)
                chosen[1] -= back
                kept -= back
        else:
            many = dice.randint(1, 4)
            bought.append([buy(customer, many), many])
            kept += many
        if dice.random() < 0.6:
            count(customer)
    count(customer)

    assert on_card(customer) == (kept // 5, kept % 5)
    assert given().count("open") == kept // 5


@pytest.mark.django_db(transaction=True)
def test_ten_who_count_at_once_give_one_reward():
    programme()
    one = customers.customer()
    stamp_card(reward("free", kind="voucher"))
    buy(one, 5)

    at_once(10, lambda _: stamps.count([one.pk], at=AT))

    assert (given(), StampHolder.objects.get().stamps) == (["open"], 5)

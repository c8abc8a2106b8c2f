"""Customers take rewards: hold, capture or void, hand over, cancel."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.actions import segments
from customers.models import Fact, Profile, Verb
from loyalty.actions import claims, points, redemptions, rewards, vouchers, wallets
from loyalty.actions.claims import ClaimLapsed, NotReversible, RewardRefused, WrongState
from loyalty.actions.refusals import IdempotencyConflict, ReasonMissing
from loyalty.models import Claim, Lot, Reward, Transaction, Voucher
from loyalty.queries.rewards import offers
from tests.factories import customers
from tests.factories.loyalty import buckets, on, programme, reward
from tests.loyalty.test_concurrency import at_once, clean

pytestmark = pytest.mark.django_db
AT = on("2026-03-02", "10:00:00")


@pytest.fixture
def customer():
    programme()
    made = customers.customer()
    points.grant(made, 500, reason="start", at=on("2026-01-01"))
    return made


def refusals(customer, wanted, **options):
    with pytest.raises(RewardRefused) as refused:
        claims.hold(customer, wanted, at=options.pop("at", AT), **options)
    return [(reason.code, reason.params) for reason in refused.value.reasons]


def verbs(customer):
    told = Fact.objects.filter(customer=customer, verb__startswith="reward_").order_by("pk")
    return list(told.values_list("verb", flat=True))


def test_a_product_is_held_then_paid_then_handed_over(customer, agent):
    wanted = reward(stock=3)

    claim = claims.hold(customer, wanted, at=AT)
    held = buckets(customer)
    paid = claims.capture(claim, at=AT)
    done = claims.hand_over(paid, by=agent, at=on("2026-03-05"))

    assert (claim.status, held) == ("held", (0, 400, 100, 0))
    assert (paid.status, done.status, buckets(customer)) == ("waiting", "done", (0, 400, 0, 0))
    assert (done.handled_by, done.ended_at, Reward.objects.get().stock) == (agent, on("2026-03-05"), 2)
    assert verbs(customer) == ["reward_taken", "reward_handed_over"]
    assert Transaction.objects.get(kind="capture").reason == wanted.name


def test_captured_again_it_is_the_same_and_released_it_is_refused(customer):
    claim = claims.take(customer, reward(kind="discount"), at=AT)

    assert claims.capture(claim, at=AT).voucher == claim.voucher
    with pytest.raises(WrongState):
        claims.void(claim, at=AT)

    assert (Voucher.objects.count(), buckets(customer)) == (1, (0, 400, 0, 0))


def test_released_it_costs_nothing_and_is_in_stock_again(customer):
    claim = claims.hold(customer, reward(stock=1), at=AT)

    released = claims.void(claim, at=AT)

    assert (released.status, buckets(customer), Reward.objects.get().stock) == ("voided", (0, 500, 0, 0), 1)
    with pytest.raises(WrongState):
        claims.capture(claim, at=AT)
    with pytest.raises(WrongState):
        claims.void(claim, at=AT)


def test_the_same_key_takes_it_once(customer):
    wanted = reward()

    taken = {claims.hold(customer, wanted, key="k", at=AT).pk for _ in range(3)}

    assert (len(taken), buckets(customer)) == (1, (0, 400, 100, 0))
    with pytest.raises(IdempotencyConflict):
        claims.hold(customer, reward("mug"), key="k", at=AT)


def test_missing_points_are_counted(customer):
    wanted = reward(points=620)

    assert refusals(customer, wanted) == [("missing_points", {"price": 620, "available": 500, "missing": 120})]
    assert (buckets(customer), Claim.objects.count()) == ((0, 500, 0, 0), 0)


def test_who_has_no_wallet_yet_misses_all_points(customer):
    assert refusals(customers.customer(), reward())[0][1]["missing"] == 100


def test_nothing_left(customer):
    assert refusals(customer, reward(stock=0)) == [("out_of_stock", {})]


@pytest.mark.parametrize("changes", [{"status": "draft"}, {"status": "retired"}, {"listed": False}])
def test_what_is_not_offered_is_not_to_be_had(customer, changes):
    assert refusals(customer, reward(**changes)) == [("not_offered", {})]


@pytest.mark.parametrize(
    ("day", "time", "codes"),
    [
        ("2026-02-28", "23:59:59", ["not_now"]),
        ("2026-03-01", "00:00:00", []),
        ("2026-03-07", "23:59:59", []),
        ("2026-03-08", "00:00:00", ["not_now"]),
    ],
)
def test_the_window_is_half_open(customer, day, time, codes):
    reward(opens_at=on("2026-03-01"), closes_at=on("2026-03-08"))

    [offer] = offers(customer, at=on(day, time))

    assert [reason.code for reason in offer.reasons] == codes


def test_when_it_can_be_had_is_said_on_the_readers_clock_and_to_other_systems_as_a_moment(customer):
    opens_at, closes_at = on("2026-03-03", "20:00:00"), on("2026-03-08")
    reward("later", points=1, opens_at=opens_at)
    reward("over", points=2, closes_at=on("2026-03-01"))
    reward("week", points=3, opens_at=opens_at, closes_at=closes_at)
    claims.take(customer, reward("monthly", points=4, limit_period=1, period="month"), at=AT)

    with timezone.override("Asia/Seoul"):
        said = [[str(reason) for reason in offer.reasons] for offer in offers(customer, at=AT)]

    assert said == [
        ["This reward can be had from 4 Mar 2026, 05:00 on."],
        ["This reward could be had until 1 Mar 2026, 09:00."],
        ["This reward can be had from 4 Mar 2026, 05:00 until 8 Mar 2026, 09:00."],
        ["The customer has had this reward as often as anybody may: 1 until 1 Apr 2026, 09:00."],
    ]
    [(code, params)] = refusals(customer, Reward.objects.get(code="week"))
    assert (code, params) == ("not_now", {"opens_at": opens_at.isoformat(), "closes_at": closes_at.isoformat()})


def test_a_limit_counts_what_was_taken_and_not_what_was_released(customer):
    wanted = reward(points=10, limit_total=2)
    claims.void(claims.hold(customer, wanted, at=AT), at=AT)
    claims.cancel(claims.take(customer, wanted, at=AT), reason="mistake", at=AT)
    rewards.issue(wanted, to=customer, reason="gift", key="gift", at=AT)
    claims.take(customer, wanted, at=AT)
    claims.hold(customer, wanted, at=AT)

    assert refusals(customer, wanted) == [("limit_reached", {"limit": 2, "period": "", "again_at": None})]


def test_a_limit_of_a_period_begins_anew_with_it(customer):
    wanted = reward(points=10, limit_period=1, period="month")
    claims.take(customer, wanted, at=AT)

    limit = {"limit": 1, "period": "month", "again_at": on("2026-04-01").isoformat()}
    assert refusals(customer, wanted, at=on("2026-03-31", "23:59:59")) == [("limit_reached", limit)]
    assert claims.take(customer, wanted, at=on("2026-04-01")).status == "waiting"


def test_a_reward_of_other_tiers_is_refused(customer):
    wanted = reward(tiers=["gold", "premium"])
    Profile.objects.create(customer=customer, tier="silver")

    assert refusals(customer, wanted) == [("not_your_tier", {"tiers": "gold, premium"})]

    Profile.objects.update(tier="gold")
    assert claims.take(customer, wanted, at=AT).points == 100


def test_a_reward_of_a_segment_is_for_its_members(customer, marketer):
    condition = {"field": "tier", "how": "in", "values": ["gold"]}
    gold = segments.make(
        "Gold", {"match": "all", "groups": [{"match": "all", "conditions": [condition]}]}, by=marketer
    )
    wanted = reward(segment=gold)
    Profile.objects.create(customer=customer, tier="silver")

    assert refusals(customer, wanted) == [("not_your_segment", {})]

    Profile.objects.update(tier="gold")
    assert claims.take(customer, wanted, at=AT).points == 100


def test_a_frozen_wallet_takes_nothing(customer):
    wallets.freeze(customer, reason="stolen card")

    assert refusals(customer, reward(points=0)) == [("wallet_frozen", {})]


def test_every_reason_is_named_at_once(customer):
    reward("far", points=900, stock=0, tiers=["gold"], closes_at=on("2026-01-05"))

    [offer] = offers(customer, at=AT)

    assert [reason.code for reason in offer.reasons] == [
        "not_now",
        "out_of_stock",
        "not_your_tier",
        "missing_points",
    ]
    assert offer.missing == 400
    assert "400 are missing" in str(offer.reasons[-1])


def test_what_one_can_have_comes_first_then_what_takes_the_fewest_points_more(customer):
    for code, price in (("a", 900), ("b", 100), ("c", 600), ("d", 500)):
        reward(code, points=price)

    assert [(offer.reward.code, offer.missing) for offer in offers(customer, at=AT)] == [
        ("b", 0),
        ("d", 0),
        ("c", 100),
        ("a", 400),
    ]


def test_the_list_takes_as_many_queries_for_three_rewards_as_for_one(customer, django_assert_num_queries):
    reward("a", limit_total=1, tiers=["gold"])
    with django_assert_num_queries(4):
        offers(customer, at=AT)
    for code in ("b", "c"):
        reward(code, limit_total=1, tiers=["gold"])

    with django_assert_num_queries(4):
        offers(customer, at=AT)


def test_a_hold_that_lasted_too_long_cannot_be_paid_although_nobody_has_released_it(customer):
    programme(hold_hours=2)
    claim = claims.hold(customer, reward(), at=AT)

    assert claim.lapses_at == on("2026-03-02", "12:00:00")
    with pytest.raises(ClaimLapsed):
        claims.capture(claim, at=on("2026-03-02", "12:00:00"))
    assert claims.capture(claim, at=on("2026-03-02", "11:59:59")).status == "waiting"


def test_cancelled_goods_give_back_the_points_to_their_lots(customer, agent):  # D3
    Lot.objects.update(expires_at=on("2026-03-10"))
    points.grant(customer, 50, reason="later", at=on("2026-02-01"), expires_at=on("2026-06-30"))
    claim = claims.take(customer, reward(points=520, stock=5), at=AT)

    cancelled = claims.cancel(claim, reason="broken", by=agent, at=on("2026-03-15"))

    assert (cancelled.status, cancelled.reason, Reward.objects.get().stock) == ("cancelled", "broken", 5)
    assert buckets(customer) == (0, 50, 0, 0)  # 500 were of a lot past its date, and lapsed
    with pytest.raises(WrongState):
        claims.cancel(claim, reason="again")


def test_goods_come_back_also_after_they_were_handed_over(customer):
    claim = claims.hand_over(claims.take(customer, reward(), at=AT), at=AT)

    assert claims.cancel(claim, reason="broken", at=AT).status == "cancelled"
    assert buckets(customer) == (0, 500, 0, 0)


def test_cancelling_what_is_not_paid_releases_it(customer):
    claim = claims.hold(customer, reward(), at=AT)

    assert claims.cancel(claim, reason="changed their mind", at=AT).status == "voided"
    assert buckets(customer) == (0, 500, 0, 0)


def test_cancelling_says_why(customer):
    with pytest.raises(ReasonMissing):
        claims.cancel(claims.take(customer, reward(), at=AT), reason=" ")


def test_a_voucher_is_taken_back_as_long_as_it_is_unused(customer):
    unused = claims.take(customer, reward(kind="voucher"), at=AT)
    used = claims.take(customer, reward("other", kind="voucher", uses=2), at=AT)  # and could be used once more
    vouchers.redeem(used.voucher, customer=customer, reference="O-1", goods=1000, at=AT)

    claims.cancel(unused, reason="mistake", at=AT)
    with pytest.raises(NotReversible) as refused:
        claims.cancel(used, reason="mistake", at=AT)

    assert refused.value.code == "voucher_used"
    assert (Voucher.objects.get(claim=unused).status, buckets(customer)) == ("revoked", (0, 400, 0, 0))

    vouchers.release(used.voucher, reference="O-1", at=AT)
    claims.cancel(used, reason="order cancelled", at=AT)
    assert buckets(customer) == (0, 500, 0, 0)


def test_a_voucher_past_its_date_is_not_taken_back(customer):
    claim = claims.take(customer, reward(kind="voucher", lasts_days=10), at=AT)

    with pytest.raises(NotReversible) as refused:
        claims.cancel(claim, reason="too late", at=on("2026-03-13"))

    assert refused.value.code == "voucher_expired"


def test_early_access_lasts_and_cannot_be_taken_back_when_it_is_over(customer):
    claim = claims.take(customer, reward(kind="early_access", lasts_days=2), at=AT)

    assert (claim.status, claim.valid_until) == ("done", on("2026-03-05"))
    with pytest.raises(NotReversible) as refused:
        claims.cancel(claim, reason="did not come", at=on("2026-03-05"))
    assert refused.value.code == "access_over"
    assert claims.cancel(claim, reason="did not come", at=on("2026-03-04")).status == "cancelled"


def test_a_donation_is_matched_and_never_taken_back(customer):
    claim = claims.take(customer, reward(kind="donation", points=500, amount=500, match_percent=100), at=AT)

    assert (claim.status, claim.donated, buckets(customer)) == ("done", 1000, (0, 0, 0, 0))
    with pytest.raises(NotReversible) as refused:
        claims.cancel(claim, reason="changed their mind", at=AT)
    assert refused.value.code == "donation_given"


def test_points_and_money(customer):
    claim = claims.hold(customer, reward(points=100, money=500), at=AT)

    assert (claim.points, claim.money, claim.currency) == (100, 500, "EUR")


def test_a_price_that_changes_later_changes_nothing_that_was_taken(customer):
    wanted = reward()
    claim = claims.hold(customer, wanted, at=AT)
    wanted.points = 300
    rewards.set_up(wanted, restock=False)

    assert claims.capture(claim, at=AT).points == 100
    assert buckets(customer) == (0, 400, 0, 0)


def test_a_hold_of_a_claim_is_not_taken_for_another_redemption(customer):
    claim = claims.hold(customer, reward(), at=AT)
    redemptions.capture(claim.hold, at=AT)  # by somebody who goes past the claim

    with pytest.raises(redemptions.AlreadyResolved):
        claims.capture(claim, at=AT)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"status": "done"}, "claim_state_has_its_times"),
        ({"hold": None}, "claim_for_points_names_its_hold"),
        ({"origin": "issued"}, "what_is_given_costs_nothing"),
    ],
)
def test_the_database_too_keeps_a_claim_whole(customer, change, constraint):
    claim = claims.hold(customer, reward(), at=AT)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(**change)


def test_facts_tell_of_it(customer):
    claim = claims.take(customer, reward(kind="discount", name="Five off"), at=AT)

    told = Fact.objects.get(verb=Verb.REWARD_TAKEN)
    assert told.about == {"name": "Five off", "claim": claim.pk, "points": 100}


# --- many at once


@pytest.mark.django_db(transaction=True)
def test_twenty_customers_share_five():
    programme()
    wanted = reward(stock=5)
    people = [customers.customer() for _ in range(20)]
    for one in people:
        points.grant(one, 100, reason="start")

    answers = at_once(20, lambda n: claims.take(people[n], wanted))

    assert answers.count("out_of_stock") == 15
    assert (Reward.objects.get().stock, Claim.objects.count()) == (0, 5)
    assert sum(buckets(one)[1] for one in people) == 1500
    assert clean()


@pytest.mark.django_db(transaction=True)
def test_one_customer_takes_no_more_than_the_limit_with_twenty_hands():
    programme()
    wanted = reward(points=1, limit_total=3)
    one = customers.customer()
    points.grant(one, 100, reason="start")

    answers = at_once(20, lambda n: claims.take(one, wanted, key=f"k{n}"))

    assert answers.count("limit_reached") == 17
    assert (Claim.objects.count(), buckets(one)) == (3, (0, 97, 0, 0))


@pytest.mark.django_db(transaction=True)
def test_a_claim_is_captured_or_released_by_one_of_many():
    programme()
    one = customers.customer()
    points.grant(one, 100, reason="start")
    claim = claims.hold(one, reward(kind="voucher", stock=1))

    at_once(10, lambda n: (claims.capture if n % 2 else claims.void)(claim))

    done = Claim.objects.get()
    stock, made = Reward.objects.get().stock, Voucher.objects.count()
    assert (done.status, stock, made, buckets(one)) in (
        ("done", 0, 1, (0, 0, 0, 0)),
        ("voided", 1, 0, (0, 100, 0, 0)),
    )
    assert clean()

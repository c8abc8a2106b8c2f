"""Customers bring friends: one reward for each friend, for a purchase that has come to stay."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from customers.models import Fact
from loyalty.actions import earning, erasure, merging, points, referrals, wallets
from loyalty.actions.referrals import NotWaiting, ReferralRefused
from loyalty.actions.refusals import DuplicateReference, ReasonMissing
from loyalty.models import Lot, Referral, ReferralCode, ReferralSignal
from loyalty.queries import referrals as questions
from tests.factories import customers
from tests.factories.loyalty import buckets, on, programme
from tests.factories.referrals import bought, brought, rules
from tests.loyalty.test_concurrency import at_once, clean

pytestmark = pytest.mark.django_db
LATER = on("2026-03-01")


@pytest.fixture
def referrer():
    programme()
    rules()
    return customers.customer(name="Rosa Referrer")


def refused(*arguments, **options) -> str:
    with pytest.raises(ReferralRefused) as refusal:
        brought(*arguments, **options)
    return refusal.value.code


def available(*people) -> list[int]:
    return [buckets(one)[1] for one in people]


def test_one_reward_for_the_first_qualifying_purchase(referrer):  # H1
    referral = brought(referrer)
    first, _second = bought(referral.friend, 8000, "2026-01-10"), bought(referral.friend, 9000, "2026-01-20")

    assert referrals.settle_due(at=LATER) == 1
    assert referrals.settle_due(at=LATER) == 0

    referral.refresh_from_db()
    assert (referral.state, referral.purchase, referral.due_at) == ("rewarded", first, on("2026-01-24"))
    assert (referral.referrer_points, referral.friend_points) == (500, 200)
    assert available(referrer, referral.friend) == [500, 200]
    verbs = Fact.objects.filter(verb__startswith="referral").values_list("verb", "customer")
    assert list(verbs) == [("referral_begun", referral.friend_id), ("referral_rewarded", referrer.pk)]


def test_a_smaller_first_purchase_does_not_count(referrer):  # H2
    referral = brought(referrer)
    bought(referral.friend, 3000, "2026-01-10")
    second = bought(referral.friend, 6000, "2026-01-20")

    referrals.settle_due(at=LATER)

    referral.refresh_from_db()
    assert (referral.state, referral.purchase) == ("rewarded", second)


def test_what_comes_back_within_the_window_earns_nothing_and_the_attribution_stays_open(referrer):  # H3
    referral = brought(referrer)
    back = bought(referral.friend, 8000, "2026-01-10")
    earning.record_return(back, {1: Decimal(1)}, at=on("2026-01-15"))

    assert referrals.settle_due(at=LATER) == 0

    referral.refresh_from_db()
    assert (referral.state, available(referrer, referral.friend)) == ("open", [0, 0])
    bought(referral.friend, 5000, "2026-03-02")
    referrals.settle_due(at=on("2026-03-16"))
    assert available(referrer, referral.friend) == [500, 200]


@pytest.mark.parametrize(("day", "given"), [("2026-01-23", 0), ("2026-01-24", 500)])
def test_what_comes_back_counts_as_of_the_end_of_the_window_however_late_the_job_is(referrer, day, given):
    referral = brought(referrer)
    back = bought(referral.friend, 8000, "2026-01-10")
    earning.record_return(back, {1: Decimal(1)}, at=on(day))

    referrals.settle_due(at=LATER)

    assert available(referrer) == [given]


def test_a_purchase_cancelled_within_the_window_does_not_count(referrer):
    referral = brought(referrer)
    earning.cancel_purchase(bought(referral.friend, 8000, "2026-01-10"), at=on("2026-01-12"))

    assert referrals.settle_due(at=LATER) == 0


@pytest.mark.parametrize(
    ("fields", "given"), [({"gift_card": 3000}, 500), ({"gift_card": 3001}, 0), ({"points_paid": 3001}, 0)]
)
def test_the_minimum_is_net(referrer, fields, given):
    referral = brought(referrer)
    bought(referral.friend, 8000, "2026-01-10", **fields)

    referrals.settle_due(at=LATER)

    assert available(referrer) == [given]


@pytest.mark.parametrize(("moment", "changed"), [(on("2026-01-23", "23:59:59"), 0), (on("2026-01-24"), 1)])
def test_the_reward_waits_for_the_return_window(referrer, moment, changed):
    referral = brought(referrer)
    bought(referral.friend, 8000, "2026-01-10")

    assert referrals.settle_due(at=moment) == changed


def test_a_friend_is_rewarded_once_whatever_key_is_used(referrer):  # H6
    friend9 = customers.customer()
    referral = brought(referrer, friend=friend9)
    bought(friend9, 8000, "2026-01-10")
    other = customers.customer()
    pending = questions.tally(referrer, referral.rules, at=LATER).pending

    assert pending == 500
    assert refused(other, friend=friend9, at="2026-01-06") == "already_referred"
    assert brought(referrer, friend=friend9) == referral
    referrals.settle_due(at=LATER)
    natural_key = f"referral:{referral.rules.programme_id}:{friend9.pk}:referrer"
    with pytest.raises(DuplicateReference):
        points.grant(referrer, 500, reason="referral", key="another", natural_key=natural_key)
    Referral.objects.filter(pk=referral.pk).update(state="open", decided_at=None, referrer_points=0, friend_points=0)
    referrals.settle_due(at=LATER)
    assert available(referrer, friend9) == [500, 200]
    assert questions.tally(referrer, referral.rules, at=LATER).pending == 0


def test_who_bought_before_is_no_friend(referrer):  # H7
    friend = customers.customer()
    bought(friend, 100, "2026-01-04")

    assert refused(referrer, friend=friend) == "existing_customer"


def test_a_purchase_of_before_that_is_told_of_late_closes_the_referral(referrer):
    referral = brought(referrer)
    bought(referral.friend, 8000, "2026-01-10")
    bought(referral.friend, 100, "2026-01-04")

    assert referrals.settle_due(at=LATER) == 1

    referral.refresh_from_db()
    assert (referral.state, referral.reason, available(referrer)) == ("refused", "existing_customer", [0])


def test_the_sixth_of_a_month_brings_nothing_and_says_why(referrer):  # H8
    made = [brought(referrer) for _ in range(6)]
    for day, referral in enumerate(made, start=10):
        bought(referral.friend, 8000, f"2026-01-{day}")
    seventh = brought(referrer)
    bought(seventh.friend, 8000, "2026-02-01")

    referrals.settle_due(at=LATER)

    rows = Referral.objects.order_by("pk").values_list("state", "referrer_points", "friend_points", "reason")
    assert list(rows[:5]) == [("rewarded", 500, 200, "")] * 5
    assert list(rows[5:]) == [("rewarded", 0, 200, "monthly_limit"), ("rewarded", 500, 200, "")]
    assert available(referrer) == [3000]
    assert questions.tally(referrer, seventh.rules, at=on("2026-01-31")).left_this_month == 0


def test_nobody_brings_themselves_or_who_brought_them(referrer):
    second = brought(referrer).friend
    third = brought(second).friend

    assert refused(referrer, friend=referrer) == "self_referral"
    assert refused(second, friend=referrer) == "referral_circle"
    assert refused(third, friend=referrer) == "referral_circle"


def test_codes_that_nobody_has_and_times_without_a_programme_are_refused(referrer):
    friend, code = customers.customer(), referrals.code_of(referrer).code

    for said, at, why in [
        ("2345-6789", "2026-01-05", "unknown_code"),
        (code, "2025-12-31", "no_referrals"),
        (code, "2126-01-01", "in_the_future"),
    ]:
        with pytest.raises(ReferralRefused) as refusal:
            referrals.attribute(friend, said, at=on(at))
        assert refusal.value.code == why
    found = referrals.attribute(friend, code.lower().replace("-", " "), at=on("2026-01-05"))
    assert found.referrer == referrer


def test_a_customer_has_one_code_and_a_link(referrer):
    code = referrals.code_of(referrer)

    assert referrals.code_of(referrer) == code
    assert referrals.link_of(code) == f"https://shop.example/?friend={code.code}"


def test_points_are_dated_when_the_window_closed_however_late_the_job_is():
    programme(expiry_months=1)
    rules()
    referrer = customers.customer()
    bought(brought(referrer).friend, 8000, "2026-01-10")

    referrals.settle_due(at=on("2026-06-01"))

    assert Lot.objects.get(wallet__customer=referrer).expires_at == on("2026-02-25")


def test_who_shares_a_device_or_a_card_is_looked_at_first(referrer, marketer):
    referrals.note(referrer, {"device": "aa"})
    first = brought(referrer, signals={"device": "aa"})
    second = brought(referrer, signals={"card": "cc", "address": "dd"})
    third = brought(referrer, signals={"card": "cc", "address": "ee"})
    fourth = brought(referrer, signals={"card": "zz"})
    for referral in (first, second, third, fourth):
        bought(referral.friend, 8000, "2026-01-10")

    referrals.settle_due(at=LATER)

    rows = Referral.objects.order_by("pk").values_list("state", "suspicions")
    assert list(rows) == [
        ("review", ["device_of_referrer"]),
        ("review", ["card_of_friend"]),
        ("review", ["card_of_friend"]),
        ("rewarded", []),
    ]
    assert [(each.kind, len(each.customers)) for each in questions.clusters()] == [("card", 2), ("device", 2)]
    assert ReferralSignal.objects.filter(digest__in=["aa", "cc"]).count() == 0
    referrals.approve(first, by=marketer, at=LATER)
    with pytest.raises(ReasonMissing):
        referrals.decline(second, reason=" ", by=marketer)
    referrals.decline(second, reason="one household", by=marketer, at=LATER)
    with pytest.raises(NotWaiting):
        referrals.approve(second, by=marketer)
    assert available(referrer, first.friend, second.friend) == [1000, 200, 0]


def test_signals_are_of_three_kinds(referrer):
    assert refused(referrer, signals={"shoe": "42"}) == "unknown_signal"
    assert refused(referrer, signals={"card": ""}) == "unknown_signal"


def test_a_frozen_wallet_lets_the_reward_wait(referrer):
    referral = brought(referrer)
    bought(referral.friend, 8000, "2026-01-10")
    wallets.freeze(referrer, reason="looked at")

    assert referrals.settle_due(at=LATER) == 0
    wallets.reopen(referrer, reason="all is well")
    assert referrals.settle_due(at=LATER) == 1
    assert available(referrer, referral.friend) == [500, 200]


def test_two_records_of_one_person_bring_each_other_no_more(referrer, manager):
    referral = brought(referrer, signals={"device": "aa"})
    referrals.note(referrer, {"device": "aa"})
    bought(referral.friend, 8000, "2026-01-10")

    merging.merge(referral.friend, into=referrer, by=manager, at=on("2026-01-20"))

    referral.refresh_from_db()
    assert (referral.state, referral.reason, referrals.settle_due(at=LATER)) == ("refused", "self_referral", 0)
    assert ReferralSignal.objects.count() == 1


def test_of_two_records_that_were_brought_the_first_counts(referrer, manager):
    other = customers.customer()
    early, late = brought(other, at="2026-01-03"), brought(referrer, at="2026-01-05")
    code = referrals.code_of(early.friend)
    bought(late.friend, 8000, "2026-01-10")

    merging.merge(early.friend, into=late.friend, by=manager, at=on("2026-01-20"))
    referrals.settle_due(at=LATER)

    late.refresh_from_db()
    assert (late.state, late.reason) == ("refused", "merged")
    assert available(other, referrer) == [500, 0]
    assert ReferralCode.objects.get(pk=code.pk).customer_id == late.friend_id


def test_an_erased_person_brings_nobody_and_leaves_no_traces(referrer, manager):
    referral = brought(referrer, signals={"device": "aa"})
    code = referrals.code_of(referrer).code

    erasure.erase(referral.friend, by=manager)
    erasure.erase(referrer, by=manager)

    referral.refresh_from_db()
    assert (referral.state, referral.reason) == ("refused", "erased")
    assert (ReferralCode.objects.count(), ReferralSignal.objects.count()) == (0, 0)
    with pytest.raises(ReferralRefused):
        referrals.attribute(customers.customer(), code, at=on("2026-01-05"))


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"state": "refused", "reason": "no"}, "decided_referral_has_a_time"),
        ({"state": "review"}, "referral_is_rewarded_for_a_purchase"),
        ({"friend_points": 1}, "only_a_rewarded_referral_gave_points"),
        ({"state": "refused", "decided_at": LATER}, "refused_referral_says_why"),
    ],
)
def test_the_database_too_keeps_a_referral_whole(referrer, change, constraint):
    referral = brought(referrer)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(**change)
    with pytest.raises(IntegrityError, match="nobody_refers_themselves"), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(friend=referrer)
    with pytest.raises(IntegrityError, match="friend_is_referred_once"), transaction.atomic():
        Referral.objects.create(
            rules=referral.rules, referrer=customers.customer(), friend=referral.friend, attributed_at=LATER
        )


@pytest.mark.django_db(transaction=True)
def test_four_settling_at_once_reward_once_and_keep_to_the_limit():
    programme()
    rules(monthly_limit=2)
    referrer = customers.customer()
    for _ in range(4):
        bought(brought(referrer).friend, 8000, "2026-01-10")

    answers = at_once(4, lambda _: referrals.settle_due(at=LATER))
    again = referrals.settle_due(at=LATER)

    assert sum(answers) + again == 4
    assert available(referrer) == [1000]
    assert Referral.objects.filter(reason="monthly_limit").count() == 2
    assert clean()


@pytest.mark.django_db(transaction=True)
def test_four_who_would_close_a_circle_at_once_do_not():
    programme()
    rules()
    people = [customers.customer() for _ in range(4)]
    made = [referrals.code_of(one).code for one in people]

    answers = at_once(4, lambda n: referrals.attribute(people[n], made[n - 1], at=on("2026-01-05")).pk)

    assert answers.count("referral_circle") == 1
    assert Referral.objects.count() == 3

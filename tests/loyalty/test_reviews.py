"""Points that wait until somebody has looked at what they are for."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from customers.actions import timeline
from customers.models import Verb
from loyalty.actions import earning, reviews, rules, wallets
from loyalty.actions.refusals import WalletFrozen
from loyalty.actions.reviews import NotWaiting, ReasonMissing
from loyalty.models import EarningReview, Rule, RuleAward, Transaction
from tests.factories import customers, purchases
from tests.factories.loyalty import buckets, on, programme
from tests.factories.rules import fixed, multiply, rule

pytestmark = pytest.mark.django_db
NOW = on("2026-03-02", "12:00:00")


@pytest.fixture
def customer():
    programme(currency="EUR", expiry_months=12)
    return customers.customer()


@pytest.fixture
def waiting(customer) -> EarningReview:
    """A photo that would bring 20 points."""
    rule(fixed(20, on="photo_shared", review=True, caps=[{"per": "ever", "times": 1}], budget=100), name="Photo")
    rules.earn_for_fact(timeline.record(customer, Verb.PHOTO_SHARED, at=NOW))
    return EarningReview.objects.get()


def test_points_wait_until_somebody_approves_them(waiting, customer, marketer):
    assert buckets(customer) == (0, 0, 0, 0)

    posted = reviews.approve(waiting, by=marketer)

    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by) == ("approved", marketer)
    assert (buckets(customer)[1], posted.effective_at, posted.reason, posted.by) == (20, NOW, "Photo", marketer)
    with pytest.raises(NotWaiting):
        reviews.approve(waiting, by=marketer)
    assert Transaction.objects.count() == 1


def test_declining_gives_nothing_says_why_and_leaves_the_caps_their_room(waiting, customer, marketer):
    with pytest.raises(ReasonMissing):
        reviews.decline(waiting, reason=" ", by=marketer)

    reviews.decline(waiting, reason="Not our tea", by=marketer)

    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason, Rule.objects.get().spent) == ("declined", "Not our tea", 0)
    rules.earn_for_fact(timeline.record(customer, Verb.PHOTO_SHARED, at=NOW + timedelta(days=1)))
    assert EarningReview.objects.filter(state="waiting").count() == 1
    with pytest.raises(NotWaiting):
        reviews.decline(waiting, reason="again", by=marketer)


def test_what_waits_counts_for_the_caps(waiting, customer):
    rules.earn_for_fact(timeline.record(customer, Verb.PHOTO_SHARED, at=NOW))

    assert RuleAward.objects.count() == 1


def test_a_frozen_wallet_lets_it_wait_on(waiting, customer, marketer):
    wallets.freeze(customer, reason="test")

    with pytest.raises(WalletFrozen):
        reviews.approve(waiting, by=marketer)

    waiting.refresh_from_db()
    assert waiting.state == "waiting"


def test_a_bonus_of_a_purchase_may_wait_and_its_returns_lower_it(customer, marketer):
    rule(multiply("2", review=True, lasting={"days": 10}), name="Double")
    receipt = earning.record_purchase(purchases.order(customer, 1_000, 1_000, at=NOW))
    assert (receipt.points, buckets(customer)[1]) == (20, 20)

    purchase = receipt.recorded.purchase
    earning.record_return(purchase, {1: Decimal(1)}, at=NOW + timedelta(days=1))
    assert buckets(customer)[1] == 10
    posted = reviews.approve(EarningReview.objects.get(), by=marketer)
    assert (buckets(customer)[1], posted.lots.get().expires_at) == (20, on("2026-03-13"))
    earning.record_return(purchase, {2: Decimal(1)}, at=NOW + timedelta(days=2))

    assert buckets(customer) == (0, 0, 0, 0)


def test_what_comes_back_altogether_waits_no_longer(customer):
    rule(multiply("2", review=True))
    purchase = earning.record_purchase(purchases.order(customer, 1_000, at=NOW)).recorded.purchase

    earning.cancel_purchase(purchase, at=NOW + timedelta(days=1))

    assert EarningReview.objects.get().state == "withdrawn"
    assert buckets(customer) == (0, 0, 0, 0)


def test_the_database_knows_no_decision_without_a_time_a_person_and_a_reason(waiting):
    for wrong, name in (
        ({"state": "approved"}, "decided_earning_has_a_time"),
        ({"state": "declined", "decided_at": NOW}, "declined_earning_has_a_reason_and_a_person"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            EarningReview.objects.update(**wrong)

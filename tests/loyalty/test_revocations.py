"""What was given for bringing a friend is taken back where the purchase had come back before the window closed."""

from decimal import Decimal

import pytest

from customers.actions import returns
from customers.models import Fact
from loyalty.actions import audit, earning, points, redemptions, referrals, revocations, wallets
from loyalty.models import Referral, Transaction
from loyalty.tasks import settle_referrals
from tests.factories import customers
from tests.factories.loyalty import buckets, on, programme
from tests.factories.purchases import line
from tests.factories.referrals import bought, brought, rules

pytestmark = pytest.mark.django_db
LATER, AFTERWARDS = on("2026-03-01"), on("2026-03-02")


@pytest.fixture
def referral():
    """A friend bought on 10 January; both were rewarded when the window had closed, on the 24th."""
    programme()
    rules()
    made = brought(customers.customer())
    bought(made.friend, 8000, "2026-01-10")
    assert referrals.settle_due(at=LATER) == 1
    return Referral.objects.select_related("purchase").get()


def told_of_late(referral, day):
    earning.record_return(referral.purchase, {1: Decimal(1)}, at=on(day))


def available(referral):
    return [buckets(who)[1] for who in (referral.referrer, referral.friend)]


def test_a_return_within_the_window_that_is_told_of_late_takes_the_rewards_back(referral):
    assert available(referral) == [500, 200]
    told_of_late(referral, "2026-01-23")

    assert revocations.revoke_all(at=AFTERWARDS) == 1
    assert revocations.revoke_all(at=AFTERWARDS) == 0

    referral.refresh_from_db()
    assert (referral.state, referral.referrer_points, referral.purchase, referral.revoked) == ("open", 0, None, 1)
    assert available(referral) == [0, 0]
    told = Fact.objects.get(verb="referral_revoked")
    assert (told.customer, told.about["points"]) == (referral.referrer, 500)
    assert audit.audit().findings == []


def test_what_comes_back_after_the_window_has_closed_changes_nothing(referral):
    told_of_late(referral, "2026-01-24")

    assert revocations.revoke_all(at=AFTERWARDS) == 0
    assert available(referral) == [500, 200]


def test_a_partial_return_matters_where_the_rest_is_worth_too_little():
    programme()
    rules()
    enough, short = (brought(customers.customer()) for _ in range(2))
    lines = (line(5000), line(3000), line(2500))
    purchases = [bought(each.friend, 0, "2026-01-10", lines=lines) for each in (enough, short)]
    referrals.settle_due(at=LATER)
    returns.record(purchases[0], {2: Decimal(1)}, at=on("2026-01-20"))
    returns.record(purchases[1], {1: Decimal(1), 3: Decimal(1)}, at=on("2026-01-20"))

    assert revocations.revoke_all(at=AFTERWARDS) == 1
    short.refresh_from_db()
    assert short.state == "open"


def test_a_cancellation_within_the_window_counts_like_a_return(referral):
    earning.cancel_purchase(referral.purchase, at=on("2026-01-20"))

    assert revocations.revoke_all(at=AFTERWARDS) == 1
    assert available(referral) == [0, 0]


def test_the_next_purchase_brings_the_one_reward_after_all_and_never_two(referral):
    told_of_late(referral, "2026-01-20")
    bought(referral.friend, 9000, "2026-02-01")

    settle_referrals()
    settle_referrals()

    referral.refresh_from_db()
    assert (referral.state, referral.revoked, available(referral)) == ("rewarded", 1, [500, 200])
    keys = Transaction.objects.filter(natural_key__startswith="referral:", kind="grant").count()
    assert keys == 4  # two that were taken back, two that stand


def test_points_that_are_spent_become_debt_as_the_programme_says_and_a_closed_wallet_owes_nothing(referral):
    redemptions.redeem(referral.referrer, 500, at=LATER)
    wallets.close(referral.friend, reason="left", at=LATER)
    told_of_late(referral, "2026-01-20")

    revocations.revoke_all(at=AFTERWARDS)

    assert buckets(referral.referrer) == (0, 0, 0, 500)
    assert buckets(referral.friend) == (0, 0, 0, 0)
    assert audit.audit().findings == []


def test_one_that_waits_to_be_looked_at_waits_no_more():
    programme()
    rules(review="all")
    made = brought(customers.customer())
    purchase = bought(made.friend, 8000, "2026-01-10")
    referrals.settle_due(at=LATER)
    earning.record_return(purchase, {1: Decimal(1)}, at=on("2026-01-20"))

    assert revocations.revoke_all(at=AFTERWARDS) == 1

    made.refresh_from_db()
    assert (made.state, made.revoked) == ("open", 0)
    points.grant(made.friend, 1, reason="still open", at=AFTERWARDS)

"""Rewards whose points are settled with a cause or a partner."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from loyalty.actions import audit, claims, points, rewards
from loyalty.actions.claims import NotReversible
from loyalty.actions.partners import PartnerRefused
from loyalty.actions.rewards import RewardUnfit
from loyalty.models import PartnerEntry, Reward
from loyalty.queries import books, causes
from loyalty.queries import partners as partner_queries
from tests.factories import customers
from tests.factories.loyalty import buckets, cause, on, partner, programme, reward

pytestmark = pytest.mark.django_db
AT = on("2026-03-02", "10:00:00")


@pytest.fixture
def customer():
    programme()
    made = customers.customer()
    points.grant(made, 500, reason="start", at=on("2026-01-01"))
    return made


def test_a_donation_to_a_cause_is_payable_with_its_other_gifts(customer):
    trees = cause()
    donation = reward("plant", kind="donation", points=200, amount=400, match_percent=100, cause=trees)

    claim = claims.take(customer, donation, at=AT)

    [payable] = causes.payable(donation.programme)
    assert (payable.cause, payable.points, payable.value, payable.match, payable.total) == (trees, 200, 400, 400, 800)
    assert claim.donated == 800
    assert books.overview(donation.programme).charity == 200
    with pytest.raises(NotReversible):
        claims.cancel(claim, reason="no", at=AT)
    with pytest.raises(RewardUnfit) as refusal:
        rewards.issue(donation, to=customer, reason="thanks", key="k")
    assert refusal.value.code == "donation_costs_points"
    assert audit.audit().findings == []


def test_a_partners_reward_is_on_its_statement_at_the_rate_of_the_day_and_off_it_when_it_is_cancelled(customer):
    bakery = partner()
    loaf = reward("loaf", kind="partner", points=90, worth="product", product="LOAF", partner=bakery)

    claim = claims.take(customer, loaf, at=AT)
    entry = PartnerEntry.objects.get()
    assert (entry.kind, entry.points, entry.money) == ("redemption", 90, -81)
    claims.cancel(claim, reason="closed today", at=AT)

    entries = PartnerEntry.objects.order_by("pk")
    assert [(each.kind, each.points, each.money) for each in entries] == [
        ("redemption", 90, -81),
        ("refund", 90, 81),
    ]
    shown = partner_queries.sheet(bakery, PartnerEntry.objects.all(), bakery.packs.all(), on("2026-01-01"))
    assert (shown.balances, shown.total) == (True, 0)
    assert buckets(customer) == (0, 500, 0, 0)
    assert audit.audit().findings == []


def test_a_partners_reward_is_refused_where_nothing_is_agreed(customer):
    bakery = partner(rates=False)
    loaf = reward("loaf", kind="partner", points=90, worth="product", product="LOAF", partner=bakery)

    with pytest.raises(PartnerRefused) as refusal:
        claims.take(customer, loaf, at=AT)

    assert refusal.value.code == "no_rate"
    assert buckets(customer) == (0, 500, 0, 0)


def test_only_what_costs_points_is_settled_with_a_cause_or_a_partner(customer):
    for fields in ({"kind": "donation", "cause": cause()}, {"kind": "partner", "partner": partner()}):
        for wrong in ({"points": 0}, {"kind": "product"}):
            with pytest.raises(ValidationError, match="only_a"):
                reward(**{"points": 10, "worth": "amount", "amount": 5} | fields | wrong)


def test_marketing_ties_a_reward_to_its_partner(marketer_client, customer):
    bakery = partner()
    form = {"name": "Loaf", "code": "loaf", "kind": "partner", "listed": "on", "points": "90", "worth": "product"}
    form |= {"product": "LOAF", "uses": "1", "unused": "keep", "match_percent": "0", "partner": bakery.pk}
    url = reverse("admin:reward_new")

    answer = marketer_client.post(url, form | {"points": "0"})
    assert "settled in points costs some" in answer.content.decode()
    marketer_client.post(url, form)
    made = Reward.objects.get()
    assert (made.partner, made.party) == (bakery, "Corner bakery")
    shown = marketer_client.get(reverse("admin:reward", args=[made.pk])).content.decode()
    assert "on its statement at the rate of the day" in shown

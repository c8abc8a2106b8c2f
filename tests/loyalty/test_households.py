"""Households share a wallet: lots keep their dates on the way in and out."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from loyalty.actions import audit, erasure, households, merging, points, redemptions, wallets
from loyalty.actions.households import HouseholdRefused
from loyalty.actions.refusals import InsufficientPoints, WalletFrozen
from loyalty.models import Contribution, Household, HouseholdMember, Lot
from loyalty.queries.households import of_customer, shared
from tests.factories.customers import customer as make
from tests.factories.integrations import Caller, codes
from tests.factories.loyalty import buckets, on, programme

pytestmark = pytest.mark.django_db
JANUARY = on("2026-01-01")


@pytest.fixture
def home():
    """Ada keeps it, Ben puts half of what he earns into it."""
    programme()
    ada, ben = make(number="A", name="Ada"), make(number="B", name="Ben")
    points.grant(ben, 70, reason="before", at=on("2025-12-01"))
    household = households.found(ada, at=JANUARY)
    return ada, ben, households.join(household, ben, share=50, at=JANUARY)


def refused(act, *arguments, **options):
    with pytest.raises(HouseholdRefused) as refusal:
        act(*arguments, **options)
    return refusal.value.code


def test_a_share_of_each_lot_goes_in_once_and_keeps_its_dates(home):
    ada, ben, member = home
    points.grant(ben, 101, reason="lot", at=on("2026-01-02"), expires_at=on("2026-06-30"))

    assert households.contribute(member, at=on("2026-01-03")) == 50
    assert households.contribute(member, at=on("2026-01-04")) == 0
    assert households.contribute_all(at=on("2026-01-04")) == 0

    assert (buckets(ada), buckets(ben)) == ((0, 50, 0, 0), (0, 121, 0, 0))
    lot = Lot.objects.get(wallet__customer=ada)
    assert (lot.earned_at, lot.expires_at) == (on("2026-01-02"), on("2026-06-30"))
    assert shared(member.household).members[0].contributed == 50


def test_what_is_pending_is_contributed_when_it_is_available(home):
    ada, _ben, member = home
    points.earn(member.customer, 100, at=on("2026-01-02"), activates_at=on("2026-01-16"))

    assert households.contribute_all(at=on("2026-01-15")) == 0
    assert households.contribute_all(at=on("2026-01-16")) == 50
    assert buckets(ada) == (0, 50, 0, 0)


def test_who_leaves_takes_what_is_left_of_the_own_contributions(home):
    ada, ben, member = home
    points.grant(ada, 30, reason="own", at=on("2026-01-02"))
    points.grant(ben, 100, reason="lot", at=on("2026-01-02"), expires_at=on("2026-06-30"))
    households.contribute(member, at=on("2026-01-03"))
    households.redeem(member, 20, key="k", at=on("2026-01-04"))
    households.redeem(member, 20, key="k", at=on("2026-01-04"))

    households.leave(member, at=on("2026-01-05"))

    assert (buckets(ada), buckets(ben)) == ((0, 30, 0, 0), (0, 150, 0, 0))
    assert list(Contribution.objects.order_by("pk").values_list("points", flat=True)) == [50, -30]
    assert Lot.objects.filter(wallet__customer=ben, expires_at=on("2026-06-30"), available=30).exists()
    assert refused(households.leave, member) == "not_a_member"
    assert refused(households.redeem, member, 1) == "not_a_member"
    assert audit.audit().findings == []


def test_everybody_is_in_one_household(home):
    ada, ben, member = home
    cleo = make()

    assert refused(households.found, ben) == "in_a_household"
    assert refused(households.found, ada) == "in_a_household"
    other = households.found(cleo)
    assert refused(households.join, other, ben) == "in_a_household"
    assert refused(households.join, other, ada) == "in_a_household"
    assert refused(households.join, other, make(), share=101) == "not_a_share"
    with pytest.raises(IntegrityError, match="customer_is_in_one_household"), transaction.atomic():
        HouseholdMember.objects.create(household=other, programme=other.programme, customer=ben, joined_at=JANUARY)
    households.end(other)
    assert refused(households.join, other, make()) == "household_ended"
    assert of_customer(ben, member.programme) == of_customer(ada, member.programme) == member.household


def test_members_spend_if_they_may_and_only_what_is_there(home):
    ada, _ben, member = home
    child = households.join(member.household, make(), share=0, may_spend=False)
    points.grant(ada, 30, reason="own")

    assert refused(households.redeem, child, 1) == "may_not_spend"
    with pytest.raises(InsufficientPoints):
        households.redeem(member, 31)
    spent = households.redeem(member, 30)
    assert (spent.meta, buckets(ada)) == ({"spent_by": member.customer_id}, (0, 0, 0, 0))


def test_a_frozen_wallet_neither_takes_nor_gives(home):
    ada, ben, member = home
    points.grant(ben, 100, reason="lot", at=on("2026-01-02"))
    wallets.freeze(ada, reason="says it was not her")

    assert households.contribute(member) == 0
    with pytest.raises(WalletFrozen):
        households.leave(member)
    assert buckets(ben) == (0, 170, 0, 0)


def test_a_merge_and_an_erasure_let_people_leave_first(home, manager):
    ada, ben, member = home
    points.grant(ben, 100, reason="lot", at=on("2026-01-02"))
    households.contribute(member, at=on("2026-01-03"))

    merging.merge(ben, into=make(), by=manager)
    member.refresh_from_db()
    assert (bool(member.left_at), buckets(ada)) == (True, (0, 0, 0, 0))

    cleo = make()
    second = households.join(member.household, cleo, at=JANUARY)
    points.grant(cleo, 10, reason="lot", at=on("2026-01-02"))
    households.contribute(second, at=on("2026-01-03"))
    erasure.erase(ada, by=manager)

    assert buckets(cleo) == (0, 10, 0, 0)
    assert Household.objects.get().ended_at
    assert audit.audit().findings == []


def test_a_refund_of_what_the_household_spent_can_still_be_taken_along(home):
    ada, ben, member = home
    points.grant(ben, 100, reason="lot", at=on("2026-01-02"))
    households.contribute(member, at=on("2026-01-03"))
    spent = households.redeem(member, 50, at=on("2026-01-04"))
    redemptions.reverse(spent, reason="cancelled", at=on("2026-01-05"))

    households.leave(member, at=on("2026-01-06"))

    assert (buckets(ada), buckets(ben)) == ((0, 0, 0, 0), (0, 170, 0, 0))


# --- the pages and the API


def test_marketing_founds_joins_and_lets_leave(marketer_client):
    programme()
    make(number="A", name="Ada"), make(number="B", name="Ben")

    answer = marketer_client.post(reverse("admin:households"), {"number": "A"}, follow=True)
    there = answer.redirect_chain[-1][0]
    marketer_client.post(there, {"number": "B", "share": 40, "may_spend": "on"})
    assert "There is no customer" in marketer_client.post(there, {"number": "Z", "share": 1}).content.decode()
    assert "in a household already" in marketer_client.post(there, {"number": "B", "share": 1}).content.decode()
    member = HouseholdMember.objects.get()
    marketer_client.post(reverse("admin:leave_household", args=[member.pk]))

    member.refresh_from_db()
    assert (member.share, member.may_spend, bool(member.left_at)) == (40, True, True)


def test_support_sees_households_and_the_intern_does_not(agent_client, intern_client, home):
    _ada, ben, member = home
    address = reverse("admin:household", args=[member.household_id])

    assert "Ben" in agent_client.get(address).content.decode()
    assert "Collects in the household" in agent_client.get(reverse("admin:customer", args=[ben.pk])).content.decode()
    assert agent_client.post(address, {"number": "A", "share": 1}).status_code == 200
    assert HouseholdMember.objects.count() == 1
    assert intern_client.get(address).status_code == 403
    assert agent_client.post(reverse("admin:leave_household", args=[member.pk])).status_code == 403


def test_the_list_costs_the_same_for_one_and_three(agent_client, home, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(40) as seen:
            agent_client.get(reverse("admin:households"))
        return len(seen)

    queries()
    one = queries()
    for _ in range(2):
        households.found(make())

    assert queries() == one


def test_a_household_over_the_api(home):
    ada, _ben, _member = home
    points.grant(ada, 30, reason="own")
    shop = Caller()

    told = shop.get("/api/v1/customers/B/household/").json()
    spent = shop.send("/api/v1/customers/B/household-redemptions/", {"points": 20})
    more = shop.send("/api/v1/customers/B/household-redemptions/", {"points": 20})

    assert (told["keeper"], told["available"]) == ("A", 30)
    assert told["members"] == [{"customer": "B", "share": 50, "may_spend": True, "contributed": 0}]
    assert (spent.status_code, codes(more)) == (201, ["insufficient_points"])
    make(number="C")
    assert shop.get("/api/v1/customers/C/household/").status_code == 404
    assert shop.send("/api/v1/customers/A/household-redemptions/", {"points": 1}).status_code == 404

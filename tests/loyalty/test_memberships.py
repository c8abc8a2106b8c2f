"""Paid memberships: half-open periods that never overlap, refunds to the unit, reminders, floors, early access."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from customers.models import Fact, Verb
from loyalty.actions import erasure, memberships, merging, points, programmes, standings
from loyalty.actions.memberships import MembershipRefused, MembershipsOverlap
from loyalty.actions.refusals import IdempotencyConflict
from loyalty.models import EarlyAccess, Membership, Plan, Standing, TierChange, TierFloor
from loyalty.queries.memberships import access, accesses, membership_at
from tests.factories.customers import customer as make
from tests.factories.loyalty import on, plan, programme, tier_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    programme()
    return make(name="Ada")


@pytest.fixture
def vip(ada):
    return plan()


def told(*verbs):
    return [(fact.verb, fact.about) for fact in Fact.objects.filter(verb__in=verbs).order_by("pk")]


def test_i7_a_period_is_half_open(ada, vip):
    made = memberships.start(ada, vip, at=on("2026-01-15"))

    assert (made.starts_at, made.ends_at) == (on("2026-01-15"), on("2027-01-15"))
    assert membership_at(ada, on("2026-01-14", "23:59:59")) is None
    assert membership_at(ada, on("2027-01-14")) == made
    assert membership_at(ada, on("2027-01-15")) is None


def test_i7_periods_never_overlap_and_the_database_knows(ada, vip):
    memberships.start(ada, vip, at=on("2026-01-15"))

    with pytest.raises(MembershipsOverlap):
        memberships.start(ada, vip, at=on("2027-01-14"))
    begin, end = on("2027-01-14"), on("2028-01-14")
    other = Membership(plan=vip, customer=ada, starts_at=begin, ends_at=end, paid_until=end, price=1, currency="EUR")
    with pytest.raises(IntegrityError, match="memberships_of_a_customer_never_overlap"), transaction.atomic():
        other.save()
    memberships.start(ada, vip, at=on("2027-01-15"))
    memberships.start(make(), vip, at=on("2026-06-01"))

    assert Membership.objects.count() == 3


def test_an_overlap_names_days_of_the_programmes_zone(ada):
    programme(zone="Asia/Seoul")
    vip = plan()
    memberships.start(ada, vip, at=on("2026-01-14", "15:00:00"))

    with pytest.raises(MembershipsOverlap, match="from 2026-01-15 until 2027-01-15"):
        memberships.start(ada, vip, at=on("2026-06-01"))


def test_a_period_ends_on_the_last_day_of_a_shorter_month_in_the_programmes_zone(ada):
    programme(zone="Europe/Berlin")
    monthly = plan(months=1)

    made = memberships.start(ada, monthly, at=on("2026-01-30", "23:30:00"))  # the 31st in Berlin

    assert made.ends_at == on("2026-02-27", "23:30:00")  # the 28th in Berlin


def test_a_membership_is_told_with_what_it_cost(ada, vip, agent):
    made = memberships.start(ada, vip, at=on("2026-01-15"), price=5000, by=agent)

    [(_, about)] = told(Verb.MEMBERSHIP_STARTED)
    assert (made.price, about["amount"], about["currency"], about["plan"]) == (5000, 5000, "EUR", "vip")
    assert made.by == agent


def test_the_same_key_sells_once(ada, vip):
    first = memberships.start(ada, vip, at=on("2026-01-15"), key="k")

    assert memberships.start(ada, vip, at=on("2026-01-15"), key="k") == first
    with pytest.raises(IdempotencyConflict):
        memberships.start(make(), vip, at=on("2026-01-15"), key="k")
    assert len(told(Verb.MEMBERSHIP_STARTED)) == 1


def test_what_is_not_on_sale_is_not_sold_and_can_still_be_renewed(ada, vip):
    made = memberships.start(ada, vip, at=on("2026-01-15"))
    Plan.objects.update(on_sale=False)

    with pytest.raises(MembershipRefused) as refusal:
        memberships.start(make(), Plan.objects.get(), at=on("2026-01-15"))

    assert refusal.value.code == "not_on_sale"
    assert memberships.renew(made, at=on("2026-12-01")).starts_at == on("2027-01-15")


def test_a_renewal_follows_without_a_gap_at_the_price_of_today(ada, vip):
    made = memberships.start(ada, vip, at=on("2026-01-15"))
    Plan.objects.update(price=7000)

    renewal = memberships.renew(made, at=on("2026-12-20"), key="again")

    assert (renewal.starts_at, renewal.ends_at, renewal.price) == (on("2027-01-15"), on("2028-01-15"), 7000)
    assert memberships.renew(made, at=on("2026-12-21"), key="again") == renewal
    with pytest.raises(MembershipRefused) as refusal:
        memberships.renew(made, at=on("2026-12-21"))
    assert refusal.value.code == "renewed_already"


def test_within_its_grace_a_membership_holds_and_can_be_renewed_from_its_end(ada):
    made = memberships.start(ada, plan(grace_days=14), at=on("2026-01-15"))

    assert membership_at(ada, on("2027-01-28", "23:59:59")) == made
    assert membership_at(ada, on("2027-01-29")) is None
    with pytest.raises(MembershipRefused) as refusal:
        memberships.renew(made, at=on("2027-01-29"))
    assert refusal.value.code == "membership_over"
    assert memberships.renew(made, at=on("2027-01-28")).starts_at == on("2027-01-15")


@pytest.mark.parametrize(
    ("at", "price", "refund"),
    [
        (("2026-01-14", "00:00:00"), 6000, 6000),  # not begun
        (("2026-01-15", "00:00:00"), 6000, 6000),
        (("2026-01-15", "00:00:01"), 6000, 5983),  # 364 of 365 days: 5983.56
        (("2026-07-16", "12:00:00"), 6000, 2991),  # 182 of 365 days: 2991.78
        (("2027-01-13", "00:00:00"), 6000, 16),
        (("2027-01-14", "00:00:00"), 6000, 0),
        (("2026-07-16", "12:00:00"), 10**15 + 1, 498_630_136_986_301),
    ],
)
def test_a_refund_is_exact(ada, vip, at, price, refund):
    made = memberships.start(ada, vip, at=on("2026-01-15"), price=price)

    cancelled = memberships.cancel(made, at=on(*at))

    assert cancelled.refund == refund
    assert told(Verb.MEMBERSHIP_CANCELLED)[0][1]["amount"] == refund
    assert membership_at(ada, max(on(*at), on("2026-01-15"))) is None


def test_a_plan_without_refunds_pays_nothing_back(ada):
    made = memberships.start(ada, plan(refunds=False), at=on("2026-01-15"))

    assert memberships.cancel(made, at=on("2026-02-01")).refund == 0


def test_what_is_over_is_not_cancelled_nor_twice(ada, vip):
    made = memberships.start(ada, vip, at=on("2026-01-15"))

    with pytest.raises(MembershipRefused) as over:
        memberships.cancel(made, at=on("2027-01-15"))
    memberships.cancel(made, at=on("2026-02-01"))
    with pytest.raises(MembershipRefused) as twice:
        memberships.cancel(made, at=on("2026-02-02"))
    with pytest.raises(MembershipRefused) as renewed:
        memberships.renew(made, at=on("2026-02-02"))

    assert [refusal.value.code for refusal in (over, twice, renewed)] == [
        "membership_over", "cancelled_already", "membership_cancelled",
    ]  # fmt: skip
    memberships.start(ada, vip, at=on("2026-02-02"))


@pytest.mark.parametrize("end", ["over", "cancelled"])
def test_g9_a_membership_holds_a_tier_and_lets_go_of_it_the_same_day(ada, end):
    tier_table(grace_days=90, lowering="review")
    points.earn(ada, 1200, at=on("2026-01-15"))
    made = memberships.start(ada, plan(tier="gold"), at=on("2026-01-16"))
    assert Standing.objects.get().tier == "gold"

    if end == "cancelled":
        memberships.cancel(made, at=on("2026-03-01", "12:00:00"))
    else:
        assert standings.settle_ended(at=on("2027-01-15", "23:59:59")) == 0
        assert standings.settle_ended(at=on("2027-01-16")) == 1
        assert standings.settle_ended(at=on("2027-01-16", "01:00:00")) == 0

    assert Standing.objects.get().tier == "silver"
    assert list(TierChange.objects.order_by("pk").values_list("tier", "why"))[-2:] == [
        ("gold", "floor"), ("silver", "ended"),
    ]  # fmt: skip


def test_reminders_and_ends_are_told_once_however_often_the_job_runs(ada, vip):
    memberships.start(ada, vip, at=on("2026-01-15"))
    renewed = memberships.start(make(), vip, at=on("2026-01-15"))
    memberships.renew(renewed, at=on("2026-12-01"))
    cancelled = memberships.start(make(), vip, at=on("2026-01-15"))
    memberships.cancel(cancelled, at=on("2026-12-01"))

    days = [on("2026-12-16") - timedelta(seconds=1), on("2026-12-16"), on("2026-12-20"), on("2027-01-08")]
    days += [on("2027-01-14"), on("2027-01-15"), on("2027-01-20")]
    seen = [memberships.tell_what_is_due(at=day) for day in days]

    assert seen == [0, 1, 0, 1, 0, 1, 0]
    assert [(verb, about.get("days")) for verb, about in told(Verb.MEMBERSHIP_ENDING, Verb.MEMBERSHIP_ENDED)] == [
        ("membership_ending", 30), ("membership_ending", 7), ("membership_ended", None),
    ]  # fmt: skip


def test_a_job_that_was_off_for_weeks_does_not_remind_of_what_is_nearly_over(ada, vip):
    memberships.start(ada, vip, at=on("2026-01-15"))

    assert memberships.tell_what_is_due(at=on("2027-01-10")) == 1  # of the 7 days, not of the 30 as well


@pytest.mark.django_db(transaction=True)
def test_two_who_sell_at_once_sell_one():
    programme()
    ada, vip, seen = make(), plan(), []

    def sell():
        try:
            memberships.start(ada, vip, at=on("2026-01-15"))
            seen.append("sold")
        except MembershipsOverlap:
            seen.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=sell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(seen) == ["refused"] * 3 + ["sold"]


def test_a_merge_moves_memberships_and_pays_back_the_one_that_is_double(ada, vip):
    bea, cleo = make(), make()
    memberships.start(ada, vip, at=on("2026-01-15"))
    memberships.start(bea, vip, at=on("2026-02-01"))

    merging.merge(ada, into=cleo, at=on("2026-03-01"))
    merging.merge(bea, into=cleo, at=on("2026-03-01"))

    assert membership_at(cleo, on("2026-04-01")).starts_at == on("2026-01-15")
    double = Membership.objects.get(status="cancelled")
    assert (double.customer, double.refund) == (bea, 5523)  # 336 of 365 days: 5523.28


def test_a_forgotten_person_is_no_member(ada):
    tier_table()
    made = memberships.start(ada, plan(tier="gold"), at=on("2026-01-15"))
    memberships.renew(made, at=on("2026-02-01"))

    erasure.erase(ada, at=on("2026-03-01"))

    assert membership_at(ada, on("2026-04-01")) is None
    assert membership_at(ada, on("2027-04-01")) is None
    assert not TierFloor.objects.filter(ends_at__gt=on("2027-01-15")).exists()
    assert not Standing.objects.exists()


# --- early access


@pytest.fixture
def sale(vip):
    made = EarlyAccess.objects.create(
        code="winter", name="Winter teas", opens_at=on("2026-11-01"), public_at=on("2026-11-08"), tier="gold",
        closes_at=on("2026-12-01"),
    )  # fmt: skip
    made.plans.add(vip)
    return made


def may(one, day, time="00:00:00"):
    found = access("winter", number=getattr(one, "number", ""), at=on(day, time))
    return found.open, found.because


def test_members_and_high_tiers_see_it_first_and_then_all(ada, vip, sale):
    tier_table()
    bea, cleo = make(), make()
    memberships.start(ada, vip, at=on("2026-01-15"))
    for one, amount in ((bea, 3000), (cleo, 2999)):
        points.earn(one, amount, at=on("2026-10-01"))
    standings.settle_all(programmes.main(fresh=True), at=on("2026-10-01"))

    assert [may(one, "2026-10-31", "23:59:59") for one in (ada, bea)] == [(False, "not_yet")] * 2
    assert may(ada, "2026-11-01") == (True, "membership")
    assert may(bea, "2026-11-01") == (True, "tier")
    assert [may(one, "2026-11-07", "23:59:59") for one in (cleo, None)] == [(False, "not_theirs")] * 2
    assert [may(one, "2026-11-08") for one in (cleo, None)] == [(True, "public")] * 2
    assert may(ada, "2026-12-01") == (False, "closed")


def test_a_membership_that_is_over_opens_nothing(ada, vip, sale):
    memberships.start(ada, vip, at=on("2025-11-05"))

    assert may(ada, "2026-11-04") == (True, "membership")
    assert may(ada, "2026-11-05") == (False, "not_theirs")


def test_it_is_asked_by_one_query_and_all_of_them_by_one(ada, vip, sale, django_assert_num_queries):
    EarlyAccess.objects.create(code="spring", name="Spring teas", opens_at=on("2027-03-01"))
    memberships.start(ada, vip, at=on("2026-01-15"))

    with django_assert_num_queries(1):
        assert access("winter", number=ada.number, at=on("2026-11-02")).open
    with django_assert_num_queries(1):
        found = accesses(number=ada.number, at=on("2026-11-02"))

    assert [(each.code, each.open) for each in found] == [("winter", True), ("spring", False)]
    assert access("nothing") is None


def test_who_was_merged_sees_what_the_one_who_is_left_sees(ada, vip, sale):
    bea = make()
    memberships.start(ada, vip, at=on("2026-01-15"))

    merging.merge(ada, into=bea, at=on("2026-02-01"))

    assert may(ada, "2026-11-02") == may(bea, "2026-11-02") == (True, "membership")

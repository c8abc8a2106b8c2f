"""Points whose expiry begins again with what a customer does."""

import pytest

from customers.actions import timeline
from customers.models import Fact, Verb
from loyalty import queries
from loyalty.actions import audit, earning, notices, points, redemptions, settlement, sliding
from loyalty.actions.audit import CHECKS
from loyalty.models import Lot
from loyalty.queries import expiries
from tests.factories import customers, purchases
from tests.factories.loyalty import on, programme
from tests.factories.rules import fixed, rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    programme(expiry_months=6, expiry_activities="visited,points_spent")
    return customers.customer()


def tell(customer, verb, day):
    """Something that a customer did, heard by loyalty."""
    fact = timeline.record(customer, verb, at=on(day))
    earning.react([fact])
    return fact


def ends(customer):
    return [(each.at, each.points) for each in queries.next_expiries(customer, at=on("2026-01-01"))]


def test_a_chosen_activity_moves_all_open_points_and_no_other_does(customer):
    points.grant(customer, 10, reason="lot", at=on("2026-01-10"))
    points.earn(customer, 5, at=on("2026-02-10"), activates_at=on("2026-12-01"), expires_at=on("2027-01-01"))
    points.earn(customer, 7, at=on("2026-02-10"), activates_at=on("2026-03-01"))
    assert ends(customer) == [(on("2026-07-11"), 10), (on("2026-08-11"), 7), (on("2027-01-01"), 5)]

    tell(customer, Verb.EMAIL_OPENED, "2026-06-30")
    assert ends(customer)[0] == (on("2026-07-11"), 10)
    tell(customer, Verb.VISITED, "2026-07-10")
    assert ends(customer) == [(on("2027-01-01"), 5), (on("2027-01-11"), 17)]

    tell(customer, Verb.VISITED, "2026-03-10")  # told of late
    assert ends(customer)[1] == (on("2027-01-11"), 17)
    assert [audit._rows(sql) for sql in CHECKS.values()] == [[]] * len(CHECKS)


def test_what_had_expired_stays_expired_also_between_two_activities_told_of_together(customer):
    points.grant(customer, 10, reason="lot", at=on("2026-01-10"))
    visits = [
        timeline.record(customer, Verb.VISITED, at=on(day)) for day in ("2026-07-01", "2026-12-20", "2027-08-01")
    ]

    earning.react(visits)

    assert queries.balance(customer, at=on("2027-08-01")) == queries.Balance()
    expired = Fact.objects.get(verb=Verb.POINTS_EXPIRED)
    assert expired.at == on("2027-06-21")


def test_points_that_are_held_move_too(customer):
    points.grant(customer, 10, reason="lot", at=on("2026-01-10"))
    held = redemptions.hold(customer, 10, at=on("2026-07-01"))

    tell(customer, Verb.VISITED, "2026-07-10")
    redemptions.void(held, at=on("2026-08-01"))

    assert queries.balance(customer, at=on("2026-08-01")).available == 10


def test_points_that_are_held_past_their_date_move_no_more(customer):
    points.grant(customer, 10, reason="lot", at=on("2026-01-10"))
    held = redemptions.hold(customer, 10, at=on("2026-07-01"))

    tell(customer, Verb.VISITED, "2026-07-11")
    redemptions.void(held, at=on("2026-08-01"))

    assert queries.balance(customer, at=on("2026-08-01")) == queries.Balance()


def test_points_of_a_rule_with_dates_of_its_own_stay_and_one_may_slide_by_other_months():
    programme(expiry_months=6, expiry_activities="visited", currency="EUR")
    rule(fixed(3, lasting={"days": 30}), name="Quick")
    rule(fixed(4, lasting={"months": 12, "slides": True}), name="Slow")
    customer = customers.customer()
    receipt = earning.record_purchase(purchases.order(customer, 1000, at=on("2026-01-10")))
    assert receipt.points == 17

    tell(customer, Verb.VISITED, "2026-02-01")

    assert ends(customer) == [(on("2026-02-10"), 3), (on("2026-08-02"), 10), (on("2027-02-02"), 4)]
    lots = list(Lot.objects.select_related("origin").order_by("granted"))
    assert list(expiries.reasons(lots, programme_of(customer)).values()) == [
        "30 days after they were earned, by the rule Quick",
        "12 months after the last activity, by the rule Slow: that was on 1 Feb 2026",
        "6 months after the last activity: that was on 1 Feb 2026",
    ]


def programme_of(customer):
    return customer.wallets.get().programme


def test_a_purchase_is_an_activity_where_it_is_chosen_and_spending_is(customer):
    programme(expiry_months=6, expiry_activities="bought,points_spent", currency="EUR")
    points.grant(customer, 100, reason="lot", at=on("2026-01-10"))
    earning.record_purchase(purchases.order(customer, 50, at=on("2026-07-01")))
    earning.react(list(Fact.objects.filter(verb=Verb.BOUGHT)))
    assert ends(customer) == [(on("2027-01-02"), 100)]

    redemptions.redeem(customer, 1, at=on("2026-08-01"))
    earning.react(list(Fact.objects.filter(verb=Verb.POINTS_SPENT)))
    assert ends(customer) == [(on("2027-02-02"), 99)]


def test_it_is_told_again_when_the_moved_date_comes_near(customer):
    points.grant(customer, 10, reason="lot", at=on("2026-01-10"))
    assert notices.tell_of_expiry(at=on("2026-06-20")) == 1
    tell(customer, Verb.VISITED, "2026-06-21")
    assert notices.tell_of_expiry(at=on("2026-06-22")) == 0
    assert notices.tell_of_expiry(at=on("2026-12-01")) == 1
    assert settlement.settle_due(at=on("2026-12-21")) == 0
    assert settlement.settle_due(at=on("2026-12-22")) == 1


def test_many_customers_take_as_many_queries_as_one(customer, django_assert_max_num_queries):
    def lived(many):
        visits = []
        for _ in range(many):
            made = customers.customer()
            points.grant(made, 10, reason="lot", at=on("2026-01-10"))
            visits.append(timeline.record(made, Verb.VISITED, at=on("2026-02-01")))
        with django_assert_max_num_queries(30) as seen:
            sliding.slide(visits)
        return len(seen)

    assert lived(1) == lived(3)

"""Who is taken into a sequence, how often, and when its steps are due then."""

import datetime as dt

import pytest

from communications.actions import enrolments
from communications.actions.enrolments import EnrolmentRefused, Entry
from communications.models import Enrolment, Touchpoint
from customers.actions import segments
from tests.factories import calendars, customers
from tests.factories import plans as made

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)


def dues(enrolment: Enrolment) -> dict[str, str]:
    found = Touchpoint.objects.filter(enrolment=enrolment)
    return {one.step_key: f"{one.due_at:%m-%d %H:%M}" if one.state == "planned" else one.reason for one in found}


def test_each_step_is_due_on_the_customers_own_clock():
    office = calendars.calendar(zone="Europe/Berlin")
    at_ten = dt.time(10)
    plan = made.sequence(
        made.letter("first"),
        made.letter("third", amount=3),
        made.letter("seventh", amount=7),
        made.call(amount=5, unit="business_days", time=at_ten),
        calendar_id=office.pk,
        at=AT,
    )

    enrolment = enrolments.enrol(plan, made.consenting(), anchor=AT, key="order:1", at=AT)

    assert dues(enrolment) == {
        "first": "06-01 09:00",
        "third": "06-04 09:00",
        "seventh": "06-08 09:00",
        "call": "06-08 08:00",
    }


def test_the_same_anchor_takes_nobody_in_twice():
    plan, kim = made.sequence(at=AT), made.consenting()

    first = enrolments.enrol(plan, kim, anchor=AT, key="order:1", at=AT)
    again = enrolments.enrol(plan, kim, anchor=AT, key="order:1", at=AT)
    other = enrolments.enrol(plan, kim, anchor=AT, key="order:2", at=AT)

    assert first == again != other
    assert Touchpoint.objects.count() == 2


@pytest.mark.parametrize(
    ("reentry", "ended", "code"),
    [("alone", False, "already_active"), ("alone", True, ""), ("once", True, "once_only"), ("each", False, "")],
)
def test_a_plan_says_how_often_it_may_begin(reentry, ended, code):
    plan, kim = made.sequence(made.letter(amount=3), at=AT, reentry=reentry), made.consenting()
    first = enrolments.enrol(plan, kim, anchor=AT, key="order:1", at=AT)
    if ended:
        first = enrolments.leave(first, at=AT)
        assert (first.state, first.reason, dues(first)) == ("exited", "taken_out", {"letter": "taken_out"})

    (outcome,) = enrolments.enrol_many(plan, [Entry(kim.pk, "order:2", AT)], at=AT)

    assert outcome.refused == code
    assert outcome.new is (code == "")


def test_who_cannot_come_in_hears_why(marketer):
    lee, pat = made.consenting(city="Seoul"), made.consenting(city="Berlin")
    condition = {"field": "city", "how": "in", "values": ["Seoul"], "name": "", "not": False}
    group = {"match": "all", "not": False, "conditions": [condition]}
    seoul = segments.make("Seoul", {"match": "all", "groups": [group]})
    plan = made.sequence(at=AT, segment_id=seoul.pk)
    gone = customers.customer(status="erased", name="", erased_at=AT)

    def code(customer, plan=plan, anchor=AT):
        with pytest.raises(EnrolmentRefused) as refused:
            enrolments.enrol(plan, customer, anchor=anchor, at=AT)
        return refused.value.code

    assert code(pat) == "not_in_segment"
    assert code(gone) == "customer_gone"
    assert code(lee, anchor=AT - dt.timedelta(days=60)) == "too_late"
    assert code(lee, plan=made.campaign(at=AT)) == "no_sequence"
    assert code(lee, plan=made.sequence(live=False)) == "plan_not_live"
    left = enrolments.leave(enrolments.enrol(plan, lee, anchor=AT, at=AT))
    with pytest.raises(EnrolmentRefused, match="any more"):
        enrolments.leave(left)


def test_a_late_beginner_gets_what_is_still_fresh_and_nothing_older():
    plan = made.sequence(made.letter("old"), made.letter("fresh", amount=2), at=AT, grace_hours=24)

    late = enrolments.enrol(plan, made.consenting(), anchor=AT, at=AT + dt.timedelta(days=2, hours=5))

    assert dues(late) == {"old": "past", "fresh": "06-03 09:00"}

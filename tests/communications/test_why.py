"""Why a customer got something or did not: for every touchpoint, and for who has none."""

import datetime as dt

import pytest

from communications import wording
from communications.actions import dispatching, enrolments, materialising, plans
from communications.models import ContactSettings, Touchpoint
from communications.queries import why
from customers.actions import segments
from tests.factories import customers
from tests.factories import plans as made

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 6, 9, 6, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def test_each_touchpoint_tells_its_whole_story(django_assert_max_num_queries):
    kim = made.consenting(zone="Mars/Phobos")
    plan = made.sequence(made.letter(amount=1), made.call(amount=1), made.letter("late", amount=2), at=AT)
    enrolment = enrolments.enrol(plan, kim, anchor=AT, key="order:7", at=AT)
    dispatching.dispatch(at=AT + DAY)
    enrolments.leave(enrolment, at=AT + DAY)

    found = {one.step_key: answer for one, answer in why.listed(kim)}

    letter, call, late = (found[key] for key in ("letter", "call", "late"))
    assert (letter.got, letter.code) == (False, "taken_out")
    assert [line.code for line in letter.lines] == [
        "enrolled",
        "planned",
        "due",
        "queued",
        "message_cancelled",
        "taken_out",
    ]
    assert "task_cancelled" in [line.code for line in call.lines]
    assert (late.got, str(late.text)) == (False, "Somebody took the customer out of the plan.")
    assert late.warnings == ("zone_unknown",)
    with django_assert_max_num_queries(2):
        assert len(why.listed(kim)) == 3


def test_what_waits_says_for_what():
    plan = made.sequence(at=AT, quiet=(("21:00", "08:00"),))
    night = AT + dt.timedelta(hours=15)
    touchpoint = made.enrolled(plan, anchor=night)

    answer = why.of(touchpoint)

    assert (answer.got, answer.code, str(answer.text)) == (None, "quiet_hours", "It was in quiet hours.")
    assert [line.code for line in answer.lines] == ["enrolled", "planned", "wanted", "due", "quiet_hours"]


def test_who_has_none_of_a_plan_hears_why():
    ContactSettings.objects.create(holdout_percent=5, holdout_salt="holdout-2026")
    condition = {"field": "city", "how": "in", "values": ["Seoul"], "name": "", "not": False}
    group = {"match": "all", "not": False, "conditions": [condition]}
    seoul = segments.make("Seoul", {"match": "all", "groups": [group]})
    sequence, campaign = made.sequence(at=AT), made.campaign(at=AT, segment_id=seoul.pk)

    def code(plan, customer) -> str:
        return why.nothing_of(plan, customer, at=AT).code

    kim = made.consenting(number="c-1", city="Seoul")
    assert code(sequence, kim) == "no_anchor"
    assert code(sequence, made.consenting(number="c-9")) == "holdout"
    assert code(sequence, made.consenting(number="c-2", channels=["sms"])) == "no_consent"
    assert code(sequence, customers.customer(status="erased", name="", erased_at=AT)) == "customer_gone"
    assert code(made.sequence(live=False), kim) == "plan_not_live"
    assert code(plans.pause(sequence, at=AT), kim) == "plan_paused"
    assert code(campaign, made.consenting(number="c-3", city="Berlin")) == "not_in_segment"
    assert code(campaign, kim) == "not_found_yet"
    materialising.materialise(campaign, at=AT)
    campaign.refresh_from_db()
    assert code(campaign, made.consenting(number="c-4", city="Seoul")) == "came_later"
    early = made.enrolled(plans.resume(sequence, at=AT), made.consenting(number="c-5"), anchor=AT)
    assert code(sequence, early.customer) == "step_added_later"


def test_every_reason_that_plans_give_is_said_in_words():
    said = wording.REASONS
    given = {"expired", "frequency_cap", "no_day_allowed", "out_of_reach", "past", "branch", "no_code", "daily_limit"}
    given |= {"hold", "holdout", "holdout_of_plan", "no_address", "suppressed", "anchor_cancelled", "exited", "merged"}

    assert given <= set(said)
    assert str(wording.reason("something new")) == "something new"
    assert Touchpoint.State.PLANNED in said

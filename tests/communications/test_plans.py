"""Plans: made, edited, published, paused and ended."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from communications import designs
from communications.actions import enrolments, plans, publishing
from communications.actions.plans import PlanRefused
from communications.designs import Design
from communications.models import Enrolment, Plan, PlanEvent, Touchpoint
from tests.factories import customers
from tests.factories import plans as made

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
State = Touchpoint.State


def test_a_draft_says_what_it_was_given_and_goes_live_as_it_is(marketer):
    plan = made.sequence(made.letter(amount=3), made.call(amount=5), live=False, quiet=(("21:00", "08:00"),))
    design = designs.of(plans.latest(plan))

    assert plan.status == Plan.Status.DRAFT
    assert [(one.key, one.way, one.amount) for one in design.steps] == [("letter", "email", 3), ("call", "phone", 5)]
    plan = publishing.publish(plan, by=marketer, at=AT)
    assert (plan.status, plan.live_since, plan.current.number) == ("live", AT, 1)
    assert designs.of(plan.current) == design
    assert plan.current.steps.get(key="letter").wording is not None
    assert list(PlanEvent.objects.values_list("what", flat=True)) == ["created", "published"]


def test_what_is_not_whole_does_not_go_live():
    plan = plans.create("Nothing", kind="sequence", design=Design(anchor="fact", anchor_verb="sneezed"))

    with pytest.raises(publishing.PublishingRefused) as refused:
        publishing.publish(plan)

    assert {error.code for error in refused.value.error_list} == {"verb_unknown", "steps_missing"}
    with pytest.raises(PlanRefused, match="needs a name"):
        plans.create(" ", kind="sequence")


def test_who_saw_an_older_version_changes_nothing():
    plan = made.sequence(live=False)
    plans.edit(plan, name="Other", expected=plan.version)

    with pytest.raises(PlanRefused) as refused:
        plans.edit(plan, name="Mine", expected=plan.version)

    assert refused.value.code == "changed_meanwhile"
    assert Plan.objects.get(pk=plan.pk).name == "Other"


def test_a_plan_is_paused_taken_up_and_ended(marketer):
    plan = made.sequence(made.letter(amount=3), at=AT)
    enrolment = enrolments.enrol(plan, customers.customer(email="kim@example.com"), anchor=AT, at=AT)

    plan = plans.pause(plan, by=marketer, at=AT)
    with pytest.raises(PlanRefused):
        plans.pause(plan)
    plan = plans.resume(plan, by=marketer, at=AT)
    with pytest.raises(PlanRefused):
        plans.resume(plan)
    plan = plans.end(plan, by=marketer, at=AT)
    with pytest.raises(PlanRefused):
        plans.end(plan)

    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.reason) == (Enrolment.State.EXITED, "plan_ended")
    assert [(one.state, one.reason) for one in Touchpoint.objects.all()] == [("cancelled", "plan_ended")]
    with pytest.raises(PlanRefused):
        plans.edit(plan, name="Back again")


def test_a_month_is_planned_again_by_copies(marketer):
    plan = made.campaign(live=False)

    copy = plans.duplicate(plan, days=28, by=marketer)

    assert plans.latest(copy).starts_on == dt.date(2026, 7, 8)
    assert copy.status == Plan.Status.DRAFT


@pytest.mark.django_db(transaction=True)
def test_two_presses_of_one_button_at_once_make_one_copy():
    plan = made.campaign(live=False)

    def copy(_n):
        try:
            return plans.duplicate(plan, key="page:1")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        copies = set(pool.map(copy, range(4)))

    assert copies == set(Plan.objects.exclude(pk=plan.pk))
    assert len(copies) == 1
    assert plans.duplicate(plan, key="page:2") not in copies
    assert list(plan.events.order_by("pk").values_list("what", flat=True)) == ["created", "copied", "copied"]

"""What PostgreSQL sees to itself about plans."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from communications.models import Approval, Enrolment, Experiment, Step, Touchpoint, Variant
from tests.factories import customers, plans

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def refused(work) -> str:
    """What PostgreSQL says against it."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        work()
    connection.check_constraints()
    return str(caught.value)


def test_a_published_version_stays_with_its_steps_and_tests(marketer):
    version = plans.draft()
    step = plans.step(version)
    test = Experiment.objects.create(
        step=step, tests="subject", salt="x", goal_verb="bought", per_variant=500, ends_on=dt.date(2026, 7, 1)
    )
    variant = Variant.objects.create(experiment=test, key="a", share=100)
    plans.published(version)

    for work in (
        lambda: Step.objects.filter(pk=step.pk).update(name="Other"),
        lambda: Step.objects.filter(pk=step.pk).delete(),
        lambda: plans.step(version),
        lambda: Experiment.objects.filter(pk=test.pk).update(per_variant=1),
        lambda: Variant.objects.filter(pk=variant.pk).update(share=50),
        lambda: version.save(),
    ):
        assert "what was published of a plan stays" in refused(work)


def test_a_plan_has_one_draft_and_each_rule_of_its_rows_holds(marketer):
    version = plans.draft()
    kim = customers.customer()
    row = {"plan": version.plan, "version": version, "customer": kim, "anchor_key": "2026", "anchor_at": NOW}
    Enrolment.objects.create(**row, alone=True)

    def made(model, **changes):
        return lambda: model.objects.create(**changes)

    assert "plan_has_one_draft" in refused(made(type(version), plan=version.plan, number=2, anchor="birthday"))
    assert "customer_is_enrolled_once_for_each_anchor" in refused(made(Enrolment, **row))
    assert "enrolled_alone" in refused(made(Enrolment, **row | {"anchor_key": "2027", "alone": True}))
    assert "one_anchor" in refused(made(Enrolment, **row | {"anchor_key": "2028", "anchor_at": None}))
    assert "says_when_and_why" in refused(made(Enrolment, **row | {"anchor_key": "2029", "state": "exited"}))
    assert "goes_the_way_of_its_kind" in refused(lambda: plans.step(version, kind="call", channel="email"))
    assert "offer_names_its_reward" in refused(lambda: plans.step(version, kind="offer", channel="email"))


def test_a_touchpoint_is_there_once_and_says_what_became_of_it():
    version = plans.draft()
    step = plans.step(version)
    row = {
        "plan": version.plan,
        "version": version,
        "step": step,
        "step_key": step.key,
        "customer": customers.customer(),
        "anchor_key": "2026",
        "channel": step.channel,
        "due_at": NOW,
    }
    first = Touchpoint.objects.create(**row)

    def made(**changes):
        return lambda: Touchpoint.objects.create(**row | {"anchor_key": "2027"} | changes)

    assert "step_reaches_a_customer_once_for_each_anchor" in refused(made(anchor_key="2026"))
    assert "planned_touchpoint_is_due_at_a_time" in refused(made(due_at=None))
    assert "did_not_arrive_says_when_and_why" in refused(made(state="skipped", ended_at=NOW))
    assert "did_not_arrive_says_when_and_why" in refused(made(reason="because"))
    assert "handed_over_before_it_arrived" in refused(made(state="sent", sent_at=NOW))
    assert "arrived_at_a_time" in refused(made(state="sent", queued_at=NOW))

    first.state, first.queued_at, first.sent_at = "sent", NOW, NOW
    first.save()
    first.state, first.sent_at, first.ended_at, first.reason = "cancelled", None, NOW, "late"
    assert "refused" in refused(first.save)


def test_what_was_approved_is_never_rewritten(marketer, manager):
    version = plans.draft()
    asked = Approval.objects.create(version=version, digest="x", content={"steps": []}, asked_by=marketer)

    asked.content = {"steps": ["other"]}
    assert "refused" in refused(asked.save)
    asked.refresh_from_db()
    asked.state, asked.decided_at, asked.decided_by = "granted", NOW, manager
    asked.save()
    asked.note = "said later"
    assert "refused" in refused(asked.save)

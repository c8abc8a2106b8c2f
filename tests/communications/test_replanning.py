"""A live plan is changed: what is to come follows, what has arrived stays, and all of it is shown before."""

import datetime as dt
from dataclasses import replace

import pytest

from communications import designs
from communications.actions import enrolments, plans, publishing, replanning, touchpoints
from communications.models import FrequencyCap, Touchpoint
from tests.factories import plans as made

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def now(plan) -> dict[str, str]:
    found = Touchpoint.objects.filter(plan=plan).order_by("pk")
    return {
        one.step_key: f"{one.due_at:%m-%d}" if one.state == "planned" else one.reason or one.state for one in found
    }


def test_an_edit_shows_its_effect_and_then_has_it():
    plan = made.sequence(
        made.letter("first"), made.letter("third", amount=3), made.letter("gone", amount=9), at=AT, grace_hours=24
    )
    for place in range(3):
        enrolments.enrol(plan, made.consenting(), anchor=AT, key=f"order:{place}", at=AT)
    first = Touchpoint.objects.filter(step_key="first")
    first.update(state="sent", queued_at=AT, sent_at=AT)
    design = designs.of(plan.current)
    steps = (
        design.steps[0],
        replace(design.steps[1], amount=5),
        made.letter("new", amount=1),
        made.letter("later", amount=8),
    )
    plan = plans.edit(plan, replace(design, steps=steps), at=AT)
    fourth_day = AT + 2.5 * DAY

    effect = publishing.preview(plan, at=fourth_day)
    assert now(plan) == {"first": "sent", "third": "06-04", "gone": "06-10"}
    plan = publishing.publish(plan, at=fourth_day)

    assert (effect.moved, effect.cancelled, effect.added, effect.left_out, effect.customers) == (3, 3, 3, 3, 3)
    assert now(plan) == {"first": "sent", "third": "06-06", "gone": "step_removed", "new": "past", "later": "06-09"}
    assert {one.version_id for one in Touchpoint.objects.filter(state="planned")} == {plan.current_id}


def test_conflicts_are_counted_before_they_happen():
    FrequencyCap.objects.create(channel="email", most=1, hours=48)
    kim = made.consenting()
    other = made.sequence(made.letter(amount=6), at=AT)
    plan = made.sequence(made.letter(amount=3), at=AT)
    for one in (other, plan):
        enrolments.enrol(one, kim, anchor=AT, key="order", at=AT)
    design = designs.of(plan.current)

    def conflicts(amount: int) -> int:
        edited = plans.edit(plan, replace(design, steps=(replace(design.steps[0], amount=amount),)), at=AT)
        return publishing.preview(edited, at=AT).conflicts

    assert (conflicts(4), conflicts(5)) == (0, 1)


def test_a_customer_who_moves_is_reached_at_the_new_local_hour():
    kim = made.consenting(zone="Asia/Seoul")
    plan = made.sequence(made.letter(amount=11, time=dt.time(10)), at=AT)
    enrolments.enrol(plan, kim, anchor=AT, at=AT)
    assert Touchpoint.objects.get().due_at == dt.datetime(2026, 6, 12, 1, tzinfo=dt.UTC)
    kim.zone = "Europe/Berlin"
    kim.save()

    assert replanning.replan_customers([kim.pk], at=AT) == 1

    assert Touchpoint.objects.get().due_at == dt.datetime(2026, 6, 12, 8, tzinfo=dt.UTC)


def test_what_somebody_moved_is_not_put_back_by_another_edit():
    plan = made.sequence(made.letter(amount=3), at=AT)
    enrolments.enrol(plan, made.consenting(), anchor=AT, at=AT)
    Touchpoint.objects.update(due_at=AT + 10 * DAY, deferred="frequency_cap")

    plan = publishing.publish(plans.edit(plan, replace(designs.of(plan.current), priority=9), at=AT), at=AT)

    touchpoint = Touchpoint.objects.get()
    assert (touchpoint.due_at, touchpoint.deferred, touchpoint.priority) == (AT + 10 * DAY, "frequency_cap", 9)
    assert touchpoints.complete([touchpoint.enrolment_id], at=AT) == 0

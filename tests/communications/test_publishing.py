"""Campaigns are moved to another day: as a draft, and live with all that is pending."""

import datetime as dt

import pytest

from communications import designs
from communications.actions import approvals, materialising, plans, publishing
from communications.models import Plan, PlanEvent, Touchpoint
from tests.factories import plans as made

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 6, 9, 6, tzinfo=dt.UTC)
TWELFTH = dt.date(2026, 6, 12)


def test_a_live_campaign_moves_with_what_is_pending_and_one_line_of_history(marketer):
    plan = made.campaign(made.letter("first"), made.letter("second", amount=3), at=AT)
    made.consenting(name="Kim"), made.consenting(name="Seoul", zone="Asia/Seoul")
    materialising.materialise(plan, at=AT)
    sent = Touchpoint.objects.filter(step_key="first", customer__name="Seoul")
    sent.update(state="sent", queued_at=AT, sent_at=AT)

    effect = publishing.preview_move(plan, to=TWELFTH, at=AT)
    assert plan.versions.count() == 1
    plan = publishing.move(plan, to=TWELFTH, by=marketer, at=AT, expected=plan.version)

    assert (effect.moved, effect.customers) == (3, 2)
    assert (plan.current.starts_on, plan.current.at_time) == (TWELFTH, dt.time(10))
    dues = Touchpoint.objects.filter(state="planned").order_by("due_at").values_list("due_at", flat=True)
    assert [f"{due:%d %H}" for due in dues] == ["12 08", "15 01", "15 08"]
    assert sent.get().state == "sent"
    assert [event.what for event in PlanEvent.objects.order_by("pk")] == [
        "created",
        "published",
        "materialised",
        "moved",
    ]
    assert materialising.materialise(plan, at=AT) == 0
    with pytest.raises(plans.PlanRefused) as refused:
        publishing.move(plan, to=TWELFTH, expected=plan.version - 1)
    assert refused.value.code == "changed_meanwhile"


def test_a_draft_moves_and_stays_a_draft():
    plan = made.campaign(live=False)

    plan = publishing.move(plan, to=TWELFTH, at=AT)

    assert plan.status == Plan.Status.DRAFT
    assert plans.latest(plan).starts_on == TWELFTH
    with pytest.raises(publishing.PublishingRefused) as refused:
        publishing.move(made.sequence(), to=TWELFTH)
    assert refused.value.code == "no_campaign"


def test_changes_that_wait_do_not_go_out_by_a_move():
    plan = made.campaign(at=AT)
    plans.edit(plan, designs.of(plan.current))

    for act in (publishing.move, publishing.preview_move):
        with pytest.raises(plans.PlanRefused) as refused:
            act(plan, to=TWELFTH)
        assert refused.value.code == "draft_waits"
    with pytest.raises(plans.PlanRefused) as refused:
        publishing.preview_move(plans.end(made.campaign(at=AT)), to=TWELFTH)
    assert refused.value.code == "plan_state"


def test_what_is_live_as_it_was_approved_is_not_moved_without_approval(marketer, manager):
    plan = made.campaign(live=False, needs_approval=True)
    approvals.grant(approvals.submit(plan, by=marketer, at=AT), by=manager, at=AT)
    plan = publishing.publish(plan, by=marketer, at=AT)

    for act in (publishing.move, publishing.preview_move):
        with pytest.raises(approvals.ApprovalRefused, match="change its day in the plan") as refused:
            act(plan, to=TWELFTH)
        assert refused.value.code == "approval_void"

"""Approval: somebody else sees exactly what would go out; an edit voids it."""

import datetime as dt
from dataclasses import replace

import pytest

from communications import designs
from communications.actions import approvals, plans, publishing, templates
from communications.models import Plan
from tests.factories import communications
from tests.factories import plans as made

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)


def test_what_needs_approval_goes_live_only_as_somebody_else_approved_it(marketer, manager):
    letter = communications.template(purpose="offers")
    plan = made.sequence(made.letter(template_id=letter.pk), live=False, needs_approval=True)
    with pytest.raises(approvals.ApprovalRefused):
        publishing.publish(plan, by=marketer)
    asked = approvals.submit(plan, by=marketer, at=AT)
    with pytest.raises(approvals.ApprovalRefused, match="Somebody else"):
        approvals.grant(asked, by=marketer)
    approvals.grant(asked, by=manager, at=AT)
    assert Plan.objects.get(pk=plan.pk).status == Plan.Status.APPROVED

    texts = {"en": {"subject": "Buy now", "text": "Quickly.", "html": "", "link": ""}}
    templates.revise(letter, texts=texts)  # edited after the approval
    with pytest.raises(approvals.ApprovalRefused) as refused:
        publishing.publish(plan, by=marketer)
    assert refused.value.code == "approval_void"

    asked = approvals.submit(plan, by=marketer, at=AT)
    assert asked.content["texts"][str(letter.pk)]["texts"]["en"]["subject"] == "Buy now"
    approvals.grant(asked, by=manager, at=AT)
    assert publishing.publish(plan, by=marketer, at=AT).status == Plan.Status.LIVE


def test_an_edit_voids_an_approval(marketer, manager):
    plan = made.sequence(live=False, needs_approval=True)
    asked = approvals.grant(approvals.submit(plan, by=marketer), by=manager)

    plan = plans.edit(plan, replace(designs.of(plans.latest(plan)), priority=5), by=marketer)

    asked.refresh_from_db()
    assert (plan.status, asked.state) == (Plan.Status.DRAFT, "void")
    with pytest.raises(approvals.ApprovalRefused):
        approvals.decline(asked, by=manager)


def test_what_was_declined_is_a_draft_again_and_says_why(marketer, manager):
    plan = made.sequence(live=False)
    asked = approvals.decline(approvals.submit(plan, by=marketer), by=manager, note="Too soon")

    assert (asked.state, asked.note) == ("declined", "Too soon")
    assert Plan.objects.get(pk=plan.pk).status == Plan.Status.DRAFT
    with pytest.raises(approvals.ApprovalRefused) as refused:
        approvals.submit(publishing.publish(plan), by=marketer)
    assert refused.value.code == "no_draft"

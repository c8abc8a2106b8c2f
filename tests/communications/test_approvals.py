"""Approval: somebody else sees exactly what would go out; an edit voids it."""

import datetime as dt
from dataclasses import replace

import pytest
from django.urls import reverse

from communications import designs
from communications.actions import approvals, plans, publishing, templates
from communications.designs import TestDesign, VariantDesign
from communications.models import Plan
from loyalty.models import Reward
from tests.factories import communications, loyalty, surveys
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


def test_all_that_is_approved_is_shown_before_and_after_it_went_live(client, marketer, manager):
    """Whom, when, on which terms, every word of every variant, and what the reward was worth."""
    one, two = (
        communications.template(name, purpose="offers", texts={"en": {"subject": name, "text": "T", "html": html}})
        for name, html in (("Plain", ""), ("Loud", "<p>Buy <b>now</b></p>"))
    )
    test = TestDesign("text", "s", "bought", 1000, dt.date(2026, 7, 1),
                      (VariantDesign("a", 60), VariantDesign("b", 40, template_id=two.pk)))  # fmt: skip
    gift = loyalty.reward(kind="voucher")
    plan = made.campaign(
        made.StepDesign("l", "Letter", "offer", "email", template_id=one.pk, reward_id=gift.pk, test=test),
        made.call(only_if=({"did": "bought", "since": "anchor", "not": True},)),
        live=False, needs_approval=True, segment_id=surveys.segment("country", "DE").pk, quiet=(("21:00", "08:00"),),
        weekdays=(0, 1), holdout_percent=10,
    )  # fmt: skip
    asked = approvals.submit(plan, by=marketer)
    client.force_login(manager)
    said = (
        "country DE", "offers", "10 Jun 2026", "10:00", "21:00 - 08:00", "Monday, Tuesday", "60 %", "40 %, Loud",
        "Plain", "&lt;p&gt;Buy &lt;b&gt;now&lt;/b&gt;&lt;/p&gt;", gift.name, "Ask how it was.", "since",
    )  # fmt: skip

    def missing() -> list[str]:
        page = client.get(reverse("admin:plan", args=[plan.pk])).content.decode()
        shown = page.partition("Exactly what is approved")[2].partition("</details>")[0]
        return [word for word in said if word not in shown]

    assert missing() == []
    approvals.grant(asked, by=manager)
    publishing.publish(plan, by=marketer)
    assert missing() == []


def test_a_segment_that_a_step_asks_for_is_approved_as_it_chooses_now(client, marketer, manager):
    asked_for = surveys.segment("country", "DE")
    plan = made.campaign(made.letter(only_if=({"segment": asked_for.pk},)), live=False, needs_approval=True)
    asked = approvals.submit(plan, by=marketer)
    client.force_login(manager)
    said = f"only if in the segment “{asked_for.name}: Customers with country DE.”"
    assert said in client.get(reverse("admin:plan", args=[plan.pk])).content.decode()

    asked_for.conditions = surveys.segment("country", "FR").conditions
    asked_for.save()

    with pytest.raises(approvals.ApprovalRefused) as refused:
        approvals.grant(asked, by=manager)
    assert refused.value.code == "approval_void"


def test_a_reward_that_is_worth_less_than_was_approved_voids_it(marketer, manager):
    gift = loyalty.reward(kind="voucher")
    plan = made.campaign(made.letter(reward_id=gift.pk), live=False, needs_approval=True)
    approvals.grant(approvals.submit(plan, by=marketer), by=manager)
    Reward.objects.filter(pk=gift.pk).update(amount=100)

    with pytest.raises(approvals.ApprovalRefused):
        publishing.publish(plan, by=marketer)

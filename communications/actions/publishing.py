"""Let a plan go live, or its next version: with its effect shown before, and only as it was approved."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communications import designs
from communications.actions import approvals, plans, replanning
from communications.actions.replanning import Effect
from communications.flaws import flaws
from communications.models import Plan, PlanVersion, Variant
from communications.queries.contents import content_of, wordings
from people.models import User


class PublishingRefused(ValidationError):
    """What cannot go live; ``code`` is ``no_draft``, ``no_campaign``, ``text_purpose``, or what
    ``communications.flaws`` finds.
    """


def preview(plan: Plan, *, at: datetime | None = None) -> Effect:
    """What publishing the draft would do to those who are in the plan; writes nothing. Raises PublishingRefused."""
    draft = draft_of(plan)
    _check(plan, draft)
    return replanning.preview(draft, at=at or timezone.now())


@transaction.atomic
def publish(plan: Plan, *, by: User | None = None, at: datetime | None = None, expected: int | None = None) -> Plan:
    """Let the plan's draft hold from now on. What is to come of the version before follows it.

    Raises PlanRefused, PublishingRefused, and ApprovalRefused (``approval_void``) where somebody else has to approve
    exactly what it says now.
    """
    at = at or timezone.now()
    plan = plans.locked(plan, expected=expected)
    if plan.status == Plan.Status.ENDED:
        raise plans.wrong_state(plan)
    plans.note(plan, "published", by=by, at=at, **_go_live(plan, by=by, at=at))
    return plan


def _go_live(plan: Plan, *, by: User | None, at: datetime) -> dict[str, int]:
    """The draft of a locked plan holds. Returns what that did, for its history."""
    draft = draft_of(plan)
    _check(plan, draft)
    if plan.needs_approval:
        approvals.check(draft)
    _keep_texts(draft)
    draft.digest, draft.published_at, draft.published_by = designs.digest(content_of(draft)), at, by
    draft.save()
    first = plan.current_id is None
    plan.current, plan.version = draft, plan.version + 1
    if first:
        plan.status, plan.live_since = Plan.Status.LIVE, at
    plan.save()
    effect = Effect() if first else replanning.replan(draft, at=at)
    return {"version": draft.number, "moved": effect.moved, "cancelled": effect.cancelled, "added": effect.added}


def preview_move(plan: Plan, *, to: date, at: datetime | None = None) -> Effect:
    """What moving a campaign to another day would do; writes nothing. Refused as the move itself would be."""
    with transaction.atomic():
        _check_movable(plan)
        _move_draft(plan, to=to, by=None, at=at or timezone.now())
        effect = preview(plan, at=at) if plan.current_id else Effect()
        transaction.set_rollback(True)
    return effect


@transaction.atomic
def move(
    plan: Plan, *, to: date, by: User | None = None, at: datetime | None = None, expected: int | None = None
) -> Plan:
    """Move a campaign to another day: its time is kept, what is pending shifts, what was sent stays.

    A live one is published anew at once; a draft stays a draft. Raises PlanRefused (``changed_meanwhile``, also where
    a live one has a draft that would be published with it: ``draft_waits``), PublishingRefused, ApprovalRefused.
    """
    at = at or timezone.now()
    plan = plans.locked(plan, expected=expected)
    _check_movable(plan)
    before, did = plans.latest(plan).starts_on, {}
    _move_draft(plan, to=to, by=by, at=at)
    if plan.current_id:
        did = _go_live(plan, by=by, at=at)
    else:
        plans.void_approval(plan, at=at)
        plan.status = Plan.Status.IDEA if plan.status == Plan.Status.IDEA else Plan.Status.DRAFT
        plan.version += 1
        plan.save()
    plans.note(plan, "moved", by=by, at=at, before=before.isoformat() if before else "", to=to.isoformat(), **did)
    return plan


def _check_movable(plan: Plan) -> None:
    if plan.status == Plan.Status.ENDED:
        raise plans.wrong_state(plan)
    if plan.current_id and plan.versions.filter(published_at=None).exists():
        raise plans.PlanRefused(_("It has changes that are not published: publish them first."), code="draft_waits")
    if plan.current_id and plan.needs_approval:
        text = _("It is live as it was approved: change its day in the plan, and ask for approval again.")
        raise approvals.ApprovalRefused(text, code="approval_void")


def draft_of(plan: Plan) -> PlanVersion:
    draft = plan.versions.select_related("plan", "segment").filter(published_at=None).first()
    if draft is None:
        raise PublishingRefused(_("There is nothing new to publish."), code="no_draft")
    return draft


def _keep_texts(draft: PlanVersion) -> None:
    """What the texts say now is what is sent, however they are edited later."""
    for template, wording in wordings(draft).items():
        draft.steps.filter(template=template).update(wording=wording)
        Variant.objects.filter(experiment__step__version=draft, template=template).update(wording=wording)


def _check(plan: Plan, draft: PlanVersion) -> None:
    found = [ValidationError(flaw.message, code=flaw.code) for flaw in flaws(designs.of(draft), plan.kind)]
    for wording in wordings(draft).values():
        if wording.template.purpose != draft.purpose:
            text = _("The text “%(name)s” is for another purpose than the plan.")
            found.append(ValidationError(text % {"name": wording.template.name}, code="text_purpose"))
    if found:
        raise PublishingRefused(found)


def _move_draft(plan: Plan, *, to: date, by: User | None, at: datetime) -> None:
    design = designs.of(plans.latest(plan))
    if plan.kind != Plan.Kind.CAMPAIGN or design.starts_on is None:
        raise PublishingRefused(_("Only a campaign has a day that it can be moved from."), code="no_campaign")
    plans.write_draft(plan, design.moved((to - design.starts_on).days), by=by, at=at)

"""Approval of a plan: somebody else sees exactly what would go out, and says yes or no. An edit voids it."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communications import designs
from communications.actions import plans
from communications.flaws import flaws
from communications.models import Approval, Plan, PlanVersion
from communications.queries.contents import content_of
from people.models import User

State = Approval.State


class ApprovalRefused(ValidationError):
    """What keeps an approval from being asked or decided; ``code`` is ``no_draft``, ``not_asked``, ``own_plan`` or
    ``approval_void``, or what ``communications.flaws`` finds.
    """


@transaction.atomic
def submit(plan: Plan, *, by: User, at: datetime | None = None, expected: int | None = None) -> Approval:
    """Ask for the approval of the plan's draft, word for word as it is now. Asked before, it is asked anew.

    Raises PlanRefused, ApprovalRefused (``no_draft``, or the flaws of the design).
    """
    at = at or timezone.now()
    plan = plans.locked(plan, expected=expected)
    draft = _draft(plan)
    found = flaws(designs.of(draft), plan.kind)
    if found:
        raise ApprovalRefused([ValidationError(flaw.message, code=flaw.code) for flaw in found])
    plans.void_approval(plan, at=at)
    content = content_of(draft)
    asked = Approval.objects.create(
        version=draft, digest=designs.digest(content), content=content, asked_at=at, asked_by=by
    )
    _turn(plan, Plan.Status.REVIEW)
    plans.note(plan, "submitted", by=by, at=at, version=draft.number)
    return asked


@transaction.atomic
def grant(approval: Approval, *, by: User, note: str = "", at: datetime | None = None) -> Approval:
    """Approve what was shown. Nobody approves what they asked for themselves.

    Raises ApprovalRefused (``not_asked``, ``own_plan``, ``approval_void`` where the text was edited meanwhile).
    """
    at = at or timezone.now()
    plan, approval = _asked(approval)
    if approval.asked_by_id == by.pk:
        raise ApprovalRefused(_("Somebody else has to approve it."), code="own_plan")
    if designs.digest(content_of(approval.version)) != approval.digest:
        raise ApprovalRefused(_("It was edited after it was shown: ask again."), code="approval_void")
    _turn(plan, Plan.Status.APPROVED)
    plans.note(plan, "approved", by=by, at=at, version=approval.version.number)
    return _decided(approval, State.GRANTED, by, note, at)


@transaction.atomic
def decline(approval: Approval, *, by: User, note: str = "", at: datetime | None = None) -> Approval:
    """Say no to what was shown, and why; it is a draft again. Raises ApprovalRefused (``not_asked``)."""
    at = at or timezone.now()
    plan, approval = _asked(approval)
    _turn(plan, Plan.Status.DRAFT)
    plans.note(plan, "declined", by=by, at=at, version=approval.version.number)
    return _decided(approval, State.DECLINED, by, note, at)


def check(draft: PlanVersion) -> None:
    """Raise ApprovalRefused (``approval_void``) unless the draft was approved exactly as it is now."""
    granted = Approval.objects.filter(version=draft, state=State.GRANTED).first()
    if granted is None or granted.digest != designs.digest(content_of(draft)):
        raise ApprovalRefused(_("It has to be approved as it is now."), code="approval_void")


def _draft(plan: Plan) -> PlanVersion:
    draft = plan.versions.filter(published_at=None).first()
    if draft is None:
        raise ApprovalRefused(_("There is no draft to approve."), code="no_draft")
    return draft


def _asked(approval: Approval) -> tuple[Plan, Approval]:
    """The plan first, as everybody locks it."""
    plan = plans.locked(approval.version.plan)
    approval = Approval.objects.select_for_update(of=["self"]).select_related("version").get(pk=approval.pk)
    if approval.state != State.ASKED:
        raise ApprovalRefused(_("Nobody asks for this any more."), code="not_asked")
    return plan, approval


def _decided(approval: Approval, state: str, by: User, note: str, at: datetime) -> Approval:
    approval.state, approval.decided_at, approval.decided_by, approval.note = state, at, by, note.strip()
    approval.save()
    return approval


def _turn(plan: Plan, status: str) -> None:
    """A plan that is live stays so while its next version is looked at."""
    if plan.status in Plan.NOT_YET:
        plan.status = status
        plan.save(update_fields=["status"])
    plans.count_up(plan)

"""Plans: made, designed, paused, taken up again, ended. What goes live does so in ``publishing``."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from communications import designs
from communications.actions import touchpoints
from communications.designs import Design
from communications.flaws import unkept
from communications.models import Approval, Enrolment, Plan, PlanEvent, PlanVersion, Touchpoint
from people.models import User

Status = Plan.Status


class PlanRefused(ValidationError):
    """What cannot be done with a plan; ``code`` is ``plan_state``, ``changed_meanwhile`` ``name_missing``, or one of
    those in ``communications.flaws.UNKEPT``, each beside its field.
    """


@transaction.atomic
def create(
    name: str,
    *,
    kind: str,
    design: Design | None = None,
    idea: bool = False,
    needs_approval: bool = False,
    owner: User | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Plan:
    """A new plan: a draft, or an idea that only stands in the calendar. Raises PlanRefused (``name_missing``)."""
    at = at or timezone.now()
    if not name.strip():
        raise PlanRefused(_("A plan needs a name."), code="name_missing")
    design = design or Design(anchor="date" if kind == Plan.Kind.CAMPAIGN else "birthday")
    plan = Plan.objects.create(
        name=name.strip(),
        kind=kind,
        status=Status.IDEA if idea else Status.DRAFT,
        needs_approval=needs_approval,
        owner=owner or by,
        created_by=by,
        created_at=at,
    )
    write_draft(plan, design, by=by, at=at)
    note(plan, "created", by=by, at=at)
    return plan


@transaction.atomic
def edit(
    plan: Plan,
    design: Design | None = None,
    *,
    by: User | None = None,
    at: datetime | None = None,
    expected: int | None = None,
    **changes: Any,
) -> Plan:
    """Change the draft of a plan, and its ``name``, ``owner`` or ``needs_approval``.

    A live plan goes on as published until the draft is. An approval of the draft is void. ``expected`` is the plan's
    ``version`` that the editor saw. Raises PlanRefused (``plan_state``, ``changed_meanwhile``).
    """
    at = at or timezone.now()
    plan = locked(plan, expected=expected)
    if plan.status == Status.ENDED:
        raise wrong_state(plan)
    for name, value in changes.items():
        if name not in ("name", "owner", "needs_approval"):
            raise TypeError(f"{name} is no part of a plan")
        setattr(plan, name, value)
    if design is not None:
        write_draft(plan, design, by=by, at=at)
        void_approval(plan, at=at)
        if plan.status in (Status.IDEA, Status.REVIEW, Status.APPROVED):
            plan.status = Status.DRAFT
    note(plan, "edited", by=by, at=at, fields=sorted([*changes, *(["design"] if design else [])]))
    return _changed(plan)


@transaction.atomic
def pause(plan: Plan, *, by: User | None = None, at: datetime | None = None, expected: int | None = None) -> Plan:
    """Stop a live plan at once: nothing more leaves, not even what lies in the outbox. Raises PlanRefused."""
    at = at or timezone.now()
    plan = locked(plan, expected=expected)
    if plan.status != Status.LIVE:
        raise wrong_state(plan)
    plan.status, plan.paused_at = Status.PAUSED, at
    back = touchpoints.take_back(plan, at=at)
    note(plan, "paused", by=by, at=at, taken_back=back)
    return _changed(plan)


@transaction.atomic
def resume(plan: Plan, *, by: User | None = None, at: datetime | None = None, expected: int | None = None) -> Plan:
    """Let a paused plan go on. What expired meanwhile is left out, the rest is sent. Raises PlanRefused."""
    at = at or timezone.now()
    plan = locked(plan, expected=expected)
    if plan.status != Status.PAUSED:
        raise wrong_state(plan)
    plan.status, plan.paused_at = Status.LIVE, None
    note(plan, "resumed", by=by, at=at)
    return _changed(plan)


@transaction.atomic
def end(plan: Plan, *, by: User | None = None, at: datetime | None = None, expected: int | None = None) -> Plan:
    """End a plan for good: what was to come is cancelled, customers leave it. Raises PlanRefused (``plan_state``)."""
    at = at or timezone.now()
    plan = locked(plan, expected=expected)
    if plan.status == Status.ENDED:
        raise wrong_state(plan)
    cancelled = touchpoints.cancel(Touchpoint.objects.filter(plan=plan), reason="plan_ended", at=at)
    active = Enrolment.objects.filter(plan=plan, state=Enrolment.State.ACTIVE)
    active.update(state=Enrolment.State.EXITED, reason="plan_ended", ended_at=at)
    plan.status, plan.ended_at, plan.paused_at = Status.ENDED, at, None
    void_approval(plan, at=at)
    note(plan, "ended", by=by, at=at, cancelled=cancelled)
    return _changed(plan)


@transaction.atomic
def duplicate(
    plan: Plan,
    *,
    days: int = 0,
    name: str = "",
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Plan:
    """A new draft that says the same, so many days later where it has a date. The same key copies a plan once."""
    at = at or timezone.now()
    if key:
        plan = locked(plan)
        if earlier := PlanEvent.objects.filter(plan=plan, what="copied", about__key=key).first():
            return Plan.objects.get(pk=earlier.about["copy"])
    design = designs.of(latest(plan)).moved(days)
    made = create(name or plan.name, kind=plan.kind, design=design, needs_approval=plan.needs_approval, by=by, at=at)
    if key:
        note(plan, "copied", by=by, at=at, copy=made.pk, key=key)
    return made


def latest(plan: Plan) -> PlanVersion:
    """The draft where there is one, else the version that holds."""
    return plan.versions.order_by("-number")[:1].get()


def locked(plan: Plan, *, expected: int | None = None) -> Plan:
    """The plan, locked. Raises PlanRefused (``changed_meanwhile``) where it is not the version that somebody saw."""
    plan = Plan.objects.select_for_update(of=["self"], no_key=True).select_related("current").get(pk=plan.pk)
    if expected is not None and plan.version != expected:
        raise PlanRefused(
            _("Somebody else has changed this plan meanwhile. Look at it again."), code="changed_meanwhile"
        )
    return plan


def wrong_state(plan: Plan) -> PlanRefused:
    return PlanRefused(
        _("This cannot be done with a plan that is %(state)s."),
        code="plan_state",
        params={"state": plan.get_status_display()},
    )


def note(plan: Plan, what: str, *, at: datetime, by: User | None = None, **about: Any) -> PlanEvent:
    """A line of the plan's history."""
    return PlanEvent.objects.create(plan=plan, what=what, at=at, by=by, about=about)


def _changed(plan: Plan) -> Plan:
    plan.version += 1
    plan.save()
    return plan


def write_draft(plan: Plan, design: Design, *, by: User | None, at: datetime) -> PlanVersion:
    """The plan's one draft says this now; there was none or it said something else.

    Raises PlanRefused by field where not even a draft can say this: see ``communications.flaws.UNKEPT``.
    """
    if wrong := unkept(design, plan.kind):
        raise PlanRefused(wrong)
    draft = plan.versions.filter(published_at=None).first()
    if draft is None:
        number = (plan.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        draft = PlanVersion(plan=plan, number=number)
    else:
        draft.steps.all().delete()
    for name, value in designs.columns_of(design).items():
        setattr(draft, name, value)
    draft.made_at, draft.made_by = at, by
    draft.save()
    for step, experiment, variants in designs.rows_of(draft, design):
        step.save()
        if experiment:
            experiment.save()
            for variant in variants:
                variant.save()
    return draft


def void_approval(plan: Plan, *, at: datetime) -> int:
    """Whatever was asked or granted for the plan's draft holds no more."""
    open_ = Approval.objects.filter(
        version__plan=plan,
        version__published_at=None,
        state__in=[Approval.State.ASKED, Approval.State.GRANTED],
    )
    return open_.update(state=Approval.State.VOID, voided_at=at)


def count_up(plan: Plan) -> None:
    """Somebody changed something that belongs to the plan."""
    Plan.objects.filter(pk=plan.pk).update(version=F("version") + 1)

"""Why a customer got something, or did not: for each touchpoint, and for who has none of a plan."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from communications import schedule, timing, wording
from communications.buckets import bucket
from communications.models import Enrolment, HumanTask, Plan, PlanVersion, Touchpoint
from communications.queries import pressure, reach
from customers.models import Customer
from customers.queries import segments
from customers.queries.consents import current

State = Touchpoint.State


@dataclass(frozen=True)
class Line:
    """One thing that happened to it, or will: a code, what it means, and when."""

    code: str
    text: str | Promise
    at: datetime | None = None


@dataclass(frozen=True)
class Why:
    """``got`` is None while nobody can know. ``code`` is the reason in one word; the lines tell the whole of it.

    ``warnings`` are about the customer, such as a time zone that is missing.
    """

    got: bool | None
    code: str
    text: str | Promise
    lines: tuple[Line, ...] = ()
    warnings: tuple[str, ...] = ()


def of(touchpoint: Touchpoint) -> Why:
    """Why the customer got this one, did not, or has not got it yet."""
    code = touchpoint.reason or touchpoint.deferred or touchpoint.state
    got = {State.SENT: True, State.FAILED: False, State.SKIPPED: False, State.CANCELLED: False}
    return Why(
        got=got.get(State(touchpoint.state)),
        code=code,
        text=wording.reason(code),
        lines=tuple(_lines(touchpoint)),
        warnings=warnings(touchpoint.customer),
    )


def nothing_of(plan: Plan, customer: Customer, *, at: datetime | None = None) -> Why:
    """Why there is no touchpoint of this plan for the customer."""
    at = at or timezone.now()
    code = _nothing(plan, customer, at)
    return Why(False, code, wording.reason(code), warnings=warnings(customer))


def warnings(customer: Customer) -> tuple[str, ...]:
    """What is wrong with what is known of somebody: without a zone of their own they live in the business's."""
    return schedule.zone_of(timing.living(customer.zone))[1]


def _lines(one: Touchpoint) -> list[Line]:
    lines = [Line("planned", _("Planned"), one.planned_at)]
    if one.enrolment is not None:
        lines.insert(0, Line("enrolled", _("Came into the plan (%s)") % one.anchor_key, one.enrolment.enrolled_at))
    if one.wanted_at and one.wanted_at != one.due_at:
        lines.append(Line("wanted", _("Would have been due"), one.wanted_at))
    if one.due_at:
        lines.append(Line("due", _("Due"), one.due_at))
    if one.deferred:
        lines.append(Line(one.deferred, wording.reason(one.deferred), one.due_at))
    if one.variant:
        lines.append(Line("variant", _("Drawn for the variant %s") % one.variant))
    if one.queued_at:
        lines.append(Line("queued", _("Handed over"), one.queued_at))
    lines += [*_by_message(one), *_by_people(one)]
    if one.reason:
        lines.append(Line(one.reason, wording.reason(one.reason), one.ended_at))
    return lines


def _by_message(one: Touchpoint) -> list[Line]:
    """The letter of the moment tells more than the touchpoint, which follows it."""
    message = one.message
    if message is None:
        return []
    at = message.sent_at or message.handed_at or message.created_at
    return [Line(f"message_{message.state}", message.get_state_display(), at)]


def _by_people(one: Touchpoint) -> list[Line]:
    task: HumanTask | None = getattr(one, "task", None)
    if task is None:
        return []
    done = task.get_outcome_display() or task.get_state_display()
    return [Line(f"task_{task.outcome or task.state}", done, task.ended_at or task.due_at)]


def _nothing(plan: Plan, customer: Customer, at: datetime) -> str:
    version = plan.current
    if customer.status != Customer.Status.ACTIVE:
        return "customer_gone"
    if version is None:
        return "plan_not_live"
    if version.segment is not None and not segments.contains(version.segment, customer, at):
        return "not_in_segment"
    if plan.kind == Plan.Kind.CAMPAIGN and plan.filled_version_id is None:
        return "not_found_yet"
    if Enrolment.objects.filter(plan=plan, customer=customer).exists():
        return "step_added_later"
    if code := _would_stop(version, customer):
        return code
    if plan.status != Plan.Status.LIVE:
        return f"plan_{plan.status}"
    return "came_later" if plan.kind == Plan.Kind.CAMPAIGN else "no_anchor"


def _would_stop(version: PlanVersion, customer: Customer) -> str:
    """What would have kept all of it back anyway."""
    if not version.marketing:
        return ""
    settings, steps = pressure.settings(), version.steps.values_list("channel", flat=True)
    allowed = {str(one.channel) for one in current(customer) if one.purpose == version.purpose and one.allowed}
    if not allowed & set(steps):
        return "no_consent"
    if bucket(settings.holdout_salt, customer.number) < round(settings.holdout_percent * 100):
        return "holdout"
    own = bucket(reach.own_salt(version.plan_id), customer.number) < version.holdout_percent * 100
    return "holdout_of_plan" if own else ""


def listed(customer: Customer, limit: int = 50, *, plan: Plan | None = None) -> list[tuple[Touchpoint, Why]]:
    """What was planned for a customer, the latest first, each with its reason; of one plan where it is named."""
    found: Any = Touchpoint.objects.filter(customer=customer).select_related(
        "plan", "step", "enrolment", "message", "customer", "task"
    )
    found = found.filter(plan=plan) if plan else found
    return [(one, of(one)) for one in found.order_by("-due_at", "-pk")[:limit]]

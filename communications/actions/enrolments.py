"""Take customers into sequences and out of them. The same anchor takes nobody in twice."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communications.actions import planning, touchpoints
from communications.actions.planning import Recipe
from communications.models import Enrolment, Plan, PlanVersion
from communications.schedule import Due
from customers.models import Customer
from customers.queries import segments
from people.models import User

State = Enrolment.State

REFUSALS = {
    "plan_not_live": gettext_lazy("The plan is not live."),
    "no_sequence": gettext_lazy("A campaign takes nobody in: its segment says whom it reaches."),
    "customer_gone": gettext_lazy("The customer was merged into another or erased."),
    "already_active": gettext_lazy("The customer is in this plan already, and is in it once at a time."),
    "once_only": gettext_lazy("The customer was in this plan before, and is in it once only."),
    "not_in_segment": gettext_lazy("The customer is not in the segment of the plan."),
    "too_late": gettext_lazy("Everything that the plan has was due too long ago."),
}


class EnrolmentRefused(ValidationError):
    """Somebody who is not taken in, or out; ``code`` is one of REFUSALS, or ``not_active``."""


@dataclass(frozen=True)
class Entry:
    """A customer and an anchor: an instant or a day. ``key`` names it among the customer's anchors."""

    customer_id: int
    key: str
    anchor: datetime | date
    purchase_id: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of one entry: ``new``, or there from before, or refused with the code of a reason."""

    entry: Entry
    enrolment: Enrolment | None = None
    new: bool = False
    refused: str = ""


def enrol(
    plan: Plan,
    customer: Customer,
    *,
    anchor: datetime | date | None = None,
    key: str = "",
    by: User | None = None,
    at: datetime | None = None,
) -> Enrolment:
    """Take a customer into a live sequence by hand; the anchor is now where none is said.

    The same ``key`` finds the enrolment of the first time. Raises EnrolmentRefused.
    """
    at = at or timezone.now()
    anchor = anchor or at
    key = key or f"hand:{anchor.isoformat()}"
    (outcome,) = enrol_many(plan, [Entry(customer.merged_into_id or customer.pk, key, anchor)], by=by, at=at)
    if outcome.enrolment is None:
        raise EnrolmentRefused(REFUSALS[outcome.refused], code=outcome.refused)
    return outcome.enrolment


@transaction.atomic
def enrol_many(
    plan: Plan, entries: Sequence[Entry], *, by: User | None = None, at: datetime | None = None
) -> list[Outcome]:
    """Take many in, each by itself: outcomes in the order asked. The customers are locked meanwhile, by id.

    What their steps come to is written down in the same transaction.
    """
    at = at or timezone.now()
    plan = Plan.objects.select_related("current__segment").get(pk=plan.pk)
    version = plan.current
    if plan.kind != Plan.Kind.SEQUENCE or plan.status != Plan.Status.LIVE or version is None:
        code = "no_sequence" if plan.kind != Plan.Kind.SEQUENCE else "plan_not_live"
        return [Outcome(entry, refused=code) for entry in entries]
    people = _locked({entry.customer_id for entry in entries})
    judge = _Judge(version, planning.recipe(version), people, at)
    outcomes = [judge.outcome(entry) for entry in entries]
    return _write(judge, outcomes, by, at)


@transaction.atomic
def leave(
    enrolment: Enrolment, *, by: User | None = None, reason: str = "taken_out", at: datetime | None = None
) -> Enrolment:
    """Take a customer out of a plan: what was to come is cancelled. Raises EnrolmentRefused (``not_active``)."""
    at = at or timezone.now()
    locked = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if locked.state != State.ACTIVE:
        raise EnrolmentRefused(_("The customer is not in this plan any more."), code="not_active")
    touchpoints.leave(Enrolment.objects.filter(pk=locked.pk), state=State.EXITED, reason=reason, at=at)
    locked.refresh_from_db()
    return locked


def _locked(customer_ids: Iterable[int]) -> dict[int, Customer]:
    rows = Customer.objects.select_for_update(no_key=True).filter(pk__in=set(customer_ids)).order_by("pk")
    return {row.pk: row for row in rows}


class _Judge:
    """Who may come in, by the plan's rules of re-entry and its segment; asked for all at once."""

    def __init__(self, version: PlanVersion, made: Recipe, people: dict[int, Customer], at: datetime) -> None:
        self.version, self.made, self.people, self.at = version, made, people, at
        self.there: dict[int, dict[str, Enrolment]] = defaultdict(dict)
        for row in Enrolment.objects.filter(plan=version.plan_id, customer__in=list(people)):
            self.there[row.customer_id][row.anchor_key] = row
        self.members: set[int] | None = None
        if version.segment is not None:
            found = segments.memberships(people, [version.segment], at)
            self.members = {customer for customer, own in found.items() if version.segment_id in own}

    def outcome(self, entry: Entry) -> Outcome:
        known = self.there[entry.customer_id]
        if entry.key in known:
            return Outcome(entry, known[entry.key])
        if refused := self._refused(entry, known):
            return Outcome(entry, refused=refused)
        row = known[entry.key] = self._row(entry)
        return Outcome(entry, row, new=True)

    def _refused(self, entry: Entry, known: dict[str, Enrolment]) -> str:
        customer = self.people.get(entry.customer_id)
        rule = self.version.reentry
        if customer is None or customer.status != Customer.Status.ACTIVE:
            return "customer_gone"
        if rule == PlanVersion.Reentry.ONCE and known:
            return "once_only"
        if rule == PlanVersion.Reentry.ALONE and any(row.state == State.ACTIVE for row in known.values()):
            return "already_active"
        if self.members is not None and entry.customer_id not in self.members:
            return "not_in_segment"
        if not self._in_time(entry):
            return "too_late"
        return ""

    def _in_time(self, entry: Entry) -> bool:
        row = self._row(entry)
        planned = (planning.work_out(self.made, step, row, at=self.at) for step in self.made.steps)
        return any(isinstance(one.outcome, Due) for one in planned)

    def _row(self, entry: Entry) -> Enrolment:
        anchor: dict[str, Any] = {"anchor_at": entry.anchor}
        if not isinstance(entry.anchor, datetime):
            anchor = {"anchor_on": entry.anchor}
        return Enrolment(
            plan_id=self.version.plan_id,
            version=self.version,
            customer=self.people[entry.customer_id],
            anchor_key=entry.key,
            purchase_id=entry.purchase_id,
            alone=self.version.reentry == PlanVersion.Reentry.ALONE,
            enrolled_at=self.at,
            **anchor,
        )


def _write(judge: _Judge, outcomes: list[Outcome], by: User | None, at: datetime) -> list[Outcome]:
    new = [one.enrolment for one in outcomes if one.new and one.enrolment is not None]
    for row in new:
        row.by = by
    Enrolment.objects.bulk_create(new, batch_size=1_000)
    planning.plan_all(judge.made, new, at=at)
    return outcomes

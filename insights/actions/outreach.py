"""Do something about customers at risk: a sequence, or a list of people to call. What followed is read later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communications.actions import enrolments
from communications.actions.enrolments import Entry
from communications.models import Plan
from customers.models import Customer
from insights.actions.refusals import InsightRefused
from insights.models import Outreach, Risk
from people.models import User

MOST = 500
How = Outreach.How


@dataclass(frozen=True)
class Outcome:
    """How many were taken, and how many were not, by the code of the reason."""

    taken: int
    refused: dict[str, int]


@transaction.atomic
def enrol(customers: Sequence[int], *, plan: Plan, by: User, at: datetime | None = None) -> Outcome:
    """Put customers into a live sequence; the plan's own rules say who stays out.

    Raises InsightRefused (``nobody``, ``too_many``).
    """
    at, people = at or timezone.now(), _people(customers)
    key = f"at_risk:{at:%Y-%m-%d}"
    outcomes = enrolments.enrol_many(plan, [Entry(pk, key, at) for pk in people], by=by, at=at)
    refused: dict[str, int] = {}
    taken = []
    for outcome in outcomes:
        if outcome.new:
            taken.append(outcome.entry.customer_id)
        else:
            code = outcome.refused or "already_active"
            refused[code] = refused.get(code, 0) + 1
    _note(taken, how=How.SEQUENCE, label=plan.name, by=by, at=at)
    return Outcome(len(taken), refused)


@transaction.atomic
def call(customers: Sequence[int], *, by: User, label: str = "", at: datetime | None = None) -> Outcome:
    """Put customers on the list of people to call; who waits there already stays once.

    Raises InsightRefused (``nobody``, ``too_many``).
    """
    at, people = at or timezone.now(), _people(customers)
    waiting = set(
        Outreach.objects.filter(customer__in=people, how=How.CALL, done_at=None).values_list("customer_id", flat=True)
    )
    taken = [pk for pk in people if pk not in waiting]
    _note(taken, how=How.CALL, label=label, by=by, at=at)
    return Outcome(len(taken), {"already_active": len(waiting)} if waiting else {})


@transaction.atomic
def done(outreach: Outreach, *, result: str, by: User, at: datetime | None = None) -> Outreach:
    """Somebody was called. Raises InsightRefused (``result_missing``, ``done_already``)."""
    result = " ".join(result.split())[:200]
    if not result:
        raise InsightRefused(_("Say what came of it."), "result_missing", "result")
    outreach = Outreach.objects.select_for_update().get(pk=outreach.pk)
    if outreach.how != How.CALL or outreach.done_at:
        raise InsightRefused(_("This call was made already."), "done_already")
    outreach.done_at, outreach.result, outreach.by = at or timezone.now(), result, by
    outreach.save(update_fields=["done_at", "result", "by"])
    return outreach


def _people(customers: Sequence[int]) -> list[int]:
    """Those who are customers still, locked, in one order."""
    wanted = sorted(set(customers))
    if len(wanted) > MOST:
        raise InsightRefused(_("At most %(most)s at once."), "too_many", params={"most": MOST})
    rows = Customer.objects.standing().filter(pk__in=wanted).order_by("pk").select_for_update()
    found = [row.pk for row in rows]
    if not found:
        raise InsightRefused(_("Choose at least one customer."), "nobody")
    return found


def _note(customers: Sequence[int], *, how: str, label: str, by: User, at: datetime) -> None:
    risks = Risk.objects.in_bulk(customers)
    rows = []
    for pk in customers:
        risk = risks.get(pk)
        band, chance = (risk.band, risk.chance) if risk and risk.repeats else ("", None)
        rows.append(Outreach(customer_id=pk, how=how, label=label[:120], band=band, chance=chance, by=by, at=at))
    Outreach.objects.bulk_create(rows)

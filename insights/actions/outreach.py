"""Do something about customers at risk: a sequence, or a call by somebody. What followed is read later."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communications.actions import enrolments, human_tasks
from communications.actions.enrolments import Entry
from communications.models import HumanTask, Plan, Step
from communications.queries import reach
from customers.models import ConsentDecision, Customer
from insights.actions.refusals import InsightRefused
from insights.models import Outreach, Risk
from insights.queries import risk as queries
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
    outcomes = enrolments.enrol_many(plan, [Entry(one.pk, key, at) for one in people], by=by, at=at)
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
def call(
    customers: Sequence[int], *, by: User, to: User | None = None, label: str = "", at: datetime | None = None
) -> Outcome:
    """Customers somebody is to call (``to``, or whoever says so): they stand in the one list of calls, with why.

    Left out is who has no number, has not consented to calls of care, is held back by a complaint, or is to be called
    already. Raises InsightRefused (``nobody``, ``too_many``).
    """
    at, people = at or timezone.now(), _people(customers)
    against = reach.against_a_call([one.pk for one in people], purpose=ConsentDecision.Purpose.CARE)
    risks = Risk.objects.in_bulk([one.pk for one in people])
    tasks: dict[int, HumanTask] = {}
    for customer in people:
        if customer.pk not in against:
            tasks[customer.pk] = human_tasks.add(
                customer, kind=Step.Kind.CALL, title=gettext("At risk of leaving"), due_at=at, assignee=to, by=by,
                script=_script(risks.get(customer.pk), at),
            )  # fmt: skip
    _note(list(tasks), how=How.CALL, label=label, by=by, at=at, tasks=tasks)
    return Outcome(len(tasks), Counter(against.values()))


def _script(risk: Risk | None, at: datetime) -> str:
    """Why, for who calls."""
    if risk is None or not risk.repeats:
        return ""
    said = "; ".join(queries.reasons(risk, timezone.localtime(at).date()))
    return f"{said[:1].upper()}{said[1:]}."


def _people(customers: Sequence[int]) -> list[Customer]:
    """Those who are customers still, locked, in one order."""
    wanted = sorted(set(customers))
    if len(wanted) > MOST:
        raise InsightRefused(_("At most %(most)s at once."), "too_many", params={"most": MOST})
    found = list(Customer.objects.standing().filter(pk__in=wanted).order_by("pk").select_for_update())
    if not found:
        raise InsightRefused(_("Choose at least one customer."), "nobody")
    return found


def _note(
    customers: Sequence[int],
    *,
    how: str,
    label: str,
    by: User,
    at: datetime,
    tasks: Mapping[int, HumanTask] | None = None,
) -> None:
    risks = Risk.objects.in_bulk(customers)
    rows = []
    for pk in customers:
        risk = risks.get(pk)
        band, chance = (risk.band, risk.chance) if risk and risk.repeats else ("", None)
        task = (tasks or {}).get(pk)
        rows.append(
            Outreach(customer_id=pk, how=how, label=label[:120], band=band, chance=chance, by=by, at=at, task=task)
        )
    Outreach.objects.bulk_create(rows)

"""What a customer allows is decided again and again; every decision is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lines import one_line
from customers.actions import history, timeline
from customers.actions.customers import NotActive
from customers.models import AccessLog, ConsentDecision, Customer, Fact, Verb
from people.models import User


class DecisionRefused(ValidationError):
    """A decision that cannot be; ``code`` is ``no_source``, ``in_the_future`` or ``unknown_consent``."""


@dataclass(frozen=True)
class Decision:
    """What one customer decided about one channel and purpose, where, and the wording that was shown.

    ``at`` may lie in the past: of decisions, the latest one holds. Left out, it is now.
    """

    customer: Customer
    channel: str
    purpose: str
    granted: bool
    source: str
    wording: str = ""
    at: datetime | None = None


def decide(
    customer: Customer,
    *,
    channel: str,
    purpose: str,
    granted: bool,
    source: str,
    wording: str = "",
    at: datetime | None = None,
    by: User | None = None,
    through: str = "",
) -> ConsentDecision:
    """Write down what a customer decided: see Decision. Raises DecisionRefused, NotActive."""
    decision = Decision(customer, channel, purpose, granted, source, wording, at)
    return decide_many([decision], by=by, through=through)[0]


@transaction.atomic
def decide_many(decisions: Sequence[Decision], *, by: User | None = None, through: str = "") -> list[ConsentDecision]:
    """Write down decisions of many customers, all or none. Raises DecisionRefused, NotActive."""
    now = timezone.now()
    for decision in decisions:
        _check(decision, now)
    standing = _locked(decisions)
    rows = ConsentDecision.objects.bulk_create(
        ConsentDecision(
            customer=standing[decision.customer.pk],
            channel=decision.channel,
            purpose=decision.purpose,
            granted=decision.granted,
            source=one_line(decision.source)[:60],
            wording=decision.wording.strip(),
            at=decision.at or now,
            by=by,
        )
        for decision in decisions
    )
    timeline.record_many(_fact(row) for row in rows)
    for row in rows:
        field = f"{row.channel}/{row.purpose}"
        history.note(row.customer, AccessLog.What.DECIDED, by=by, through=through, fields=[field])
    return rows


def _check(decision: Decision, now: datetime) -> None:
    if decision.channel not in ConsentDecision.Channel or decision.purpose not in ConsentDecision.Purpose:
        raise DecisionRefused(_("There is no such channel or purpose."), code="unknown_consent")
    if not one_line(decision.source):
        raise DecisionRefused(_("Say where it was decided."), code="no_source")
    if decision.at and decision.at > now + timedelta(minutes=5):  # a clock elsewhere may be a little ahead
        raise DecisionRefused(_("A decision cannot lie in the future."), code="in_the_future")


def _locked(decisions: Sequence[Decision]) -> dict[int, Customer]:
    """The customers as they stand now, locked in one order."""
    found = Customer.objects.select_for_update(no_key=True).order_by("pk")
    standing = {customer.pk: customer for customer in found.filter(pk__in={one.customer.pk for one in decisions})}
    for customer in standing.values():
        if customer.status != Customer.Status.ACTIVE:
            raise NotActive(customer)
    return standing


def _fact(row: ConsentDecision) -> Fact:
    return Fact(
        customer=row.customer,
        verb=Verb.CONSENT_GIVEN if row.granted else Verb.CONSENT_WITHDRAWN,
        at=row.at,
        by=row.by,
        about={"channel": row.channel, "purpose": row.purpose, "decision": row.pk},
    )

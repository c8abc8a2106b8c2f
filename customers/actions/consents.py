"""What a customer allows is decided again and again; every decision is kept."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions import history, timeline
from customers.actions.customers import locked
from customers.models import AccessLog, ConsentDecision, Customer, Verb
from people.models import User


class DecisionRefused(ValidationError):
    """A decision that cannot be; ``code`` is ``no_source``, ``in_the_future`` or ``unknown_consent``."""


@transaction.atomic
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
    """Write down what a customer decided, where, and the wording that was shown.

    ``at`` may lie in the past: of decisions, the latest one holds. Raises DecisionRefused, NotActive.
    """
    now = timezone.now()
    at = at or now
    if channel not in ConsentDecision.Channel or purpose not in ConsentDecision.Purpose:
        raise DecisionRefused(_("There is no such channel or purpose."), code="unknown_consent")
    if not source.strip():
        raise DecisionRefused(_("Say where it was decided."), code="no_source")
    if at > now + timedelta(minutes=5):  # a clock elsewhere may be a little ahead
        raise DecisionRefused(_("A decision cannot lie in the future."), code="in_the_future")
    customer = locked(customer)
    decision = ConsentDecision.objects.create(
        customer=customer,
        channel=channel,
        purpose=purpose,
        granted=granted,
        source=source.strip()[:60],
        wording=wording.strip(),
        at=at,
        by=by,
    )
    verb = Verb.CONSENT_GIVEN if granted else Verb.CONSENT_WITHDRAWN
    timeline.record(customer, verb, by=by, at=at, channel=channel, purpose=purpose, decision=decision.pk)
    history.note(customer, AccessLog.What.DECIDED, by=by, through=through, fields=[f"{channel}/{purpose}"])
    return decision

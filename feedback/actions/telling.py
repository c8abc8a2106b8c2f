"""Tell what happened in a case: on its customer's timeline, or, where nobody knows who it is, to other systems."""

from datetime import datetime
from typing import Any

from customers.actions import timeline
from customers.models import Verb
from feedback.models import Case
from integrations.actions import webhooks
from people.models import User


def tell(
    case: Case, verb: Verb, *, at: datetime, by: User | None = None, key: str | None = None, **about: Any
) -> None:
    """In the same transaction as the change. ``key`` as in ``timeline.record``: who may tell twice asks first."""
    if case.customer is not None:
        timeline.record(case.customer, verb, by=by, at=at, key=key, case=case.pk, **about)
    else:
        webhooks.tell(verb, at=at, case=case.pk, **about)

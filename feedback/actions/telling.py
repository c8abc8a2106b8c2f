"""Tell what happened in a case: on its customer's timeline, or, where nobody knows who it is, to other systems."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from customers.actions import timeline
from customers.models import Fact, Verb
from feedback.models import Case
from integrations.actions import webhooks
from integrations.actions.webhooks import Event
from people.models import User


@dataclass(frozen=True)
class Told:
    """One thing that happened; ``about`` holds ids, numbers and codes."""

    case: Case
    verb: Verb
    at: datetime
    key: str
    about: dict[str, Any] = field(default_factory=dict)


def tell(
    case: Case, verb: Verb, *, at: datetime, by: User | None = None, key: str | None = None, **about: Any
) -> None:
    """In the same transaction as the change. ``key`` as in ``timeline.record``: who may tell twice asks first."""
    if case.customer is not None:
        timeline.record(case.customer, verb, by=by, at=at, key=key, case=case.pk, **about)
    else:
        webhooks.tell([Event(verb, at, {"case": case.pk} | about)])


def tell_many(many: Iterable[Told]) -> None:
    """The same for many cases at once."""
    facts, events = [], []
    for one in many:
        about = {"case": one.case.pk} | one.about
        if one.case.customer is not None:
            facts.append(Fact(customer=one.case.customer, verb=one.verb, at=one.at, key=one.key, about=about))
        else:
            events.append(Event(one.verb, one.at, about))
    timeline.record_many(facts)
    webhooks.tell(events)

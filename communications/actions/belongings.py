"""What is kept of a customer here: it follows a merge, and an erasure empties it. Noticed on the timeline."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from communications.models import Hold, Message, PushSubscription, Suppression
from customers.models import Customer, Fact, Verb
from customers.queries.holdings import family

State = Message.State
VERBS = frozenset({Verb.MERGED, Verb.ERASED})
EMPTY = {
    "to_address": "",
    "reply_to": "",
    "subject": "",
    "text": "",
    "html": "",
    "headers": {},
    "attachments": [],
    "error": "",
}


def react(facts: list[Fact]) -> None:
    """Facts of merges and erasures, as the reader of the timeline hands them over."""
    for fact in facts:
        if fact.verb == Verb.MERGED:
            move(fact.customer)
        elif fact.verb == Verb.ERASED:
            forget(fact.customer, at=fact.at)


@transaction.atomic
def move(into: Customer) -> None:
    """Everything of those who were merged into a customer is the customer's. Done before, it does nothing."""
    gone = Customer.objects.filter(merged_into=into).values("pk")
    for model in (Message, Hold, Suppression, PushSubscription):
        model._default_manager.filter(customer__in=gone).update(customer=into)


@transaction.atomic
def forget(customer: Customer, *, at: datetime | None = None) -> None:
    """What waits is not sent; of everything else it stays known that something was sent, and when, not what or where.

    An address that was suppressed is forgotten too: it can come back only with a consent of its own.
    """
    at, own = at or timezone.now(), {"customer__in": family(customer)}
    ended = {"reason": "erased", "ended_at": at, "worker": "", "lease_until": None}
    waiting = Message.objects.filter(**own, state__in=[*Message.WAITING, State.UNCERTAIN])
    waiting.update(state=State.CANCELLED, **ended, **EMPTY)
    Message.objects.filter(**own).exclude(to_address="").update(**EMPTY)
    Hold.objects.filter(**own, lifted_at=None).update(lifted_at=at)
    Suppression.objects.filter(**own).delete()
    PushSubscription.objects.filter(**own).delete()

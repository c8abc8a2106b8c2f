"""What is kept of a customer here: it follows a merge, and an erasure empties it. Noticed on the timeline."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from communications.actions import touchpoints
from communications.models import (
    Enrolment,
    Hold,
    HumanTask,
    Message,
    PushSubscription,
    Reaction,
    Suppression,
    Touchpoint,
)
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
    for model in (Message, Hold, Suppression, PushSubscription, HumanTask):
        model._default_manager.filter(customer__in=gone).update(customer=into)
    for pk in gone.order_by("pk").values_list("pk", flat=True):
        _move_plans(pk, into)


def _move_plans(gone: int, into: Customer) -> None:
    """What the survivor has of a plan already stands; the other's is ended, and stays where it was."""
    at, own = timezone.now(), Enrolment.objects.filter(customer=into)
    there = own.filter(plan=OuterRef("plan"))
    same = Q(Exists(there.filter(anchor_key=OuterRef("anchor_key"))))
    same |= Q(Exists(there.filter(alone=True, state="active")), alone=True, state="active")
    theirs = Enrolment.objects.filter(customer=gone)
    touchpoints.leave(theirs.filter(same), state=Enrolment.State.EXITED, reason="merged", at=at)
    moving = list(theirs.exclude(Exists(there.filter(anchor_key=OuterRef("anchor_key")))).values_list("pk", flat=True))
    Touchpoint.objects.filter(customer=gone, enrolment__in=moving).update(customer=into)
    Enrolment.objects.filter(pk__in=moving).update(customer=into)
    campaigns = Touchpoint.objects.filter(customer=gone, enrolment=None)
    known = Touchpoint.objects.filter(
        customer=into, plan=OuterRef("plan"), step_key=OuterRef("step_key"), anchor_key=OuterRef("anchor_key")
    )
    touchpoints.cancel(campaigns.filter(Exists(known)), reason="merged", at=at)
    campaigns.exclude(Exists(known)).update(customer=into)


@transaction.atomic
def forget(customer: Customer, *, at: datetime | None = None) -> None:
    """What waits is not sent; of everything else it stays known that something was sent, and when, not what or where.

    An address that was suppressed is forgotten too: it can come back only with a consent of its own.
    """
    at, own = at or timezone.now(), {"customer__in": family(customer)}
    touchpoints.leave(Enrolment.objects.filter(**own), state=Enrolment.State.EXITED, reason="erased", at=at)
    touchpoints.cancel(Touchpoint.objects.filter(**own), reason="erased", at=at)
    ended = {"reason": "erased", "ended_at": at, "worker": "", "lease_until": None}
    waiting = Message.objects.filter(**own, state__in=[*Message.WAITING, State.UNCERTAIN])
    waiting.update(state=State.CANCELLED, **ended, **EMPTY)
    Message.objects.filter(**own).exclude(to_address="").update(**EMPTY)
    Hold.objects.filter(**own, lifted_at=None).update(lifted_at=at)
    Suppression.objects.filter(**own).delete()
    PushSubscription.objects.filter(**own).delete()
    Reaction.objects.filter(message__customer__in=family(customer)).delete()
    HumanTask.objects.filter(**own, state=HumanTask.State.OPEN).update(
        state=HumanTask.State.CANCELLED, reason="erased", ended_at=at, ended_by=None
    )

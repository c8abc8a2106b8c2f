"""Write down that a letter was opened or a link in it followed, as far as the setting of the moment allows."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from communications import tracking
from communications.models import Message, ReactionKind, Step
from communications.tracking import Mark
from customers.actions import timeline
from customers.models import Fact, Verb

VERBS = {ReactionKind.OPENED: Verb.EMAIL_OPENED, ReactionKind.CLICKED: Verb.EMAIL_CLICKED}
COUNT = """
INSERT INTO communications_reactiontotal AS r (step_id, day, kind, target, machine, times)
VALUES (%s, %s, %s, %s, %s, 1)
ON CONFLICT (step_id, day, kind, target, machine) DO UPDATE SET times = r.times + 1
"""
KEEP = """
INSERT INTO communications_reaction AS r (message_id, kind, target, machine, at, last_at, times)
VALUES (%s, %s, %s, %s, %s, %s, 1)
ON CONFLICT (message_id, kind, target, machine) DO UPDATE SET times = r.times + 1, last_at = excluded.last_at
"""


@transaction.atomic
def record(mark: Mark, *, machine: bool, at: datetime | None = None) -> bool:
    """A picture was asked for, or a link followed. Returns whether anything was written down.

    A letter that went out while more was allowed to be known tells no more than the setting allows now. What a person
    did first with a letter stands on the timeline; what a machine did does not.
    """
    at, how = at or timezone.now(), settings.TRACKING
    kind = ReactionKind.CLICKED if mark.target else ReactionKind.OPENED
    if mark.message and how == tracking.INDIVIDUAL:
        return _keep(mark, kind, machine, at)
    if how in (tracking.AGGREGATE, tracking.INDIVIDUAL) and not mark.message:
        step = mark.step if mark.step and Step.objects.filter(pk=mark.step).exists() else None
        _run(COUNT, [step, timezone.localdate(at), kind, tracking.bare(mark.target), machine])
        return True
    return False


def _keep(mark: Mark, kind: ReactionKind, machine: bool, at: datetime) -> bool:
    """Of somebody who was erased nothing is kept."""
    message = Message.objects.select_related("customer").filter(pk=mark.message).exclude(to_address="").first()
    if message is None:
        return False
    _run(KEEP, [message.pk, kind, mark.target, machine, at, at])
    if message.customer is not None and not machine:
        about = {"message": message.pk}
        key = f"{kind.value}:{message.pk}"
        timeline.record_many([Fact(customer=message.customer, verb=VERBS[kind], at=at, key=key, about=about)])
    return True


def _run(statement: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)

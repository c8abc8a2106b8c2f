"""What is kept of a customer here: it follows a merge, and an erasure takes away what is not a figure of nobody."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from communications.actions import human_tasks
from communications.models import HumanTask
from customers.actions import readers
from customers.actions.readers import BareFact
from customers.models import Customer, Fact, Verb
from customers.queries.holdings import family
from insights.actions import rows
from insights.models import Assignment, Outreach, Risk

VERBS = rows.VERBS
AT_ONCE = 5_000  # facts: each batch is a few statements, however many there are


def catch_up(*, seconds: float = 20) -> int:
    """Read on in the timeline. Returns how many facts were read."""
    return readers.catch_up("insights", react, verbs=VERBS, limit=AT_ONCE, bare=True, seconds=seconds)


def react(facts: Sequence[Fact | BareFact]) -> None:
    """What the reader of the timeline hands over: months to add up, merges to follow, people to forget."""
    rows.react(facts)
    for fact in facts:
        if fact.verb == Verb.MERGED:
            follow(fact.customer)
        elif fact.verb == Verb.ERASED:
            forget(fact.customer)


@transaction.atomic
def follow(into: Customer) -> None:
    """Everything of those who were merged into a customer is the customer's.

    Of two arms of an experiment the first one holds, and nobody is called twice.
    """
    gone = Customer.objects.filter(merged_into=into).values("pk")
    Risk.objects.filter(customer__in=gone).delete()
    theirs = Outreach.objects.filter(customer__in=gone)
    if _waiting(Outreach.objects.filter(customer=into)):
        for task in _waiting(theirs):
            human_tasks.drop(task)
    theirs.update(customer=into)
    known = Assignment.objects.filter(customer=into).values("experiment")
    for assignment in Assignment.objects.filter(customer__in=gone).exclude(experiment__in=known).order_by("at", "pk"):
        if not Assignment.objects.filter(customer=into, experiment=assignment.experiment_id).exists():
            Assignment.objects.filter(pk=assignment.pk).update(customer=into)


def _waiting(rows: QuerySet[Outreach]) -> list[HumanTask]:
    """The calls of these that nobody has made yet."""
    waiting = rows.filter(task__state=HumanTask.State.OPEN).select_related("task").order_by("pk")
    return [one.task for one in waiting if one.task]


@transaction.atomic
def forget(customer: Customer) -> None:
    """Nobody is scored who was erased; what was bought, and what was done, stays as a figure of nobody."""
    Risk.objects.filter(customer__in=family(customer)).delete()

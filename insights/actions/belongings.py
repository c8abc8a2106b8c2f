"""What is kept of a customer here: it follows a merge, and an erasure takes away what is not a figure of nobody."""

from django.db import transaction

from customers.models import Customer, Fact, Verb
from customers.queries.holdings import family
from insights.actions import rows
from insights.models import Assignment, Outreach, Risk

VERBS = rows.VERBS


def react(facts: list[Fact]) -> None:
    """What the reader of the timeline hands over: months to add up, merges to follow, people to forget."""
    rows.react(facts)
    for fact in facts:
        if fact.verb == Verb.MERGED:
            follow(fact.customer)
        elif fact.verb == Verb.ERASED:
            forget(fact.customer)


@transaction.atomic
def follow(into: Customer) -> None:
    """Everything of those who were merged into a customer is the customer's; of two arms the first one holds."""
    gone = Customer.objects.filter(merged_into=into).values("pk")
    Risk.objects.filter(customer__in=gone).delete()
    for one in Outreach.objects.filter(customer__in=gone).order_by("pk"):
        if one.how == Outreach.How.CALL and one.done_at is None and _waits(into):
            one.delete()
        else:
            Outreach.objects.filter(pk=one.pk).update(customer=into)
    known = Assignment.objects.filter(customer=into).values("experiment")
    for assignment in Assignment.objects.filter(customer__in=gone).exclude(experiment__in=known).order_by("at", "pk"):
        if not Assignment.objects.filter(customer=into, experiment=assignment.experiment_id).exists():
            Assignment.objects.filter(pk=assignment.pk).update(customer=into)


def _waits(customer: Customer) -> bool:
    return Outreach.objects.filter(customer=customer, how=Outreach.How.CALL, done_at=None).exists()


@transaction.atomic
def forget(customer: Customer) -> None:
    """Nobody is scored or called who was erased; what was bought stays as a figure of nobody."""
    own = {"customer__in": family(customer)}
    Risk.objects.filter(**own).delete()
    Outreach.objects.filter(**own, how=Outreach.How.CALL, done_at=None).delete()
    Outreach.objects.filter(**own).exclude(result="").update(result="")

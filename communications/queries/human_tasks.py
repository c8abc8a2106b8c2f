"""What is to be done by people: mine or everybody's, by what it is, the most urgent first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from communications.models import Hold, HumanTask, Step
from customers.models import Customer, Phone, PostalAddress
from people.models import User

State = HumanTask.State
RECENT = timedelta(days=60)


@dataclass(frozen=True)
class Counts:
    calls: int
    by_hand: int
    late: int
    anybodys_late: int


def open_tasks(*, assignee: User | None = None) -> QuerySet[HumanTask]:
    """What is open for customers who still are one, by when it is due; see ``to_do``."""
    found = to_do().filter(assignee=assignee) if assignee else to_do()
    return found.select_related("customer", "assignee", "touchpoint__plan").order_by("due_at", "pk")


def to_do() -> QuerySet[HumanTask]:
    """What is open, but for marketing that is kept back from its customer: it comes back when nothing holds it."""
    held = Exists(Hold.objects.filter(customer=OuterRef("customer"), lifted_at=None))
    found = HumanTask.objects.filter(state=State.OPEN, customer__status=Customer.Status.ACTIVE)
    return found.exclude(held, marketing=True)


def calls(*, at: datetime, assignee: User | None = None) -> QuerySet[HumanTask]:
    """Calls that can be made now."""
    return open_tasks(assignee=assignee).filter(kind=Step.Kind.CALL, due_at__lte=at)


def by_hand(*, assignee: User | None = None) -> QuerySet[HumanTask]:
    """What is written, packed and posted."""
    return open_tasks(assignee=assignee).exclude(kind=Step.Kind.CALL)


def sent_lately(*, at: datetime) -> QuerySet[HumanTask]:
    """What went by post and may come back."""
    found = HumanTask.objects.filter(state=State.DONE, outcome=HumanTask.Outcome.SENT, ended_at__gte=at - RECENT)
    return found.select_related("customer").order_by("-ended_at", "-pk")


def counts(*, at: datetime, assignee: User) -> Counts:
    """How much waits for somebody, as the lists have it, and how much of anybody's is late; one query."""
    mine, call = Q(assignee=assignee), Q(kind=Step.Kind.CALL)
    found = to_do().aggregate(
        calls=Count("pk", filter=mine & call & Q(due_at__lte=at)),
        by_hand=Count("pk", filter=mine & ~call),
        late=Count("pk", filter=mine & Q(escalated_at__isnull=False)),
        anybodys_late=Count("pk", filter=Q(escalated_at__isnull=False)),
    )
    return Counts(**found)


def escalated() -> QuerySet[HumanTask]:
    """Everybody's that is overdue by more than a day."""
    return open_tasks().filter(escalated_at__isnull=False)


def phones(tasks: Iterable[HumanTask]) -> dict[int, str]:
    """The primary number of each customer."""
    found = Phone.objects.filter(customer__in={task.customer_id for task in tasks}, primary=True)
    return dict(found.values_list("customer", "number"))


def addresses(tasks: Iterable[HumanTask]) -> dict[int, PostalAddress]:
    """The primary postal address of each customer."""
    found = PostalAddress.objects.filter(customer__in={task.customer_id for task in tasks}, primary=True)
    return {one.customer_id: one for one in found}

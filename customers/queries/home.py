"""Whom somebody's day starts with."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from customers.models import AccessLog, Customer, ImportRun, Profile
from people.models import User

COUNTED = 1000  # of a stage; more are "more than"
IMPORTS_SINCE = timedelta(days=7)
LOOKED_BACK = 1000  # accesses of one's own; enough to find a handful of different people
# Whom one opened; a list that was shown or a file that came in names thousands.
OPENED = (AccessLog.What.VIEWED, AccessLog.What.FOUND, AccessLog.What.CHANGED, AccessLog.What.DECIDED)


def recent(person: User, limit: int = 6) -> list[Customer]:
    """The customers that this person dealt with last, the latest first; who was merged or erased since is left out."""
    latest = AccessLog.objects.filter(by=person).latest_first().values("pk")[:LOOKED_BACK]
    seen = AccessLog.objects.filter(pk__in=latest, what__in=OPENED).latest_first()
    order = list(dict.fromkeys(seen.values_list("customer_id", flat=True)))
    there = Customer.objects.filter(status=Customer.Status.ACTIVE).in_bulk(order)
    return [there[pk] for pk in order if pk in there][:limit]


def latest_buyers(limit: int = 6) -> QuerySet[Profile]:
    """Who bought last, the latest first."""
    bought = Profile.objects.filter(last_purchase_at__isnull=False, customer__status=Customer.Status.ACTIVE)
    return bought.select_related("customer").order_by("-last_purchase_at", "customer")[:limit]


def by_stage(stages: Iterable[Profile.Stage]) -> list[tuple[str, str, int]]:
    """Stage, its name, and how many customers stand there: counted up to one more than COUNTED."""
    standing = Profile.objects.filter(customer__status=Customer.Status.ACTIVE)
    return [(stage.value, str(stage.label), standing.filter(stage=stage)[: COUNTED + 1].count()) for stage in stages]


def imports_at_hand(now: datetime, *, kinds: list[str], limit: int = 5) -> list[ImportRun]:
    """Of the last days: what goes on, what waits for somebody, what failed, and what left rows out."""
    recent = ImportRun.objects.filter(created_at__gte=now - IMPORTS_SINCE, kind__in=kinds)
    latest = recent.select_related("source").order_by("-pk")
    return [run for run in latest[:50] if run.state != ImportRun.State.DONE or run.refused_rows][:limit]

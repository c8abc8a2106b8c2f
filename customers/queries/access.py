"""Who looked at or changed what, and what it was before."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone

from customers.models import AccessLog, Customer
from customers.queries.holdings import family
from people.models import User

DETAILS = ("name", "birth_year", "birth_month", "birth_day", "language", "zone", "country", "city")
HISTORIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "CustomerEvent": ("pgh_obj", DETAILS),
    "EmailAddressEvent": ("customer", ("address",)),
    "PhoneEvent": ("customer", ("number",)),
    "PostalAddressEvent": ("customer", ("lines", "postcode", "city")),
    "TraitEvent": ("customer", ("kind", "name", "value")),
}


@dataclass(frozen=True)
class Before:
    """What a row said before a change or its removal."""

    at: datetime
    what: str
    said: str
    removed: bool
    by: User | None


def accesses(
    *,
    customer: Customer | None = None,
    by: User | None = None,
    what: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[AccessLog]:
    """The log, latest first; the days are those of the current time zone and belong to it on both ends."""
    found = AccessLog.objects.select_related("customer", "by").latest_first()
    if customer:
        found = found.filter(customer__in=family(customer))
    if by:
        found = found.filter(by=by)
    if what:
        found = found.filter(what=what)
    if since:
        found = found.filter(at__gte=_begin(since))
    if until:
        found = found.filter(at__lt=_begin(until + timedelta(days=1)))
    return found


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def before(customer: Customer, *, most: int = 50) -> list[Before]:
    """What was changed or taken away, latest first."""
    ids = family(customer)
    events: list[tuple[Any, str]] = []
    for name, (path, fields) in HISTORIES.items():
        model: Any = apps.get_model("customers", name)
        found = model.objects.filter(**{f"{path}__in": ids}).select_related("pgh_context").order_by("-pgh_id")[:most]
        for event in found:
            said = " ".join(str(getattr(event, field)) for field in fields if getattr(event, field) not in (None, ""))
            events.append((event, said))
    events = sorted(events, key=lambda pair: pair[0].pgh_created_at, reverse=True)[:most]
    people = User.objects.in_bulk({_user(event) for event, _ in events} - {None})
    return [
        Before(
            at=event.pgh_created_at,
            what=str(event.pgh_tracked_model._meta.verbose_name),
            said=said,
            removed=event.pgh_label == "delete",
            by=people.get(_user(event)),
        )
        for event, said in events
    ]


def _user(event: Any) -> int | None:
    return event.pgh_context.metadata.get("user") if event.pgh_context else None

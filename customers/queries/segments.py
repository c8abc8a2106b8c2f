"""Who is in a segment: worked out from the customers' rows each time, never stored."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils import timezone

from customers import conditions
from customers.conditions import Condition, Conditions, Group, How, Kind
from customers.models import ConsentDecision, Customer, Segment, Trait


def members(segment: Segment, at: datetime | None = None) -> QuerySet[Customer]:
    """The customers of a segment, in no order; who was erased or merged into another never is one."""
    return chosen(conditions.read(segment.conditions), at)


def chosen(asked: Conditions, at: datetime | None = None) -> QuerySet[Customer]:
    """The customers whom conditions choose, saved as a segment or not."""
    return Customer.objects.standing().filter(holds(asked, at or timezone.now()))


def contains(segment: Segment, customer: Customer, at: datetime | None = None) -> bool:
    return members(segment, at).filter(pk=customer.pk).exists()


def count(segment: Segment, at: datetime | None = None) -> int:
    return members(segment, at).count()


def memberships(
    customer_ids: Iterable[int], segments: Iterable[Segment], at: datetime | None = None
) -> dict[int, set[int]]:
    """Of these customers, which of these segments each is in: ids by the customer's id. One query for all."""
    at, wanted = at or timezone.now(), {f"in_{segment.pk}": segment for segment in segments}
    if not wanted:
        return {}
    asked: dict[str, Any] = {
        name: Case(
            When(holds(conditions.read(segment.conditions), at), then=True),
            default=False,
            output_field=BooleanField(),
        )
        for name, segment in wanted.items()
    }
    rows = Customer.objects.standing().filter(pk__in=set(customer_ids)).annotate(**asked).values("pk", *wanted)
    return {row["pk"]: {segment.pk for name, segment in wanted.items() if row[name]} for row in rows}


def holds(asked: Conditions, at: datetime) -> Q:
    """The conditions as a filter of customers. What is not known holds no condition, and its negation."""
    return _together([_group(group, at) for group in asked.groups], asked.any) or Q(pk__isnull=False)


def _group(group: Group, at: datetime) -> Q:
    found = _together([_condition(each, at) for each in group.conditions], group.any)
    return ~found if group.negated else found


def _together(parts: list[Q], any_: bool) -> Q:
    together = Q()
    for part in parts:
        together = together | part if any_ else together & part
    return together


def _condition(asked: Condition, at: datetime) -> Q:
    found = _KINDS[asked.field.kind](asked, at)
    return ~found if asked.negated else found


def _one_of(asked: Condition, at: datetime) -> Q:
    if asked.how == How.KNOWN:
        return Q(**{f"{asked.field.path}__gt": ""})
    return Q(**{f"{asked.field.path}__in": asked.values})


def _amount(asked: Condition, at: datetime) -> Q:
    about = asked.field
    column: Any = F(about.path) - F(about.less) if about.less else F(about.path)
    compare = GreaterThanOrEqual if asked.how == How.AT_LEAST else LessThanOrEqual
    known = Coalesce(column, Value(-1), output_field=BigIntegerField())
    holds_ = Q(compare(known, Value(asked.values[0]))) & Q(**{f"{about.path}__isnull": False})
    return holds_ & Q(profile__currency=settings.BUSINESS_CURRENCY) if about.kind == Kind.MONEY else holds_


def _moment(asked: Condition, at: datetime) -> Q:
    path, how = asked.field.path, asked.how
    if how == How.KNOWN:
        return Q(**{f"{path}__isnull": False})
    if how == How.WITHIN:
        return Q(**{f"{path}__gt": at - timedelta(days=asked.values[0]), f"{path}__lte": at})
    if how == How.EARLIER:
        return Q(**{f"{path}__lte": at - timedelta(days=asked.values[0])})
    begins = _begin_of(asked.values[0])
    return Q(**{f"{path}__gte" if how == How.SINCE else f"{path}__lt": begins})


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(settings.BUSINESS_ZONE))


def _month(asked: Condition, at: datetime) -> Q:
    if asked.how == How.KNOWN:
        return Q(**{f"{asked.field.path}__isnull": False})
    this = at.astimezone(ZoneInfo(settings.BUSINESS_ZONE)).month
    return Q(**{f"{asked.field.path}__in": [this] if asked.how == How.THIS_MONTH else asked.values})


def _trait(asked: Condition, at: datetime) -> Q:
    traits = Trait.objects.filter(customer=OuterRef("pk"), kind=asked.field.path)
    if asked.name:
        traits = traits.filter(name__iexact=asked.name)
    if asked.how == How.IN:
        fits = Q()
        for value in asked.values:
            fits |= Q(value__iexact=value)
        traits = traits.filter(fits)
    return Q(Exists(traits))


def _consent(asked: Condition, at: datetime) -> Q:
    """Of all decisions about a channel and a purpose, the latest one counts."""
    any_ = Q()
    for value in asked.values:
        channel, purpose = value.split(":")
        decided = ConsentDecision.objects.filter(customer=OuterRef("pk"), channel=channel, purpose=purpose, at__lte=at)
        latest = Subquery(decided.order_by("-at", "-id").values("granted")[:1])
        any_ |= Q(Coalesce(latest, Value(False), output_field=BooleanField()))
    return any_


_KINDS = {
    Kind.CHOICE: _one_of,
    Kind.TEXT: _one_of,
    Kind.NUMBER: _amount,
    Kind.MONEY: _amount,
    Kind.MOMENT: _moment,
    Kind.MONTH: _month,
    Kind.TRAIT: _trait,
    Kind.CONSENT: _consent,
}

"""Who is in a segment: worked out from the customers' rows each time; only the list of a kept one is stored."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThanOrEqual
from django.utils import timezone

from customers import conditions
from customers.conditions import Condition, Conditions, Group
from customers.fields import Field, How, Kind
from customers.models import (
    ConsentDecision,
    Customer,
    EmailAddress,
    Fact,
    Phone,
    PostalAddress,
    Profile,
    Purchase,
    Segment,
    SegmentMember,
    Trait,
)

LATELY = timedelta(minutes=15)  # of a moment longer ago it is asked what held then
AMOUNT: Any = DecimalField(max_digits=38, decimal_places=0)


def members(segment: Segment, at: datetime | None = None) -> QuerySet[Customer]:
    """The customers of a segment, in no order; who was erased or merged into another never is one."""
    return Customer.objects.standing().filter(_of(segment, at or timezone.now()))


def _of(segment: Segment, at: datetime) -> Q:
    if segment.kept_at:
        return Q(Exists(SegmentMember.objects.filter(segment=segment, customer=OuterRef("pk"))))
    return holds(conditions.read(segment.conditions), at)


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
            When(_of(segment, at), then=True),
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
    parts = [_group(each, at) if isinstance(each, Group) else _condition(each, at) for each in group.conditions]
    found = _together(parts, group.any)
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
    """Amounts per purchase are compared without dividing: all that was spent with so many times the value."""
    about = asked.field
    column: Any = F(about.path) - F(about.less) if about.less else F(about.path)
    known = Coalesce(column, Value(-1), output_field=BigIntegerField())
    if asked.how == How.ABOVE_AVERAGE:
        holds_ = _above_average(about, known)
    else:
        compare: Any = LessThanOrEqual if asked.how == How.AT_MOST else GreaterThanOrEqual
        bound: Any = Value(asked.values[0])
        holds_ = Q(compare(known, ExpressionWrapper(bound * F(about.per), AMOUNT) if about.per else bound))
    holds_ &= Q(**{f"{about.path}__isnull": False})
    if about.per or asked.how == How.ABOVE_AVERAGE:
        holds_ &= Q(profile__purchases__gt=0)
    return holds_ & Q(profile__currency=settings.BUSINESS_CURRENCY) if about.kind == Kind.MONEY else holds_


def _above_average(about: Field, amount: Any) -> Q:
    """More than the average of all who bought something, per purchase or per customer; in whole numbers, exactly.

    The totals are read once, before: an average of a million rows is not worked out anew by each query that asks.
    """
    path, less, per = (each.removeprefix("profile__") for each in (about.path, about.less, about.per))
    buyers = Profile.objects.filter(purchases__gt=0, currency=settings.BUSINESS_CURRENCY)
    total: Any = Sum(F(path) - F(less)) if less else Sum(path)
    spent, shares = buyers.aggregate(spent=total, shares=Sum(per) if per else Count("pk")).values()
    if not shares:
        return Q(GreaterThan(amount, Value(0)))
    whole, rest = divmod(int(spent), int(shares))
    if not about.per:
        return Q(GreaterThan(amount, Value(whole)))
    # amount / n > whole + rest / shares, where rest / shares is below one
    each: Any = Cast(about.per, BigIntegerField())
    bound = each * Value(whole) + each * Value(rest) / Value(shares)
    return Q(GreaterThan(amount, ExpressionWrapper(bound, output_field=BigIntegerField())))


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
    """Of all decisions about a channel and a purpose, the latest one counts; what holds now is in their row."""
    if at > timezone.now() - LATELY:
        wanted = sum({ConsentDecision.bit(*value.split(":")) for value in asked.values})
        return Q(GreaterThan(F("consents").bitand(wanted), Value(0)))
    any_ = Q()
    for value in asked.values:
        channel, purpose = value.split(":")
        decided = ConsentDecision.objects.filter(channel=channel, purpose=purpose, at__lte=at)
        later = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
        withdrawn = decided.filter(later, customer=OuterRef("customer"), granted=False)
        any_ |= Q(Exists(decided.filter(~Exists(withdrawn), customer=OuterRef("pk"), granted=True)))
    return any_


def _theme(asked: Condition, at: datetime) -> Q:
    """By the code or the name of a theme, large letters or small."""
    path, wanted = asked.field.path, [value.lower()[:60] for value in asked.values]
    return Q(**{f"{path}__isnull": False} if asked.how == How.KNOWN else {f"{path}__overlap": wanted})


def _fact(asked: Condition, at: datetime) -> Q:
    """Whether it happened to the customer at least once, at all or since then."""
    facts = Fact.objects.filter(customer=OuterRef("pk"), verb=asked.name, at__lte=at)
    if asked.how == How.WITHIN:
        facts = facts.filter(at__gt=at - timedelta(days=asked.values[0]))
    elif asked.how == How.SINCE:
        facts = facts.filter(at__gte=_begin_of(asked.values[0]))
    return Q(Exists(facts))


def _bought(asked: Condition, at: datetime) -> Q:
    bought = Purchase.objects.filter(customer=OuterRef("pk"), status=Purchase.Status.STANDING, at__lte=at)
    fits = Q()
    for value in asked.values:
        fits |= Q(**{f"{asked.field.path}__iexact": value})
    return Q(Exists(bought.filter(fits)))


def _postcode(asked: Condition, at: datetime) -> Q:
    addresses = PostalAddress.objects.filter(customer=OuterRef("pk")).exclude(postcode="")
    fits = Q()
    for value in asked.values:
        fits |= Q(postcode__istartswith=value)
    return Q(Exists(addresses.filter(fits)))


def _reach(asked: Condition, at: datetime) -> Q:
    any_ = Q()
    for value in asked.values:
        any_ |= Q(Exists(_WAYS[value].objects.filter(customer=OuterRef("pk"))))
    return any_


_WAYS: dict[str, Any] = {"email": EmailAddress, "phone": Phone, "post": PostalAddress}
_KINDS = {
    Kind.CHOICE: _one_of,
    Kind.TEXT: _one_of,
    Kind.NUMBER: _amount,
    Kind.MONEY: _amount,
    Kind.MOMENT: _moment,
    Kind.MONTH: _month,
    Kind.TRAIT: _trait,
    Kind.CONSENT: _consent,
    Kind.FACT: _fact,
    Kind.BOUGHT: _bought,
    Kind.POSTCODE: _postcode,
    Kind.REACH: _reach,
    Kind.THEME: _theme,
}

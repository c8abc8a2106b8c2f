"""Two records turn out to be one person: one of them takes over everything, the other only says where it went."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, UniqueConstraint
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actions import consents, history, profile, readers, timeline
from customers.actions.customers import NotActive
from customers.models import (
    AccessLog,
    ConsentDecision,
    Customer,
    Duplicate,
    EmailAddress,
    Phone,
    PostalAddress,
    Profile,
    Purchase,
    SegmentMember,
    Trait,
    Verb,
)
from customers.naming import sort_key
from customers.queries.consents import Consent, current
from customers.queries.holdings import moving
from people.models import User

# What makes two rows the same one.
BELONGINGS: list[tuple[Any, tuple[str, ...]]] = [
    (EmailAddress, ("address",)),
    (Phone, ("number",)),
    (PostalAddress, ("lines", "postcode", "city", "country")),
    (Trait, ("kind", "name", "value")),
]
# Details that are filled together; the survivor's own stand.
DETAILS = {
    ("name",): gettext_lazy("name"),
    ("birth_day", "birth_month", "birth_year"): gettext_lazy("birthday"),
    ("language",): gettext_lazy("language"),
    ("zone",): gettext_lazy("zone"),
    ("city", "country", "latitude", "longitude"): gettext_lazy("place"),
    ("came_from",): gettext_lazy("came from"),
}


class SameCustomer(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("A customer cannot be merged into itself."), code="same_customer")


@dataclass(frozen=True)
class Detail:
    """One field: what the survivor will have, and what is left behind where both said something else."""

    name: str | Promise
    kept: str
    dropped: str


@dataclass(frozen=True)
class Preview:
    """What a merge would do. ``moving`` counts the rows that change hands, by kind."""

    customer: Customer
    into: Customer
    moving: dict[str, int]
    details: list[Detail]
    consents: list[tuple[Consent, bool]]

    @property
    def conflicts(self) -> list[Detail]:
        return [detail for detail in self.details if detail.dropped]


def preview(customer: Customer, into: Customer) -> Preview:
    """What merging ``customer`` into ``into`` would do; writes nothing. Raises SameCustomer, NotActive."""
    _check(customer, into)
    rows = {str(Purchase._meta.verbose_name_plural): customer.purchases.count()}
    rows[_("facts")] = customer.timeline.count()
    for model, same in BELONGINGS:
        rows[str(model._meta.verbose_name_plural)] = len(_new_to(into, customer, model, same))
    rows[str(ConsentDecision._meta.verbose_name_plural)] = customer.consent_decisions.count()
    for table, key in moving():
        if count := _changing_hands(table, key, customer, into).count():
            rows[str(table._meta.verbose_name_plural)] = count
    return Preview(customer, into, rows, _details(customer, into), _stricter(current(customer), current(into)))


@transaction.atomic
def merge(customer: Customer, *, into: Customer, by: User | None = None, at: datetime | None = None) -> Customer:
    """Merge ``customer`` into ``into``, for good: purchases, facts, consents, addresses and traits change hands.

    Who has points is merged by ``loyalty.actions.merging``, which calls this. Of two consents the stricter one
    holds. Raises SameCustomer, NotActive.
    """
    at = at or timezone.now()
    readers.carry_over(customer, into=into)
    rows = Customer.objects.select_for_update().filter(pk__in=[customer.pk, into.pk]).order_by("pk")
    locked = {row.pk: row for row in rows}
    customer, into = locked[customer.pk], locked[into.pk]
    _check(customer, into)
    history.attribute(by)
    stricter = _stricter(current(customer), current(into))
    _point_at(into, customer, at)
    _move(customer, into)
    _keep_strict(into, stricter, by, at)
    Duplicate.objects.filter(Q(first=customer) | Q(second=customer)).delete()
    Profile.objects.filter(customer=customer).delete()
    profile.refresh([into.pk], at=at)
    timeline.record(into, Verb.MERGED, by=by, at=at, key=f"merged:{customer.pk}", record=customer.pk)
    for one in (customer, into):
        history.note(one, AccessLog.What.MERGED, by=by)
    return into


def _check(customer: Customer, into: Customer) -> None:
    if customer.pk == into.pk:
        raise SameCustomer
    for one in (customer, into):
        if one.status != Customer.Status.ACTIVE:
            raise NotActive(one)


def _details(customer: Customer, into: Customer) -> list[Detail]:
    """What both know, field by field, where it says anything."""
    details = []
    for fields in DETAILS:
        theirs, ours = _said(customer, fields), _said(into, fields)
        if theirs or ours:
            details.append(Detail(DETAILS[fields], ours or theirs, theirs if ours and theirs != ours else ""))
    return details


def _said(customer: Customer, fields: tuple[str, ...]) -> str:
    if "birth_day" in fields:
        return customer.birthday_in_words
    said = [getattr(customer, field) for field in fields if field not in ("latitude", "longitude")]
    return (" " if "name" in fields else ", ").join(str(value) for value in said if value not in (None, ""))


def _point_at(into: Customer, customer: Customer, at: datetime) -> None:
    """The one row points at the other, and so do those that were merged into it before; blanks are filled."""
    customer.status, customer.merged_into, customer.merged_at = Customer.Status.MERGED, into, at
    customer.version += 1
    customer.save(update_fields=["status", "merged_into", "merged_at", "version"])
    Customer.objects.filter(merged_into=customer).update(merged_into=into)
    for fields in DETAILS:
        if not _said(into, fields):
            for field in fields:
                setattr(into, field, getattr(customer, field))
    into.sort_key = sort_key(into.name)
    into.version += 1
    into.save()


def _move(customer: Customer, into: Customer) -> None:
    for model, same in BELONGINGS:
        new = _new_to(into, customer, model, same)
        theirs = model.objects.filter(customer=customer)
        theirs.exclude(pk__in=new).delete()
        if model is not Trait and model.objects.filter(customer=into, primary=True).exists():
            theirs.update(primary=False)
        theirs.update(customer=into)
    lists = SegmentMember.objects.filter(customer=into).values("segment")
    SegmentMember.objects.filter(customer=customer).exclude(segment__in=lists).update(customer=into)
    customer.purchases.update(customer=into)
    customer.consent_decisions.update(customer=into)
    customer.timeline.update(customer=into)
    for model, key in moving():
        _changing_hands(model, key, customer, into).update(**{key: into})


def _changing_hands(model: type[Model], key: str, customer: Customer, into: Customer) -> QuerySet[Any]:
    """Rows of the customer, but for those of which the survivor has one where only one may be: these stay."""
    rows = model._default_manager.filter(**{key: customer})
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and key in constraint.fields and constraint.condition is None:
            alike = {name: OuterRef(name) for name in constraint.fields if name != key}
            rows = rows.filter(~Exists(model._default_manager.filter(**{key: into}, **alike)))
    return rows


def _new_to(into: Customer, customer: Customer, model: Any, same: tuple[str, ...]) -> list[int]:
    """Rows that the survivor does not have yet."""
    known = set(model.objects.filter(customer=into).values_list(*same))
    theirs = model.objects.filter(customer=customer).order_by("pk").values_list("pk", *same)
    return [pk for pk, *what in theirs if tuple(what) not in known]


def _stricter(theirs: list[Consent], ours: list[Consent]) -> list[tuple[Consent, bool]]:
    """Of each channel and purpose that either has decided, the survivor's consent, and whether it will be allowed.

    One refusal is enough; one who was never asked refused nothing.
    """
    answer = []
    for their, our in zip(theirs, ours, strict=True):
        decisions = [consent for consent in (their, our) if consent.decision]
        if decisions:
            answer.append((our, all(consent.allowed for consent in decisions)))
    return answer


def _keep_strict(into: Customer, stricter: list[tuple[Consent, bool]], by: User | None, at: datetime) -> None:
    """A refusal holds even where the other record's consent is the later decision."""
    now = {(consent.channel, consent.purpose): consent.allowed for consent in current(into)}
    for consent, allowed in stricter:
        if now[consent.channel, consent.purpose] and not allowed:
            consents.decide(
                into, channel=consent.channel, purpose=consent.purpose, granted=False, source="merge", at=at, by=by
            )

"""Open cases that may be about the same thing: shown before a second one is worked on."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Left

from customers.models import Customer
from feedback.likeness import LOOKED_AT, MUCH, likeness
from feedback.models import Case, CaseEvent, Entry

WITHIN = timedelta(days=60)
LOOKED_THROUGH, MOST = 20, 3
ANOTHER_MATTER = "another_matter"


@dataclass(frozen=True)
class Said:
    """What is compared."""

    subject: str
    text: str = ""
    product: str = ""
    purchase: int | None = None


@dataclass(frozen=True)
class Alike:
    """``why`` holds codes: ``order``, ``product``, ``words``."""

    case: Case
    why: tuple[str, ...] = field(default=())


def of_case(case: Case) -> list[Alike]:
    """Others like this one that nobody has said to be another matter."""
    if not case.is_open:
        return []
    first = case.entries.filter(kind=Entry.Kind.RECEIVED).order_by("at", "pk").values_list("text", flat=True).first()
    said = Said(case.subject, first or "", case.product, case.purchase_id)
    apart = CaseEvent.objects.filter(case=case, what=ANOTHER_MATTER).values_list("about__other", flat=True)
    others = _of(case.customer, case.sender_address, case.received_at).exclude(pk=case.pk).exclude(pk__in=list(apart))
    return _fitting(others, said)


def to(said: Said, *, customer: Customer | None, address: str, at: datetime) -> list[Alike]:
    """Those like something that is about to become a case."""
    return _fitting(_of(customer, address, at), said)


def _of(customer: Customer | None, address: str, at: datetime) -> QuerySet[Case]:
    whose = Q(pk__in=())
    if customer is not None:
        whose |= Q(customer=customer)
    if address:
        whose |= Q(sender_address=address)
    return Case.objects.open().filter(whose, received_at__gte=at - WITHIN, received_at__lte=at + WITHIN)


def _fitting(others: QuerySet[Case], said: Said) -> list[Alike]:
    first = Entry.objects.filter(case=OuterRef("pk"), kind=Entry.Kind.RECEIVED).order_by("at", "pk")
    rows = others.annotate(begins=Subquery(first.annotate(begins=Left("text", LOOKED_AT)).values("begins")[:1]))
    found = [Alike(case, _why(case, said)) for case in rows.order_by("-received_at", "-pk")[:LOOKED_THROUGH]]
    return sorted((one for one in found if one.why), key=lambda one: -len(one.why))[:MOST]


def _why(case: Case, said: Said) -> tuple[str, ...]:
    same = {
        "order": said.purchase is not None and case.purchase_id == said.purchase,
        "product": bool(said.product) and case.product == said.product,
        "words": max(
            likeness(case.subject, said.subject), likeness(getattr(case, "begins", None) or "", said.text)
        ) >= MUCH,
    }  # fmt: skip
    return tuple(why for why, fits in same.items() if fits)

"""What stands beside a conversation: the customer's whole picture, and what was done to the case."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from config.admin import site
from customers.actions import history as access
from customers.models import AccessLog, ConsentDecision, Customer
from customers.queries import consents, lists
from feedback import wording
from feedback.models import Case, Move
from feedback.pages.case import VIEW, found, trail
from feedback.pages.shown import STAGES
from loyalty.models import Claim
from people.requests import StaffRequest

MERGE = "feedback.merge_case"
SEE_CUSTOMER = "customers.view_customer"
FACTS, ORDERS, CASES, EVENTS = 6, 3, 6, 50


@site.page("desk/<int:pk>/customer/", name="case_customer", permission=VIEW)
def customer(request: StaffRequest, pk: int) -> HttpResponse:
    case = found(pk)
    context: dict[str, Any] = {"case": case, "related": _related(case)}
    if case.customer and request.user.has_perm(SEE_CUSTOMER):
        access.note(case.customer, AccessLog.What.VIEWED, by=request.user)
        context |= _picture(case, case.customer)
    return _part(request, "feedback/desk/_customer.html", context)


def _part(request: StaffRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Beside the conversation where htmx asks for it, else a page of its own."""
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, template, context)
    case = context["case"]
    above = [*trail(request), (case.number, reverse("admin:case", args=[case.pk]))]
    return site.render(
        request, "feedback/desk/part.html", title=str(case), breadcrumbs=above, part=template, **context
    )


def _picture(case: Case, customer: Customer) -> dict[str, Any]:
    purpose = ConsentDecision.Purpose.OFFERS
    return {
        "customer": customer,
        "profile": getattr(customer, "profile", None),
        "orders": lists.purchases(customer)[:ORDERS],
        "facts": lists.timeline(customer)[:FACTS],
        "allowed": [one.channel.label for one in consents.current(customer) if one.allowed and one.purpose == purpose],
        "others": _shown(Case.objects.filter(customer=customer).exclude(pk=case.pk).order_by("-received_at")[:CASES]),
        "promised": Claim.objects.filter(customer=customer, status=Claim.Status.WAITING).select_related("reward")[
            :CASES
        ],
    }


def _related(case: Case) -> list[tuple[Case, Promise, str]]:
    """Cases that this one follows, was merged with, or that follow it."""
    near = Case.objects.filter(
        Q(pk=case.follows_id) | Q(follows=case) | Q(merged_into=case) | Q(pk=case.merged_into_id)
    )
    return [(one, _how(case, one), STAGES.get(Case.Stage(one.stage), "")) for one in near.order_by("pk")[:20]]


def _how(case: Case, other: Case) -> Promise:
    if other.pk == case.follows_id:
        return gettext_lazy("this one follows")
    if other.pk == case.merged_into_id:
        return gettext_lazy("this one went into")
    return (
        gettext_lazy("merged into this one") if other.merged_into_id == case.pk else gettext_lazy("follows this one")
    )


def _shown(cases: Any) -> list[tuple[Case, str]]:
    return [(case, STAGES.get(Case.Stage(case.stage), "")) for case in cases]


@site.page("desk/<int:pk>/history/", name="case_history", permission=VIEW)
def history(request: StaffRequest, pk: int) -> HttpResponse:
    case = found(pk)
    events = case.events.select_related("by").order_by("-at", "-pk")[:EVENTS]
    rows = [(event, wording.event(event.what)) for event in events]
    moved = Move.objects.filter(Q(source=case) | Q(target=case), undone_at=None).select_related("source", "target")
    moves = moved.order_by("-pk")[:10] if request.user.has_perm(MERGE) else []
    return _part(request, "feedback/desk/_history.html", {"case": case, "rows": rows, "moves": moves})

"""Points adjusted by hand, and the requests that wait for a second person."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from customers.models import Customer
from customers.pages.listing import Order, keyset
from loyalty.actions import adjustments, programmes
from loyalty.forms import AdjustmentForm
from loyalty.models import AdjustmentRequest
from loyalty.pages.statements import ADJUST, figures, trail
from people.requests import StaffRequest
from people.telling import showing, telling

DECIDE = "loyalty.decide_adjustmentrequest"
REQUESTS = 50
DECIDED: Order = (["-decided_at", "-id"], [datetime, int])


@site.page("ledger/customers/<int:pk>/adjust/", name="adjust_points", permission=ADJUST)
def adjust(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    form = AdjustmentForm(request.POST or None, initial={"key": f"page:{uuid4()}"})
    if form.is_valid():
        with showing(form):
            made = adjustments.adjust(customer, **form.cleaned_data, by=request.user)
            waits = made.status == AdjustmentRequest.Status.WAITING
            messages.success(request, _("It waits for a second person.") if waits else _("The points are adjusted."))
            return redirect("admin:points_statement", customer.pk)
    return site.render(
        request,
        "loyalty/adjust.html",
        title=_("Adjust points"),
        breadcrumbs=trail(customer),
        form=form,
        customer=customer,
        limit=programmes.main(fresh=True).adjustment_limit,
        **figures(customer),
    )


@site.page(
    "ledger/adjustments/",
    name="adjustments",
    permission="loyalty.view_adjustmentrequest",
    menu=gettext_lazy("Adjustments"),
    icon="rule",
    group=Group.LOYALTY,
    order=20,
)
def adjustment_list(request: StaffRequest) -> HttpResponse:
    requests = AdjustmentRequest.objects.select_related("customer", "asked_by", "decided_by", "programme")
    waiting = Paginator(requests.filter(status="waiting").order_by("asked_at", "pk"), REQUESTS)
    return site.render(
        request,
        "loyalty/adjustments.html",
        title=_("Adjustments"),
        waiting=waiting.get_page(request.GET.get("page")),
        decided=keyset(request, requests.exclude(status="waiting"), DECIDED, limit=REQUESTS),
        may_decide=request.user.has_perm(DECIDE),
    )


@site.page("ledger/adjustments/<int:pk>/decide/", name="decide_adjustment", permission=DECIDE)
@require_POST
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    asked = get_object_or_404(AdjustmentRequest, pk=pk)
    approve = "approve" in request.POST
    with telling(request) as say:
        if approve:
            adjustments.approve(asked, by=request.user)
        else:
            adjustments.decline(asked, by=request.user)
        say(_("The points are adjusted.") if approve else _("The request is declined."))
    return redirect("admin:adjustments")


@site.home(permission=DECIDE, title=gettext_lazy("Adjustments that wait for a second person"), order=40)
def waiting_adjustments(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    asked = AdjustmentRequest.objects.filter(status="waiting").exclude(asked_by=request.user.pk)
    found = list(asked.select_related("customer", "asked_by").order_by("asked_at")[:5])
    return ("loyalty/home_adjustments.html", {"waiting": found}) if found else None

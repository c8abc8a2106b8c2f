"""Paid memberships: who is a member, whose membership ends soon; started, renewed and cancelled for a customer."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from customers.models import Customer
from customers.pages.listing import keyset
from loyalty.actions import memberships as actions
from loyalty.models import EarlyAccess, Membership, Plan
from loyalty.queries.memberships import memberships as memberships_of
from loyalty.tier_forms import SaleForm
from people.requests import StaffRequest
from people.telling import showing, telling

VIEW, SELL, CANCEL = (f"loyalty.{name}_membership" for name in ("view", "sell", "cancel"))
SHOWN = 50


@site.page(
    "memberships/",
    name="memberships",
    permission=VIEW,
    menu=gettext_lazy("Memberships"),
    icon="card_membership",
    group=Group.LOYALTY,
    order=50,
)
def membership_page(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    rows = Membership.objects.select_related("plan", "customer")
    ending = rows.filter(status=Membership.Status.PAID, ends_at__gt=now, ends_at__lte=now + timedelta(days=60))
    return site.render(
        request,
        "loyalty/memberships/memberships.html",
        title=_("Memberships"),
        plans=Plan.objects.order_by("-on_sale", "name"),
        ending=ending.filter(renewal=None).order_by("ends_at", "pk")[:SHOWN],
        page=keyset(request, rows, limit=SHOWN),
        accesses=EarlyAccess.objects.exclude(closes_at__lte=now).order_by("opens_at")[:SHOWN],
        may_set_up=request.user.has_perm("loyalty.change_plan"),
        now=now,
    )


@site.page("memberships/customers/<int:pk>/", name="customer_memberships", permission=VIEW)
def of_customer(request: StaffRequest, pk: int) -> HttpResponse:
    """All memberships of a customer; a new one is sold by the form."""
    customer = get_object_or_404(Customer.objects.standing(), pk=pk)
    form = SaleForm(request.POST or None, initial={"key": f"page:{uuid4()}"})
    may_sell = request.user.has_perm(SELL)
    if may_sell and form.is_valid():
        with showing(form):
            actions.start(customer, form.cleaned_data["plan"], key=form.cleaned_data["key"], by=request.user)
            messages.success(request, _("The membership has begun."))
            return redirect("admin:customer_memberships", pk)
    return site.render(
        request,
        "loyalty/memberships/customer.html",
        title=_("Memberships"),
        breadcrumbs=[(str(customer), reverse("admin:customer", args=[pk]))],
        customer=customer,
        rows=[_row(one, request) for one in memberships_of(customer)[:SHOWN]],
        form=form if may_sell else None,
    )


def _row(membership: Membership, request: StaffRequest) -> dict[str, Any]:
    now, paid = timezone.now(), membership.status == Membership.Status.PAID
    renewed = hasattr(membership, "renewal")
    return {
        "membership": membership,
        "holds": membership.starts_at <= now < actions.held_until(membership),
        "may_renew": paid and not renewed and now < actions.held_until(membership) and request.user.has_perm(SELL),
        "may_cancel": paid and now < membership.ends_at and request.user.has_perm(CANCEL),
        "refund": actions.refund(membership, at=now) if paid and now < membership.ends_at else 0,
    }


@site.page("memberships/<int:pk>/renew/", name="renew_membership", permission=SELL)
@require_POST
def renew(request: StaffRequest, pk: int) -> HttpResponse:
    return _done(request, pk, actions.renew, _("The membership is renewed."))


@site.page("memberships/<int:pk>/cancel/", name="cancel_membership", permission=CANCEL)
@require_POST
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    return _done(request, pk, actions.cancel, _("The membership is cancelled."))


def _done(request: StaffRequest, pk: int, act: Any, said: str) -> HttpResponse:
    membership = get_object_or_404(Membership, pk=pk)
    with telling(request) as say:
        act(membership, by=request.user)
        say(said)
    return redirect("admin:customer_memberships", membership.customer_id)

"""The ledger for people: its books and audits, a customer's statement, and corrections by hand."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from customers.models import Customer
from loyalty import queries
from loyalty.actions import adjustments, programmes, wallets
from loyalty.forms import AdjustmentForm, ReasonForm
from loyalty.models import AdjustmentRequest, Transaction, Wallet
from people.requests import StaffRequest

VIEW, ADJUST, FREEZE = "loyalty.view_transaction", "loyalty.adjust_points", "loyalty.freeze_wallet"
DECIDE = "loyalty.decide_adjustmentrequest"
LINES, FIRST_LINES, REQUESTS = 50, 8, 50


@site.page(
    "ledger/",
    name="ledger",
    permission=VIEW,
    menu=gettext_lazy("Points ledger"),
    icon="account_balance",
    group=Group.LOYALTY,
    order=10,
)
def ledger(request: StaffRequest) -> HttpResponse:
    rules = programmes.main(fresh=True)
    since = timezone.now().date() - timedelta(days=30)
    return site.render(
        request,
        "loyalty/ledger.html",
        title=_("Points ledger"),
        programme=rules,
        books=queries.overview(rules),
        days=queries.days(rules, since=since),
        waiting=AdjustmentRequest.objects.filter(status="waiting").count(),
    )


@site.page("ledger/customers/<int:pk>/", name="points_statement", permission=VIEW)
def statement(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    before = request.GET.get("before", "")
    page = queries.statement(customer, before=int(before) if before.isdigit() else None, size=LINES)
    context: dict[str, Any] = {"customer": customer, "page": page}
    if request.headers.get("HX-Request"):
        return render(request, "loyalty/_lines.html", context)
    return site.render(
        request,
        "loyalty/statement.html",
        title=_("Points statement"),
        may=_may(request),
        **context,
        **_figures(customer),
    )


@site.page("ledger/transactions/<int:pk>/", name="points_transaction", permission=VIEW)
def transaction(request: StaffRequest, pk: int) -> HttpResponse:
    """One transaction with its transfers; a redemption with the purchases that had earned its points."""
    chosen = Transaction.objects.select_related("wallet__customer", "wallet__programme", "by", "purchase", "reverses")
    found = get_object_or_404(chosen, pk=pk)
    customer = found.wallet.customer
    return site.render(
        request,
        "loyalty/transaction.html",
        title=_("Points: %(kind)s") % {"kind": found.get_kind_display()},
        breadcrumbs=_trail(customer),
        line=found,
        customer=customer,
        transfers=found.transfers.select_related("lot").order_by("number")[:200],
        explained=queries.explain(found),
        followers=found.followers.order_by("pk")[:50],
    )


@site.page("ledger/customers/<int:pk>/adjust/", name="adjust_points", permission=ADJUST)
def adjust(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    form = AdjustmentForm(request.POST or None, initial={"key": f"page:{uuid4()}"})
    if form.is_valid():
        try:
            made = adjustments.adjust(customer, **form.cleaned_data, by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            waits = made.status == AdjustmentRequest.Status.WAITING
            messages.success(request, _("It waits for a second person.") if waits else _("The points are adjusted."))
            return redirect("admin:points_statement", customer.pk)
    return site.render(
        request,
        "loyalty/adjust.html",
        title=_("Adjust points"),
        breadcrumbs=_trail(customer),
        form=form,
        customer=customer,
        limit=programmes.main(fresh=True).adjustment_limit,
        **_figures(customer),
    )


@site.page("ledger/customers/<int:pk>/freeze/", name="freeze_wallet", permission=FREEZE)
def freeze(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop the wallet, or open it again where it is frozen."""
    customer = get_object_or_404(Customer, pk=pk)
    wallet = queries.wallet_of(customer)
    frozen = wallet is not None and wallet.status == Wallet.Status.FROZEN
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        turn = wallets.reopen if frozen else wallets.freeze
        try:
            turn(customer, reason=form.cleaned_data["reason"], by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The wallet is open again.") if frozen else _("The wallet is frozen."))
            return redirect("admin:points_statement", customer.pk)
    return site.render(
        request,
        "loyalty/freeze.html",
        title=_("Open the wallet again") if frozen else _("Freeze the wallet"),
        breadcrumbs=_trail(customer),
        form=form,
        customer=customer,
        frozen=frozen,
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
    return site.render(
        request,
        "loyalty/adjustments.html",
        title=_("Adjustments"),
        waiting=requests.filter(status="waiting").order_by("asked_at")[:REQUESTS],
        decided=requests.exclude(status="waiting").order_by("-decided_at")[:REQUESTS],
        may_decide=request.user.has_perm(DECIDE),
    )


@site.page("ledger/adjustments/<int:pk>/decide/", name="decide_adjustment", permission=DECIDE)
@require_POST
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    asked = get_object_or_404(AdjustmentRequest, pk=pk)
    approve = "approve" in request.POST
    try:
        if approve:
            adjustments.approve(asked, by=request.user)
        else:
            adjustments.decline(asked, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The points are adjusted.") if approve else _("The request is declined."))
    return redirect("admin:adjustments")


@site.home(permission=DECIDE, title=gettext_lazy("Adjustments that wait for a second person"), order=40)
def waiting_adjustments(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    asked = AdjustmentRequest.objects.filter(status="waiting").exclude(asked_by=request.user.pk)
    found = list(asked.select_related("customer", "asked_by").order_by("asked_at")[:5])
    return ("loyalty/home_adjustments.html", {"waiting": found}) if found else None


@site.panel("customer", title=gettext_lazy("Points"), permission=VIEW, order=20)
def on_the_customer_page(request: HttpRequest, customer: Customer) -> tuple[str, dict[str, Any]]:
    page = queries.statement(customer, size=FIRST_LINES)
    return "loyalty/panel.html", {"customer": customer, "page": page, "may": _may(request), **_figures(customer)}


def _figures(customer: Customer) -> dict[str, Any]:
    return {
        "wallet": queries.wallet_of(customer),
        "balance": queries.balance(customer),
        "expiries": queries.next_expiries(customer, many=3),
        "activations": queries.next_activations(customer, many=3),
    }


def _may(request: HttpRequest) -> dict[str, bool]:
    return {"adjust": request.user.has_perm(ADJUST), "freeze": request.user.has_perm(FREEZE)}


def _trail(customer: Customer) -> list[tuple[str, str]]:
    return [
        (_("Points of %(customer)s") % {"customer": customer}, reverse("admin:points_statement", args=[customer.pk]))
    ]

"""A customer's points: the statement, one transaction of it, the part on the customer page."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin import site
from customers.models import Customer
from loyalty import queries
from loyalty.models import Transaction
from loyalty.queries import calculations, expiries
from people.requests import StaffRequest, number

VIEW, ADJUST = "loyalty.view_transaction", "loyalty.adjust_points"
FREEZE, CLOSE = "loyalty.freeze_wallet", "loyalty.close_wallet"
GIVE = "loyalty.add_pointgift"
LINES, FIRST_LINES, TRANSFERS = 50, 8, 200


@site.page("ledger/customers/<int:pk>/", name="points_statement", permission=VIEW)
def statement(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    before = request.GET.get("before", "")
    page = queries.statement(customer, before=number(before), size=LINES)
    context: dict[str, Any] = {"customer": customer, "page": page}
    if request.headers.get("HX-Request"):
        return render(request, "loyalty/_lines.html", context)
    return site.render(
        request,
        "loyalty/statement.html",
        title=_("Points statement"),
        breadcrumbs=trail(customer)[:1],
        may=may(request),
        **context,
        **figures(customer),
    )


@site.page("ledger/transactions/<int:pk>/", name="points_transaction", permission=VIEW)
def transaction(request: StaffRequest, pk: int) -> HttpResponse:
    """One transaction with its transfers; a redemption with the purchases that had earned its points."""
    chosen = Transaction.objects.select_related("wallet__customer", "wallet__programme", "by", "purchase", "reverses")
    found = get_object_or_404(chosen, pk=pk)
    customer = found.wallet.customer
    moved = Paginator(found.transfers.select_related("lot__origin").order_by("number"), TRANSFERS)
    page = moved.get_page(request.GET.get("page"))
    transfers = list(page)
    reasons = expiries.reasons([transfer.lot for transfer in transfers if transfer.lot], found.wallet.programme)
    return site.render(
        request,
        "loyalty/transaction.html",
        title=_("Points: %(kind)s") % {"kind": found.get_kind_display()},
        breadcrumbs=trail(customer),
        line=found,
        customer=customer,
        page=page,
        transfers=[(transfer, reasons.get(transfer.lot_id or 0, "")) for transfer in transfers],
        explained=queries.explain(found),
        steps=calculations.steps_of(found),
        followers=found.followers.order_by("pk")[:50],
    )


@site.panel("customer-figures", title=gettext_lazy("Points"), permission=VIEW)
def at_a_glance(request: HttpRequest, customer: Customer) -> tuple[str, dict[str, Any]]:
    """Not out of the profile, which follows in a moment, and with the night what time has done."""
    return "loyalty/figure.html", {"balance": queries.balance(customer)}


@site.panel("customer", title=gettext_lazy("Points"), permission=VIEW, order=20)
def on_the_customer_page(request: HttpRequest, customer: Customer) -> tuple[str, dict[str, Any]]:
    page = queries.statement(customer, size=FIRST_LINES)
    return "loyalty/panel.html", {"customer": customer, "page": page, "may": may(request), **figures(customer)}


def figures(customer: Customer) -> dict[str, Any]:
    return {
        "wallet": queries.wallet_of(customer),
        "balance": queries.balance(customer),
        "expiries": queries.next_expiries(customer, many=3),
        "activations": queries.next_activations(customer, many=3),
    }


def may(request: HttpRequest) -> dict[str, bool]:
    return {
        "adjust": request.user.has_perm(ADJUST),
        "give": request.user.has_perm(GIVE),
        "turn": request.user.has_perm(FREEZE) or request.user.has_perm(CLOSE),
    }


def trail(customer: Customer) -> list[tuple[str, str]]:
    """The pages above one about the customer's points."""
    return [
        (str(customer), reverse("admin:customer", args=[customer.pk])),
        (_("Points statement"), reverse("admin:points_statement", args=[customer.pk])),
    ]

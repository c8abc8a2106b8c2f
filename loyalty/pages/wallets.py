"""A customer's wallet: blocked, opened again, closed for good; what happens with its points is said before."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from config.admin import site
from customers.models import Customer
from loyalty import queries
from loyalty.actions import closures, programmes, wallets
from loyalty.forms import ReasonForm
from loyalty.models import PointGift, Wallet
from loyalty.pages.statements import CLOSE, FREEZE, VIEW, trail
from loyalty.queries import households
from people.requests import StaffRequest


@site.page("ledger/customers/<int:pk>/wallet/", name="wallet", permission=VIEW)
def wallet(request: StaffRequest, pk: int) -> HttpResponse:
    """What can be done with the wallet as a whole, each with its reason."""
    customer = get_object_or_404(Customer, pk=pk)
    does = {"freeze": (FREEZE, wallets.freeze), "open": (FREEZE, wallets.reopen), "close": (CLOSE, closures.close)}
    done = {
        "freeze": _("The wallet is frozen."),
        "open": _("The wallet is open again."),
        "close": _("The wallet is closed."),
    }
    what = request.POST.get("do", "")
    forms = {name: ReasonForm(request.POST if name == what else None, prefix=name) for name in does}
    if what in does:
        permission, act = does[what]
        if not request.user.has_perm(permission):
            raise PermissionDenied
        if forms[what].is_valid():
            try:
                act(customer, reason=forms[what].cleaned_data["reason"], by=request.user)
            except ValidationError as refusal:
                forms[what].add_error(None, refusal)
            else:
                messages.success(request, done[what])
                return redirect("admin:points_statement", customer.pk)
    return site.render(
        request,
        "loyalty/wallet.html",
        title=_("Wallet"),
        breadcrumbs=trail(customer),
        customer=customer,
        forms=forms,
        may={name: request.user.has_perm(permission) for name, (permission, _act) in does.items()},
        **_now(customer),
    )


def _now(customer: Customer) -> dict[str, Any]:
    """What would be lost."""
    found = queries.wallet_of(customer)
    balance = queries.balance(customer)
    waiting = PointGift.objects.filter(Q(giver=customer) | Q(taker=customer), status=PointGift.Status.WAITING)
    return {
        "state": found.status if found else Wallet.Status.OPEN,
        "balance": balance,
        "forfeited": balance.pending + balance.available,
        "household": households.of_customer(customer, programmes.main()),
        "gifts": waiting.count(),
    }

"""What became of a purchase's points, and what comes back: goods by line and quantity, or all of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin import site
from customers.models import Purchase
from customers.money import in_words
from customers.pages.customer import trail
from loyalty import queries
from loyalty.actions import counter, earning
from loyalty.pages.statements import VIEW
from loyalty.purchase_forms import ReturnForm
from people.requests import StaffRequest
from people.telling import showing, telling

UNDO = "customers.return_purchase"


@site.panel("purchase", title=gettext_lazy("Points of this purchase"), permission=VIEW, order=20)
def on_the_purchase_page(request: HttpRequest, purchase: Purchase) -> tuple[str, dict[str, Any]]:
    return "loyalty/purchase.html", {"lines": queries.of_purchase(purchase), "purchase": purchase}


def above(purchase: Purchase) -> list[tuple[str, str]]:
    here = _("Order %(number)s") % {"number": purchase.number}
    return [*trail(purchase.customer), (here, reverse("admin:purchase", args=[purchase.pk]))]


def cancelled_already(request: StaffRequest, purchase: Purchase) -> HttpResponse:
    messages.info(request, _("Order %(number)s is cancelled.") % {"number": purchase.number})
    return redirect("admin:purchase", purchase.pk)


@site.page("purchases/<int:pk>/return/", name="return_goods", permission=UNDO)
def return_goods(request: StaffRequest, pk: int) -> HttpResponse:
    """Goods that somebody brings back, some or all; what they had earned goes with them."""
    bought = get_object_or_404(Purchase.objects.select_related("customer"), pk=pk)
    if not bought.standing:
        return cancelled_already(request, bought)
    initial = {"number": counter.suggested_number("R"), "at": timezone.localtime()}
    form = ReturnForm(list(bought.lines.order_by("position")), request.POST or None, initial=initial)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("number", "reason", "at")}
        with showing(form):
            made = counter.take_back(bought, form.quantities(), **said, by=request.user)
            amount = in_words(made.amount, bought.currency)
            messages.success(request, _("Goods worth %(amount)s came back.") % {"amount": amount})
            return redirect("admin:purchase", pk)
    return site.render(
        request,
        "loyalty/purchases/return.html",
        title=_("Take goods back"),
        breadcrumbs=above(bought),
        purchase=bought,
        form=form,
    )


@site.page("purchases/<int:pk>/cancel/", name="cancel_purchase", permission=UNDO)
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """All of it, after a look at what that does."""
    bought = get_object_or_404(Purchase.objects.select_related("customer", "source"), pk=pk)
    if not bought.standing:
        return cancelled_already(request, bought)
    if request.method == "POST":
        with telling(request) as say:
            earning.cancel_purchase(bought, by=request.user)
            say(_("Order %(number)s is cancelled.") % {"number": bought.number})
        return redirect("admin:purchase", pk)
    return site.render(
        request,
        "loyalty/purchases/cancel.html",
        title=_("Cancel the purchase"),
        breadcrumbs=above(bought),
        purchase=bought,
        lines=queries.of_purchase(bought),
        may_bill=request.user.has_perm("customers.record_purchase"),
    )


def link(name: str, label: str, subject: int, kind: str = "") -> tuple[str, dict[str, Any]]:
    return "loyalty/purchases/_link.html", {
        "address": reverse(f"admin:{name}", args=[subject]),
        "label": label,
        "kind": kind,
    }


@site.panel("purchase-actions", title=gettext_lazy("Take goods back"), permission=UNDO, order=10)
def return_link(request: HttpRequest, purchase: Purchase) -> tuple[str, dict[str, Any]] | None:
    return link("return_goods", _("Take goods back"), purchase.pk) if purchase.standing else None


@site.panel("purchase-actions", title=gettext_lazy("Cancel the purchase"), permission=UNDO, order=90)
def cancel_link(request: HttpRequest, purchase: Purchase) -> tuple[str, dict[str, Any]] | None:
    return link("cancel_purchase", _("Cancel the purchase"), purchase.pk, "danger") if purchase.standing else None

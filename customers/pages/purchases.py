"""What a customer bought and brought back."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from config.admin import site
from customers.actions import history
from customers.models import AccessLog, Customer, Purchase
from customers.money import in_words
from customers.pages.customer import PURCHASES, trail
from customers.pages.listing import LATEST, all_of, as_file, keyset
from customers.queries import lists
from customers.spreadsheets import rows_to_csv
from people.requests import StaffRequest

VIEW, EXPORT = "customers.view_purchase", "customers.export_customer"


@site.page("customers/<int:pk>/purchases/", name="customer_purchases", permission=VIEW)
def purchases(request: StaffRequest, pk: int) -> HttpResponseBase:
    customer = get_object_or_404(Customer, pk=pk)
    bought = lists.purchases(customer)
    if as_file(request) and request.user.has_perm(EXPORT):
        history.note(customer, AccessLog.What.LISTED, by=request.user, fields=["purchases"])
        header = [_("Order"), _("Bought"), _("Total"), _("Returned"), _("Channel"), _("Store"), _("Status")]
        return rows_to_csv(header, (_row(purchase) for purchase in all_of(bought, LATEST)), filename="purchases.csv")
    history.note(customer, AccessLog.What.VIEWED, by=request.user, fields=["purchases"])
    context: dict[str, Any] = {
        "customer": customer,
        "purchases": keyset(request, bought, LATEST, limit=PURCHASES if request.htmx else 25),  # type: ignore[attr-defined]
        "may": {"export": request.user.has_perm(EXPORT)},
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "customers/_purchase_rows.html", context)
    return site.render(
        request,
        "customers/purchases.html",
        title=_("Purchases"),
        breadcrumbs=trail(customer),
        actions=site.panels(request, "customer-purchases", customer),
        **context,
    )


def _row(purchase: Purchase) -> list[object]:
    return [
        purchase.number,
        purchase.at,
        in_words(purchase.total, purchase.currency),
        in_words(purchase.returned, purchase.currency),
        purchase.channel,
        purchase.store,
        purchase.get_status_display(),
    ]


@site.page("purchases/<int:pk>/", name="purchase", permission=VIEW)
def purchase_page(request: StaffRequest, pk: int) -> HttpResponse:
    purchase = get_object_or_404(Purchase.objects.select_related("customer", "source", "rebilled_as", "by"), pk=pk)
    history.note(purchase.customer, AccessLog.What.VIEWED, by=request.user, fields=["purchase"])
    above = [
        *trail(purchase.customer),
        (_("Purchases"), reverse("admin:customer_purchases", args=[purchase.customer_id])),
    ]
    return site.render(
        request,
        "customers/purchase.html",
        title=_("Order %(number)s") % {"number": purchase.number},
        breadcrumbs=above,
        purchase=purchase,
        lines=purchase.lines.order_by("position"),
        returned=purchase.returns.order_by("at", "pk").select_related("by").prefetch_related("lines__line"),
        wrong=Purchase.objects.filter(rebilled_as=purchase).first(),
        actions=site.panels(request, "purchase-actions", purchase),
        panels=site.panels(request, "purchase", purchase),
    )

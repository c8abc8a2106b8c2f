"""Forget a person, after being sure. Here because their points are forfeited in the same moment."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin import site
from customers.forms import EraseForm
from customers.models import Customer
from loyalty.actions import erasure
from loyalty.queries import balance
from people.requests import StaffRequest

ERASE = "customers.erase_customer"


@site.page("customers/<int:pk>/erase/", name="erase_customer", permission=ERASE)
def erase(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.exclude(status=Customer.Status.MERGED), pk=pk)
    if customer.status == Customer.Status.ERASED:  # pressed twice, or come back to
        return _forgotten(request)
    form = EraseForm(customer, request.POST or None)
    if form.is_valid():
        try:
            erasure.erase(customer, by=request.user)
        except ValidationError as refusal:
            form.show(refusal)
        else:
            return _forgotten(request)
    return site.render(
        request,
        "customers/erase.html",
        title=_("Erase"),
        breadcrumbs=[
            (_("Customers"), reverse("admin:customers")),
            (str(customer), reverse("admin:customer", args=[pk])),
        ],
        customer=customer,
        points=balance(customer),
        form=form,
    )


def _forgotten(request: StaffRequest) -> HttpResponse:
    messages.success(request, _("The person is forgotten. What they bought stays as a figure of nobody."))
    return redirect("admin:customers")


@site.panel("customer-actions", title=gettext_lazy("Erase"), permission=ERASE, order=900)
def erase_link(request: HttpRequest, customer: Customer) -> tuple[str, dict[str, Any]]:
    return "customers/_erase_link.html", {"customer": customer}

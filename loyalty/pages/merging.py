"""Merge two customers, after looking at what that does. Here because points move with everything else."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin import site
from customers.actions import history
from customers.actions import merging as customers_merging
from customers.forms import MergeForm
from customers.models import AccessLog, Customer, Duplicate
from loyalty.actions import merging
from loyalty.queries import balance
from people.requests import StaffRequest

MERGE = "customers.merge_customer"


@site.page("customers/<int:pk>/merge/", name="merge_customer", permission=MERGE)
def merge(request: StaffRequest, pk: int) -> HttpResponse:
    """First the number of the one who stays, then what would happen, then it happens."""
    customer = get_object_or_404(Customer.objects.exclude(status=Customer.Status.ERASED), pk=pk)
    if customer.merged_into_id:  # pressed twice, or come back to
        messages.info(request, _("%(number)s is merged.") % {"number": customer.number})
        return redirect("admin:customer", customer.merged_into_id)
    number = request.POST.get("into", request.GET.get("into", "")).strip()
    form = MergeForm({"into": number} if number else None)
    preview = None
    if form.is_valid():
        into = Customer.objects.filter(number=number).select_related("merged_into").first()
        try:
            if into is None:
                raise ValidationError(_("There is no customer with this number."), code="unknown_customer")
            preview = customers_merging.preview(customer, into.merged_into or into)
            if request.method == "POST":
                survivor = merging.merge(customer, into=preview.into, by=request.user)
                messages.success(request, _("%(number)s is merged.") % {"number": customer.number})
                return redirect("admin:customer", survivor.pk)
            history.note_many([pk, preview.into.pk], AccessLog.What.VIEWED, by=request.user, fields=["merge"])
        except ValidationError as refusal:
            form.add_error("into", refusal)
    return site.render(
        request,
        "customers/merge.html",
        title=_("Merge"),
        breadcrumbs=[
            (_("Customers"), reverse("admin:customers")),
            (str(customer), reverse("admin:customer", args=[pk])),
        ],
        customer=customer,
        form=form,
        preview=preview,
        points=balance(customer) if preview else None,
    )


@site.panel("customer-actions", title=gettext_lazy("Merge"), permission=MERGE)
def merge_link(request: HttpRequest, customer: Customer) -> tuple[str, dict[str, Any]]:
    return "customers/_merge_link.html", {"customer": customer}


@site.panel("duplicate-actions", title=gettext_lazy("Merge"), permission=MERGE)
def compare_link(request: HttpRequest, pair: Duplicate) -> tuple[str, dict[str, Any]]:
    """The one who became known later goes into the earlier one."""
    return "customers/_merge_link.html", {"customer": pair.second, "into": pair.first, "small": True}

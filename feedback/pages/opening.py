"""Write down what somebody has said on the phone, in the shop, on paper or elsewhere."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from config.admin import site
from customers.models import Customer
from feedback.actions import cases
from feedback.forms import NewCaseForm
from people.requests import StaffRequest

ADD = "feedback.add_case"


@site.page("desk/new/", name="new_case", permission=ADD)
def new(request: StaffRequest) -> HttpResponse:
    """For the customer whom the address names, or for somebody unknown."""
    chosen = request.GET.get("customer", "")
    customer = get_object_or_404(Customer, pk=chosen) if chosen.isdigit() and len(chosen) < 16 else None
    form = NewCaseForm(request.POST or None)
    if customer is not None:
        for name in ("sender_name", "sender_address"):
            del form.fields[name]
    if form.is_valid():
        try:
            case = cases.open(**form.cleaned_data, customer=customer, by=request.user)
        except ValidationError as refusal:
            form.show(refusal)
        else:
            return redirect("admin:case", case.pk)
    return site.render(
        request, "feedback/desk/new.html", title=_("New case"), breadcrumbs=[(_("Desk"), reverse("admin:desk"))],
        form=form, customer=customer,
    )  # fmt: skip

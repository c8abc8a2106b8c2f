"""Causes: what was given to them and is payable, and a customer's gift."""

from datetime import date, datetime
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin import site
from config.menu import Group
from customers.models import Customer
from loyalty import arithmetic
from loyalty.actions import causes, programmes
from loyalty.models import Cause
from loyalty.queries import balance
from loyalty.queries.causes import open_causes, payable
from loyalty.tier_forms import GiftForm
from people.requests import StaffRequest
from people.telling import showing

MONTHS = 24


@site.page(
    "causes/",
    name="causes",
    permission="loyalty.view_cause",
    menu=gettext_lazy("Causes"),
    icon="volunteer_activism",
    group=Group.LOYALTY,
    order=60,
)
def cause_page(request: StaffRequest) -> HttpResponse:
    programme, now = programmes.main(fresh=True), timezone.now()
    taking = set(open_causes(programme, at=now).values_list("pk", flat=True))
    return site.render(
        request,
        "loyalty/causes/causes.html",
        title=_("Causes"),
        causes=[(cause, cause.pk in taking) for cause in Cause.objects.filter(programme=programme).order_by("name")],
        months=payable(programme, since=arithmetic.start_of(_first_month(now, programme.zone), programme.zone)),
        may_set_up=request.user.has_perm("loyalty.change_cause"),
    )


def _first_month(now: datetime, zone: str) -> date:
    """Whole months only: a part of one would not be what is payable for it."""
    return arithmetic.add_months(arithmetic.local_day(now, zone).replace(day=1), -MONTHS)


@site.page("causes/customers/<int:pk>/", name="give_points", permission="loyalty.give_points")
def give(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a customer's points to a cause, as they have asked."""
    customer = get_object_or_404(Customer.objects.standing(), pk=pk)
    found = open_causes(programmes.main(fresh=True))
    form = GiftForm(request.POST or None, causes=found, initial={"key": f"page:{uuid4()}"})
    if form.is_valid():
        said = form.cleaned_data
        with showing(form):
            causes.give(customer, said["points"], to=said["cause"], key=said["key"], by=request.user)
            messages.success(request, _("The points are given."))
            return redirect("admin:customer", pk)
    return site.render(
        request,
        "loyalty/causes/give.html",
        title=_("Give points to a cause"),
        breadcrumbs=[(str(customer), reverse("admin:customer", args=[pk]))],
        customer=customer,
        balance=balance(customer),
        form=form,
        any_cause=found.exists(),
    )

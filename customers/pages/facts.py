"""Write down what somebody saw a customer do: a visit, a review."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.admin import site
from customers.actions import facts
from customers.forms import SeenForm
from customers.models import Customer
from customers.pages.customer import trail
from people.requests import StaffRequest
from people.telling import showing

TELL = "customers.add_fact"
HERE = "back-office"


@site.page("customers/<int:pk>/facts/new/", name="tell_fact", permission=TELL)
def tell(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.standing(), pk=pk)
    form = SeenForm(request.POST or None, initial={"at": timezone.localtime(), "key": str(uuid4())})
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("verb", "at", "key")}
        with showing(form):
            facts.report(customer, **said, source=HERE, by=request.user, **form.about())
            messages.success(request, _("It is written down."))
            return redirect(f"{reverse('admin:customer', args=[pk])}#timeline")
    return site.render(
        request,
        "components/form_page.html",
        title=_("What happened"),
        breadcrumbs=trail(customer),
        lead=_(
            "It stands on the timeline for good, with your name; earning rules and plans answer to it. "
            "Fill in what belongs to it, and leave the rest empty."
        ),
        form=form,
        verb=_("Write down"),
        back=reverse("admin:customer", args=[pk]),
    )

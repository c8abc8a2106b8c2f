"""Addresses that are not written to."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from communications.actions import suppressions
from communications.forms import SuppressForm
from communications.models import Suppression
from config.admin import site
from customers.pages.listing import keyset
from people.requests import StaffRequest
from people.telling import telling

VIEW, ADD, LIFT = (f"communications.{verb}_suppression" for verb in ("view", "add", "lift"))
PER_PAGE = 50


@site.page("outbox/suppressed/", name="suppressions", permission=VIEW)
def suppressed(request: StaffRequest) -> HttpResponse:
    may_add = request.user.has_perm(ADD)
    form = SuppressForm(request.POST or None) if may_add else None
    if form and form.is_valid():
        try:
            suppressions.suppress(**form.cleaned_data, by=request.user)
        except ValidationError as refusal:
            form.add_error("address", refusal)
        else:
            messages.success(request, _("No marketing is sent to this address any more."))
            return redirect("admin:suppressions")
    standing = Suppression.objects.filter(lifted_at=None).select_related("customer")
    return site.render(
        request,
        "communications/suppressions.html",
        title=_("Suppressed addresses"),
        breadcrumbs=[(_("Outbox"), reverse("admin:outbox"))],
        page=keyset(request, standing, limit=PER_PAGE),
        hopeless=Suppression.HOPELESS,
        form=form,
        may_lift=request.user.has_perm(LIFT),
    )


@site.page("outbox/suppressed/<int:pk>/lift/", name="suppression_lift", permission=LIFT)
@require_POST
def lift(request: StaffRequest, pk: int) -> HttpResponse:
    with telling(request) as say:
        suppressions.lift(get_object_or_404(Suppression, pk=pk), by=request.user)
        say(_("The address is written to again, as far as its customer consents."))
    return redirect("admin:suppressions")

"""Households: who shares a wallet, joining and leaving."""

from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldBooleanSwitchWidget

from config.admin import site
from config.menu import Group
from customers.models import Customer
from customers.pages.listing import keyset
from loyalty.actions import households, programmes
from loyalty.forms import WhoForm
from loyalty.models import Household, HouseholdMember
from loyalty.queries import households as questions
from people.requests import StaffRequest
from people.telling import showing, telling

VIEW, MANAGE = "loyalty.view_household", "loyalty.manage_household"


class JoinForm(WhoForm):
    share = forms.IntegerField(
        label=gettext_lazy("Contributes (per cent)"),
        min_value=0,
        max_value=100,
        initial=100,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy("Of what is earned from now on."),
    )
    may_spend = forms.BooleanField(
        label=gettext_lazy("May spend"), required=False, initial=True, widget=UnfoldBooleanSwitchWidget
    )


@site.page(
    "households/",
    name="households",
    permission=VIEW,
    menu=gettext_lazy("Households"),
    icon="family_restroom",
    group=Group.LOYALTY,
    order=75,
)
def household_list(request: StaffRequest) -> HttpResponse:
    form = WhoForm(request.POST or None)
    if request.method == "POST" and request.user.has_perm(MANAGE) and form.is_valid():
        with showing(form):
            made = households.found(form.cleaned_data["number"])
            return redirect("admin:household", made.pk)
    present = Count("members", filter=Q(members__left_at=None))
    rows = Household.objects.filter(ended_at=None).select_related("keeper").annotate(present=present)
    return site.render(
        request,
        "loyalty/households/list.html",
        title=_("Households"),
        page=keyset(request, rows, limit=25),
        form=form,
        may_manage=request.user.has_perm(MANAGE),
    )


@site.page("households/<int:pk>/", name="household", permission=VIEW)
def household(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Household.objects.select_related("keeper", "programme"), pk=pk)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and request.user.has_perm(MANAGE) and form.is_valid():
        said = form.cleaned_data
        with showing(form):
            households.join(found, said["number"], share=said["share"], may_spend=said["may_spend"])
            return redirect("admin:household", pk)
    return site.render(
        request,
        "loyalty/households/household.html",
        title=_("Household of %(keeper)s") % {"keeper": found.keeper},
        breadcrumbs=[(_("Households"), reverse("admin:households"))],
        shared=questions.shared(found),
        form=form,
        may_manage=request.user.has_perm(MANAGE) and not found.ended_at,
    )


@site.page("households/members/<int:pk>/leave/", name="leave_household", permission=MANAGE)
@require_POST
def leave(request: StaffRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(HouseholdMember, pk=pk)
    with telling(request) as say:
        households.leave(member, by=request.user)
        say(_("What is left of the contributions is back in the member's own wallet."))
    return redirect("admin:household", member.household_id)


@site.panel("customer", title=gettext_lazy("Household"), permission=VIEW, order=28)
def on_the_customer_page(request: HttpRequest, customer: Customer) -> tuple[str, dict[str, Any]] | None:
    found = questions.of_customer(customer, programmes.main())
    return ("loyalty/households/panel.html", {"household": found}) if found else None

"""Events of the shop, launches and days to think of: the layer of the calendar that people fill."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from communications.actions import shop_days
from communications.models import ShopDay
from communications.plan_forms import DateInput, choice
from config.admin import site
from customers.forms import text
from people.forms import Plain
from people.requests import StaffRequest
from people.telling import showing

VIEW, ADD, DELETE = "communications.view_plan", "communications.add_shopday", "communications.delete_shopday"
MOST = 200


class ShopDayForm(Plain):
    name = text(gettext_lazy("Name"), 120, required=True)
    kind = choice(gettext_lazy("Kind"), ShopDay.Kind.choices)
    starts_on = forms.DateField(label=gettext_lazy("From"), widget=DateInput)
    ends_on = forms.DateField(label=gettext_lazy("To"), required=False, widget=DateInput)


@site.page("calendar/shop-days/", name="shop_days", permission=ADD)
def shop_day_list(request: StaffRequest) -> HttpResponse:
    form = ShopDayForm(request.POST or None)
    if form.is_valid():
        said: dict[str, Any] = form.cleaned_data
        with showing(form):
            shop_days.add(said.pop("name"), **said, by=request.user)
            messages.success(request, _("It stands on the calendar."))
            return redirect("admin:shop_days")
    recent = timezone.localdate() - timedelta(days=31)
    return site.render(
        request,
        "communications/calendar/shop_days.html",
        title=_("Shop events and launches"),
        breadcrumbs=[(_("Calendar"), reverse("admin:plan_calendar"))],
        form=form,
        rows=ShopDay.objects.filter(ends_on__gte=recent).order_by("starts_on", "pk")[:MOST],
        may_remove=request.user.has_perm(DELETE),
    )


@site.page("calendar/shop-days/<int:pk>/remove/", name="remove_shop_day", permission=DELETE)
@require_POST
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    shop_days.remove(get_object_or_404(ShopDay, pk=pk))
    messages.success(request, _("It is off the calendar."))
    return redirect("admin:shop_days")

"""The hours of the week, edited as a grid."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from calendars import queries
from calendars.actions import versions
from calendars.forms import WeekForm
from calendars.models import Calendar
from calendars.pages.calendars import CHANGE, trail
from config.admin import site
from people.requests import StaffRequest
from people.telling import showing


@site.page("calendars/<int:pk>/week/", name="calendar_week", permission=CHANGE)
def calendar_week(request: StaffRequest, pk: int) -> HttpResponse:
    calendar = get_object_or_404(Calendar, pk=pk, retired_at=None)
    plan = queries.plan(queries.current(calendar))
    initial = {"zone": plan.zone, "version": calendar.version}
    form = WeekForm(request.POST or None, week=plan.week, initial=initial)
    if form.is_valid():
        zone, expected = form.cleaned_data["zone"], form.cleaned_data["version"]
        with showing(form):
            versions.set_week(calendar, form.week, zone=zone, by=request.user, expected=expected)
            messages.success(request, _("The hours are saved."))
            return redirect("admin:calendar", pk)
    return site.render(
        request,
        "calendars/week.html",
        title=_("Hours of the week"),
        breadcrumbs=trail(calendar),
        calendar=calendar,
        form=form,
        names=[str(WEEKDAYS[day]) for day in range(7)],
    )

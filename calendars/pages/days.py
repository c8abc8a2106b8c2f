"""Days that are not like their weekday: public holidays, days off, hours of their own."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from calendars import holidays, queries
from calendars.actions import versions
from calendars.forms import DayForm, HolidaysForm
from calendars.models import Calendar
from calendars.pages.calendars import CHANGE, trail
from config.admin import site
from people.requests import StaffRequest
from people.telling import showing


@site.page("calendars/<int:pk>/holidays/", name="calendar_holidays", permission=CHANGE)
def calendar_holidays(request: StaffRequest, pk: int) -> HttpResponse:
    calendar = get_object_or_404(Calendar, pk=pk, retired_at=None)
    version = queries.current(calendar)
    now = {"country": version.country, "subdivision": version.subdivision}
    form = HolidaysForm(request.POST or None, initial=now)
    if form.is_valid():
        country, subdivision = form.cleaned_data["country"], form.cleaned_data["subdivision"]
        with showing(form):
            versions.choose_holidays(calendar, country, subdivision=subdivision, by=request.user)
            messages.success(request, _("The public holidays are chosen."))
            return redirect("admin:calendar", pk)
    return site.render(
        request,
        "calendars/holidays.html",
        title=_("Public holidays"),
        breadcrumbs=trail(calendar),
        calendar=calendar,
        form=form,
        **preview(form, timezone.now().year),
    )


@site.page("calendars/<int:pk>/holidays/preview/", name="calendar_holidays_preview", permission=CHANGE)
def holidays_preview(request: StaffRequest, pk: int) -> HttpResponse:
    """Which days they would be, a year at a time, before anything is saved."""
    calendar = get_object_or_404(Calendar, pk=pk)
    wanted = request.GET.copy()
    if not holidays.known(wanted.get("country", ""), wanted.get("subdivision", "")):
        wanted["subdivision"] = ""  # of the country that was chosen before
    try:
        year = int(wanted.get("year", timezone.now().year))
    except ValueError:
        raise Http404 from None
    if abs(year - timezone.now().year) > 40:
        raise Http404
    form = HolidaysForm(wanted)
    context = {"calendar": calendar, "form": form, **preview(form, year)}
    return render(request, "calendars/_holidays.html", context)


def preview(form: HolidaysForm, year: int) -> dict[str, Any]:
    country, subdivision = (str(form[name].value() or "") for name in ("country", "subdivision"))
    found = {}
    if holidays.known(country, subdivision):
        found = holidays.between(country, subdivision, [year], get_language() or holidays.LANGUAGE)
    return {"year": year, "found": list(found.items()), "country": country}


@site.page("calendars/<int:pk>/days/", name="calendar_days", permission=CHANGE)
def calendar_days(request: StaffRequest, pk: int) -> HttpResponse:
    calendar = get_object_or_404(Calendar, pk=pk, retired_at=None)
    form = DayForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        with showing(form):
            versions.add_days(
                calendar,
                given["date"],
                last=given["until"],
                name=given["name"],
                shifts=given["hours"],
                yearly=given["yearly"],
                by=request.user,
            )
            messages.success(request, _("Added."))
            return redirect("admin:calendar_days", pk)
    plan = queries.plan(queries.current(calendar))
    today = timezone.now().astimezone(ZoneInfo(plan.zone)).date()
    own = plan.own
    return site.render(
        request,
        "calendars/days.html",
        title=_("Days of its own"),
        breadcrumbs=trail(calendar),
        calendar=calendar,
        form=form,
        coming=[day for day in own if day.yearly or day.date >= today],
        past=[day for day in reversed(own) if not (day.yearly or day.date >= today)],
    )


@site.page("calendars/<int:pk>/days/<str:day>/remove/", name="calendar_day_remove", permission=CHANGE)
@require_POST
def calendar_day_remove(request: StaffRequest, pk: int, day: str) -> HttpResponse:
    calendar = get_object_or_404(Calendar, pk=pk, retired_at=None)
    try:
        versions.remove_day(calendar, date.fromisoformat(day), by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    except ValueError:
        raise Http404 from None
    else:
        messages.success(request, _("Removed."))
    return redirect("admin:calendar_days", pk)

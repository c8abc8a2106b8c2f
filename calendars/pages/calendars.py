"""Calendars: which there are, what one says, when something would be due by it."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from calendars import changes, feeds, queries, targets
from calendars.actions import calendars
from calendars.forms import DueForm, NameForm, NewForm
from calendars.hours import Calendar as Hours
from calendars.hours import NeverOpens
from calendars.models import Calendar, Version
from calendars.pages.bars import bars
from config.admin import site
from config.menu import Group
from people.requests import StaffRequest, number
from people.telling import showing, telling

VIEW, ADD, CHANGE = (f"calendars.{verb}_calendar" for verb in ("view", "add", "change"))
SHOWN_DAYS = 12


def trail(*path: Calendar) -> list[tuple[str, str]]:
    above = [(_("Business hours"), reverse("admin:calendars"))]
    return above + [(calendar.name, reverse("admin:calendar", args=[calendar.pk])) for calendar in path]


@site.page(
    "calendars/",
    name="calendars",
    permission=VIEW,
    menu=gettext_lazy("Business hours"),
    icon="schedule",
    group=Group.SETUP,
    order=40,
)
def calendar_list(request: StaffRequest) -> HttpResponse:
    retired = "retired" in request.GET
    rows = []
    for calendar in queries.calendars(retired=retired):
        [version] = calendar.versions.all()
        plan = queries.plan(version)
        now = state(queries.hours_in(version), timezone.now())
        rows.append((calendar, version, changes.week(plan), changes.place(plan), now))
    return site.render(
        request,
        "calendars/calendars.html",
        title=_("Business hours"),
        rows=rows,
        retired=retired,
        may_add=request.user.has_perm(ADD),
    )


@site.page("calendars/new/", name="calendar_new", permission=ADD)
def calendar_new(request: StaffRequest) -> HttpResponse:
    form = NewForm(request.POST or None, initial={"zone": settings.BUSINESS_ZONE})
    if form.is_valid():
        with showing(form):
            made = calendars.create(**form.cleaned_data, by=request.user)
            messages.success(request, _("The calendar is made, open Monday to Friday from 9 to 18. Change its hours."))
            return redirect("admin:calendar_week", made.pk)
    return site.render(
        request, "components/form_page.html", title=_("New calendar"), breadcrumbs=trail(), form=form,
        verb=_("Create"), back=reverse("admin:calendars"),
    )  # fmt: skip


@site.page("calendars/<int:pk>/", name="calendar", permission=VIEW)
def calendar_page(request: StaffRequest, pk: int) -> HttpResponse:
    calendar = get_object_or_404(Calendar, pk=pk)
    version = queries.current(calendar)
    plan, zone, hours = queries.plan(version), ZoneInfo(version.zone), queries.hours_in(version)
    today = timezone.now().astimezone(zone).date()
    return site.render(
        request,
        "calendars/calendar.html",
        title=calendar.name,
        breadcrumbs=trail(),
        calendar=calendar,
        version=version,
        bars=bars(plan.week),
        now=state(hours, timezone.now()),
        place=changes.place(plan),
        days=coming(version, today),
        form=DueForm(),
        feed=request.build_absolute_uri(reverse("calendar_feed", args=[feeds.address_of(calendar)])),
        may_change=request.user.has_perm(CHANGE) and calendar.retired_at is None,
        may_restore=request.user.has_perm(CHANGE) and calendar.retired_at is not None,
    )


@site.page("calendars/<int:pk>/due/", name="calendar_due", permission=VIEW)
def due(request: StaffRequest, pk: int) -> HttpResponse:
    """The live answer: when would a case that is opened now be due."""
    calendar = get_object_or_404(Calendar, pk=pk)
    version = queries.current(calendar)
    zone, hours = ZoneInfo(version.zone), queries.hours_in(version)
    form, at = DueForm(request.GET), None
    start = timezone.now()
    if form.is_valid():
        start = form.start_in(zone) or start
        with showing(form):
            at = targets.due(hours, start, form.cleaned_data["amount"], form.cleaned_data["unit"])
    context = {"form": form, "at": at, "zone": zone, "zone_name": version.zone, "start": start}
    return render(request, "calendars/_due.html", context)


@site.page("calendars/<int:pk>/versions/", name="calendar_versions", permission=VIEW)
def version_list(request: StaffRequest, pk: int) -> HttpResponse:
    calendar = get_object_or_404(Calendar, pk=pk)
    before = number(request.GET.get("before", ""), calendar.version + 1)
    found = list(queries.versions(calendar).filter(number__lt=before)[:21])
    plans = [queries.plan(version) for version in found]
    rows = [
        (version, changes.between(plans[n + 1] if n + 1 < len(plans) else None, plans[n]))
        for n, version in enumerate(found[:20])
    ]
    return site.render(
        request,
        "calendars/versions.html",
        title=_("Versions"),
        breadcrumbs=trail(calendar),
        calendar=calendar,
        rows=rows,
        older=found[19].number if len(found) > 20 else None,
    )


@site.page("calendars/<int:pk>/settings/", name="calendar_settings", permission=CHANGE)
def calendar_settings(request: StaffRequest, pk: int) -> HttpResponse:
    calendar = get_object_or_404(Calendar, pk=pk)
    form = NameForm(request.POST or None, initial={"name": calendar.name})
    if form.is_valid():
        with showing(form):
            calendars.rename(calendar, **form.cleaned_data)
            messages.success(request, _("The name is changed."))
            return redirect("admin:calendar", pk)
    return site.render(
        request,
        "calendars/settings.html",
        title=_("Settings"),
        breadcrumbs=trail(calendar),
        calendar=calendar,
        form=form,
    )


VERBS: dict[str, tuple[Any, Any]] = {
    "main": (calendars.make_main, gettext_lazy("This is the main calendar now.")),
    "retire": (calendars.retire, gettext_lazy("The calendar is retired. What refers to it goes on.")),
    "restore": (calendars.restore, gettext_lazy("The calendar is offered again.")),
    "feed": (calendars.move_feed, gettext_lazy("The feed has a new address; the old one is worth nothing now.")),
}


@site.page("calendars/<int:pk>/<str:verb>/now/", name="calendar_verb", permission=CHANGE)
@require_POST
def calendar_verb(request: StaffRequest, pk: int, verb: str) -> HttpResponse:
    if verb not in VERBS:
        raise Http404
    act, done = VERBS[verb]
    with telling(request) as say:
        act(get_object_or_404(Calendar, pk=pk))
        say(done)
    return redirect("admin:calendar", pk)


def state(hours: Hours, now: datetime) -> dict[str, Any]:
    """Whether it is open, and when that changes, on the calendar's own clock."""
    zone = hours.timetable.zone
    if not hours.is_open(now):
        try:
            return {"open": False, "until": hours.next_open(now).astimezone(zone)}
        except NeverOpens:
            return {"open": False, "until": None}
    today = hours.opening_times(now.astimezone(zone).date())
    until = next((closes for opens, closes in today if opens <= now < closes), None)
    return {"open": True, "until": until and until.astimezone(zone)}


def coming(version: Version, today: date) -> list[tuple[date, Any]]:
    """The next days that are not like their weekday."""
    return [(day, rule) for day, rule in queries.exceptional(version).items() if day >= today][:SHOWN_DAYS]

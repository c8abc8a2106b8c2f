"""One thing on the calendar: what it is, and how it is moved to another day. The diff is shown before it is saved."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from calendars import queries as calendars
from calendars.models import Calendar
from communications.actions import plans, publishing
from communications.filters import Filters
from communications.models import Plan, PlanVersion, Step
from communications.queries import calendar
from config.admin import site
from people.requests import StaffRequest, number
from people.requests import day as day_said

VIEW, CHANGE, PUBLISH = "communications.view_plan", "communications.change_plan", "communications.publish_plan"


@site.page("calendar/<int:pk>/<slug:key>/", name="calendar_item", permission=VIEW)
def item(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    plan = get_object_or_404(Plan.objects.select_related("owner", "current"), pk=pk)
    version, step = _step(plan, key)
    context = {
        "plan": plan,
        "version": version,
        "step": step,
        "day": _day(version, step),
        "numbers": calendar.numbers(plan, key),
        "changed": _changed(plan),
        "may_move": _may_move(request, plan),
    }
    return _shown(request, "communications/calendar/_item.html", context)


@site.page("calendar/<int:pk>/<slug:key>/move/", name="calendar_move", permission=CHANGE)
def move(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    """Show what moving the campaign would do; move it when that was confirmed."""
    plan = get_object_or_404(Plan.objects.select_related("owner", "current"), pk=pk)
    version, step = _step(plan, key)
    day = _day(version, step)
    if day is None or not _may_move(request, plan):
        return _shown(request, "communications/calendar/_item.html", {
            "plan": plan, "version": version, "step": step, "day": day, "numbers": {}, "may_move": False,
        })  # fmt: skip
    to = _wanted(request, day)
    start = _start(version) + (to - day)
    context: dict[str, Any] = {"plan": plan, "step": step, "day": day, "to": to, "time": step.time or version.at_time}
    context["over"] = to < timezone.localdate() - dt.timedelta(days=1)
    if request.method == "POST":
        return _moved(request, plan, start, context)
    try:
        context["effect"] = publishing.preview_move(plan, to=start)
    except ValidationError as refusal:
        context["refusals"] = refusal.messages
    return _shown(request, "communications/calendar/_move.html", context | {"expected": plan.version})


def _moved(request: StaffRequest, plan: Plan, start: dt.date, context: dict[str, Any]) -> HttpResponse:
    expected = request.POST.get("expected", "")
    try:
        publishing.move(plan, to=start, by=request.user, expected=number(expected, 0))
    except ValidationError as refusal:
        changed = any(error.code == "changed_meanwhile" for error in refusal.error_list)
        plan.refresh_from_db()
        context |= {"refusals": refusal.messages, "expected": plan.version, "changed": changed}
        return _shown(request, "communications/calendar/_move.html", context, status=409 if changed else 400)
    messages.success(
        request, _("%(plan)s was moved to %(day)s.") % {"plan": plan.name, "day": context["to"].isoformat()}
    )
    back = f"{reverse('admin:plan_calendar')}?{_back(request, context['to']).query}"
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": back})
    return redirect(back)


def _back(request: StaffRequest, to: dt.date) -> Filters:
    """The page from which it was moved, where the day is still seen there; else the month of the day."""
    here = request.htmx.current_url or ""  # type: ignore[attr-defined]
    said = dict(part.split("=", 1) for part in here.partition("?")[2].split("&") if "=" in part)
    filters = Filters.read(said, to)
    first, last = filters.span
    return filters if first <= to <= last else filters.at(day=to)


def _wanted(request: StaffRequest, day: dt.date) -> dt.date:
    """``to`` is a date, ``by`` a number of days or ``next`` for the next business day."""
    said = request.POST if request.method == "POST" else request.GET
    by = said.get("by", "")
    if by == "next":
        return _next_business_day(day)
    days = number(by.removeprefix("-"))
    if days is not None and days <= 3_660:
        return day + dt.timedelta(days=-days if by.startswith("-") else days)
    return day_said(said.get("to", "")) or day


def _next_business_day(day: dt.date) -> dt.date:
    try:
        hours = calendars.main().hours
    except Calendar.DoesNotExist:
        ahead = next(n for n in range(1, 8) if (day + dt.timedelta(days=n)).weekday() < 5)
        return day + dt.timedelta(days=ahead)
    return hours.business_day(day, 1)


def _step(plan: Plan, key: str) -> tuple[PlanVersion, Step]:
    """The step as the calendar shows it: as it holds, or the draft; one taken out of a sequence as it was last."""
    version = plan.current or plans.latest(plan)
    step = version.steps.filter(key=key).first()
    if step is None and plan.kind == Plan.Kind.SEQUENCE:
        step = Step.objects.filter(version__plan=plan, key=key).order_by("-version__number").first()
    if step is None:
        raise Http404
    return version, step


def _day(version: PlanVersion, step: Step) -> dt.date | None:
    if version.starts_on is None:
        return None
    return calendar.day_of(version, step, calendar.ready_for([version]))


def _start(version: PlanVersion) -> dt.date:
    return version.starts_on or timezone.localdate()


def _changed(plan: Plan) -> bool:
    """Whether it has a draft beside what holds."""
    return plan.current_id is not None and plan.versions.filter(published_at=None).exists()


def _may_move(request: StaffRequest, plan: Plan) -> bool:
    """A campaign that has not ended; one that is live by whoever may publish."""
    if plan.kind != Plan.Kind.CAMPAIGN or plan.status == Plan.Status.ENDED or not request.user.has_perm(CHANGE):
        return False
    return plan.current_id is None or request.user.has_perm(PUBLISH)


def _shown(request: StaffRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A part for the page that asked for it, or a page of its own."""
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, template, context, status=status)
    above = [(_("Calendar"), reverse("admin:plan_calendar"))]
    return site.render(
        request,
        "communications/calendar/alone.html",
        title=context["plan"].name,
        breadcrumbs=above,
        part=template,
        status=status,
        **context,
    )

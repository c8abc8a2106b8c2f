"""The calendar: month, week, agenda and list of all that is planned, by filters that stand in the address."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from communications import layers, months
from communications.actions import months as month_actions
from communications.filters import Filters
from communications.models import CalendarView, Plan, ShopDay
from communications.pages.views import SHELF
from communications.queries import calendar, overlaps
from config.admin import site
from config.menu import Group
from customers.models import ConsentDecision
from people.requests import StaffRequest

VIEW, ADD = "communications.view_plan", "communications.add_plan"
OCCASION = "communications.add_shopday"
Channel = ConsentDecision.Channel


@dataclass
class Cell:
    """One day of the page."""

    day: dt.date
    inside: bool
    today: bool
    holiday: str
    occasions: list[ShopDay]
    items: list[calendar.Item]
    marks: list[layers.Mark]

    @property
    def empty(self) -> bool:
        return not (self.items or self.occasions or self.holiday or self.marks)


@site.page(
    "calendar/",
    name="plan_calendar",
    permission=VIEW,
    menu=gettext_lazy("Calendar"),
    icon="calendar_month",
    group=Group.WORK,
    order=8,
)
def page(request: StaffRequest) -> HttpResponse:
    if opening := SHELF.opening(request, CalendarView.PAGE):
        return opening
    today = timezone.localdate()
    filters = Filters.read(request.GET.dict(), today)
    first, last = filters.span
    everything = calendar.items(first, last)
    shown = layers.open_to(request.user)
    cells = _cells(filters, calendar.chosen(everything, filters), _marks(request, filters, shown), today)
    return site.render(
        request,
        "communications/calendar/page.html",
        title=_("Calendar"),
        is_fullwidth="1",
        filters=filters,
        ways=_ways(filters),
        weeks=[cells[n : n + 7] for n in range(0, len(cells), 7)],
        cells=[cell for cell in cells if cell.inside],
        today=filters.at(day=today),
        count=sum(len(cell.items) + len(cell.marks) for cell in cells if cell.inside),
        layers=[
            (each.label, hidden, filters.at(hide="" if hidden else each.name).query)
            for each in shown
            for hidden in [filters.hide == each.name]
        ],
        selects=_selects(filters, everything),
        **SHELF.bar(request, CalendarView.PAGE, filters.kept, besides=f"day={filters.day.isoformat()}")
        | SHELF.keeping(request, filters.query),
        next_month=months.next_month(filters.day),
        key=f"page:{uuid4()}",
        may={"add": request.user.has_perm(ADD), "occasion": request.user.has_perm(OCCASION)},
    )


def _marks(request: StaffRequest, filters: Filters, shown: list[layers.Layer]) -> dict[dt.date, list[layers.Mark]]:
    """What the apps above have on these days, and this person may see."""
    found: dict[dt.date, list[layers.Mark]] = {}
    for each in shown:
        if filters.hide != each.name:
            for mark in each.marks(request.user, *filters.span):
                found.setdefault(mark.day, []).append(mark)
    return found


def _cells(
    filters: Filters, items: list[calendar.Item], marks: dict[dt.date, list[layers.Mark]], today: dt.date
) -> list[Cell]:
    first, last = filters.span
    layer = calendar.layer(first, last)
    by_day: dict[dt.date, list[calendar.Item]] = {}
    for item in items:
        by_day.setdefault(item.day, []).append(item)
    days = [first + n * months.DAY for n in range((last - first).days + 1)]
    return [
        Cell(
            day=day,
            inside=filters.view != "month" or day.month == filters.day.month,
            today=day == today,
            holiday=layer.holidays.get(day, ""),
            occasions=layer.occasions.get(day, []),
            items=by_day.get(day, []),
            marks=marks.get(day, []),
        )
        for day in days
    ]


def _ways(filters: Filters) -> list[tuple[Any, str, bool]]:
    named = (("month", _("Month")), ("week", _("Week")), ("agenda", _("Agenda")), ("list", _("List")))
    return [(label, filters.at(view=view).query, filters.view == view) for view, label in named]


def _selects(filters: Filters, items: list[calendar.Item]) -> list[dict[str, Any]]:
    """Each filter with what it offers: what there is on the page, whatever else is filtered."""
    there = {
        "segment": {(str(item.segment_id), item.segment) for item in items if item.segment_id},
        "owner": {(str(item.owner_id), item.owner) for item in items if item.owner_id},
        "plan": {(str(item.plan_id), item.plan) for item in items},
    }
    for name, options in there.items():
        asked = getattr(filters, name)
        if asked and asked not in dict(options):
            options.add((asked, calendar.name_of(name, asked) or _("not known")))
    offered: list[tuple[str, Any, list[tuple[str, Any]]]] = [
        ("channel", _("Channel"), list(Channel.choices)),
        ("status", _("Status"), list(Plan.Status.choices)),
        ("segment", _("Segment"), sorted(there["segment"], key=lambda one: one[1])),
        ("owner", _("Owner"), sorted(there["owner"], key=lambda one: one[1])),
        ("plan", _("Plan"), sorted(there["plan"], key=lambda one: one[1])),
    ]
    return [
        {
            "name": name,
            "label": label,
            "options": [(value, text, value == getattr(filters, name)) for value, text in options],
        }
        for name, label, options in offered
    ]


@site.page("calendar/clashes/", name="calendar_clashes", permission=VIEW)
def clashes(request: StaffRequest) -> HttpResponse:
    """Whom several campaigns reach on one day; asked for by the page once it is there."""
    filters = Filters.read(request.GET.dict(), timezone.localdate())
    first, last = filters.span
    found = overlaps.clashes(first, last)
    return render(request, "communications/calendar/_clashes.html", {"clashes": found, "filters": filters})


@site.page("calendar/duplicate/", name="duplicate_month", permission=ADD)
@require_POST
def duplicate(request: StaffRequest) -> HttpResponse:
    """The campaigns of a month as drafts in another."""
    filters = Filters.read(request.POST.dict(), timezone.localdate())
    wanted = Filters.read({"day": request.POST.get("to", "")}, filters.day)
    try:
        key = request.POST.get("key", "")[:90] or None
        made = month_actions.duplicate(filters.day, to=wanted.day, key=key, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(f"{reverse('admin:plan_calendar')}?{filters.query}")
    said = ngettext(
        "%(count)s campaign stands as a draft in this month.",
        "%(count)s campaigns stand as drafts in this month.",
        len(made),
    )
    messages.success(request, said % {"count": len(made)})
    return redirect(f"{reverse('admin:plan_calendar')}?{Filters(wanted.day).query}")

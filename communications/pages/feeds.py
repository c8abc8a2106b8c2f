"""Calendar feeds: everybody's own, and what a calendar program reads. No customer is named in them."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from calendars import icalendar
from communications.actions import feeds
from communications.models import CalendarFeed
from communications.queries import calendar
from config.admin import site
from people.requests import StaffRequest
from people.telling import telling

VIEW = "communications.view_plan"
BACK, AHEAD = dt.timedelta(days=90), dt.timedelta(days=180)
LASTS = dt.timedelta(minutes=30)


@site.page("calendar/feeds/", name="calendar_feeds", permission=VIEW)
def feed_list(request: StaffRequest) -> HttpResponse:
    """What somebody has opened; a new address is shown once."""
    address = ""
    if request.method == "POST":
        scope = "all" if request.POST.get("scope") == "all" else "own"
        with telling(request):
            _feed, token = feeds.open_feed(request.POST.get("name", ""), scope=scope, by=request.user)
            address = request.build_absolute_uri(reverse("plan_feed", args=[token]))
    return site.render(
        request,
        "communications/calendar/feeds.html",
        title=_("Subscribe in a calendar program"),
        breadcrumbs=[(_("Calendar"), reverse("admin:plan_calendar"))],
        rows=CalendarFeed.objects.filter(owner=request.user, revoked_at=None).order_by("pk"),
        address=address,
        scopes=CalendarFeed.Scope.choices,
    )


@site.page("calendar/feeds/<int:pk>/revoke/", name="revoke_feed", permission=VIEW)
@require_POST
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    feeds.revoke(get_object_or_404(CalendarFeed, pk=pk, owner=request.user), by=request.user)
    messages.success(request, _("Nobody reads it any more."))
    return redirect("admin:calendar_feeds")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar program reads: plans on their days, and what their owner has to do, without names."""
    found = feeds.read(token)
    if found is None or not found.owner.has_perm(VIEW):
        raise Http404
    own = found.scope == CalendarFeed.Scope.OWN
    today = timezone.localdate()
    first, last = today - BACK, today + AHEAD
    events = [_event(item) for item in calendar.items(first, last) if not own or item.owner_id == found.owner_id]
    if own:
        now = timezone.now()
        events += [_task(task) for task in calendar.tasks_of(found.owner, now - BACK, now + AHEAD)]
    with translation.override(settings.LANGUAGE_CODE):
        name = f"Mainstay: {found.name}"
    answer = HttpResponse(icalendar.feed(name, events), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=300"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _event(item: calendar.Item) -> icalendar.Event:
    zone = settings.BUSINESS_ZONE
    begins = dt.datetime.combine(item.day, item.time or dt.time(9), ZoneInfo(zone))
    count = f", {item.customers}" if item.sequence else ""
    return icalendar.Event(
        uid=f"plan-{item.plan_id}-{item.key}-{item.day.isoformat()}@mainstay",
        sequence=0,
        summary=f"{item.title}{count} ({item.kind_label}, {item.status_label})",
        starts_at=begins,
        ends_at=begins + LASTS,
        zone=zone,
        stamped_at=timezone.now(),
        categories=(item.kind_label,),
    )


def _task(task: calendar.HumanTask) -> icalendar.Event:
    return icalendar.Event(
        uid=f"task-{task.pk}@mainstay",
        sequence=0,
        summary=str(task.get_kind_display()),
        starts_at=task.due_at,
        ends_at=task.due_at + LASTS,
        zone=settings.BUSINESS_ZONE,
        stamped_at=timezone.now(),
    )

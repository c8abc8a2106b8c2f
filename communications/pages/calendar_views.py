"""Views of the calendar under a name: kept, shared, removed."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from communications.actions import views
from communications.filters import Filters
from communications.models import CalendarView
from config.admin import site
from people.requests import StaffRequest

VIEW, SHARE = "communications.view_plan", "communications.add_plan"


@site.page("calendar/views/", name="save_calendar_view", permission=VIEW)
@require_POST
def save(request: StaffRequest) -> HttpResponse:
    """Keep the filters that the page stands on. Those who plan may share them with everybody who sees the calendar."""
    filters = Filters.read(QueryDict(request.POST.get("query", "")).dict(), timezone.localdate())
    shared = bool(request.POST.get("shared")) and request.user.has_perm(SHARE)
    try:
        view = views.save(request.POST.get("name", ""), filters.kept, by=request.user, shared=shared)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("“%(name)s” is kept among your views.") % {"name": view.name})
    return redirect(f"{reverse('admin:plan_calendar')}?{filters.query}")


@site.page("calendar/views/<int:pk>/remove/", name="remove_calendar_view", permission=VIEW)
@require_POST
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(CalendarView, pk=pk)
    try:
        views.remove(view, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The view “%(name)s” is removed.") % {"name": view.name})
    return redirect("admin:plan_calendar")

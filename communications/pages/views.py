"""Views of the calendar: those who plan may share them with everybody who sees it."""

from functools import partial

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communications.filters import Filters
from communications.models import CalendarView
from people.actions import views
from people.pages.views import Shelf

SHELF = Shelf(
    kind=CalendarView, name="calendar_view", route="calendar/views/", permission="communications.view_plan",
    sharing="communications.add_plan", everybody=_("everybody who sees the calendar"), page=CalendarView.PAGE,
    title=_("Calendar"), save=partial(views.save, CalendarView),
    kept=lambda query: Filters.read(QueryDict(query).dict(), timezone.localdate()).kept,
)  # fmt: skip

"""Views of the calendar that somebody wants to come back to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import NamedView


class CalendarView(NamedView):
    """A view of the calendar, without its day: it opens on today."""

    PAGE = "plan_calendar"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_views")

    class Meta(NamedView.Meta):
        verbose_name = _("view of the calendar")
        verbose_name_plural = _("views of the calendar")
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="a_person_has_one_calendar_view_of_a_name"),
            models.CheckConstraint(name="calendar_view_has_a_name", condition=~Q(name="")),
        ]

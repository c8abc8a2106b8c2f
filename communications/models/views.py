"""Views of the calendar that somebody wants to come back to."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CalendarView(models.Model):
    """A name for the filters of the calendar, without its day: it opens on today."""

    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500, help_text="The filters as the address has them, in order.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_views")
    shared = models.BooleanField(_("shown to everybody who sees the calendar"), default=False)

    class Meta:
        verbose_name = _("view of the calendar")
        verbose_name_plural = _("views of the calendar")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="a_person_has_one_calendar_view_of_a_name"),
            models.CheckConstraint(name="calendar_view_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name

    def removable(self, by: Any) -> bool:
        """By whoever made it; what is shared by somebody who left, by everybody."""
        return bool(self.owner_id == by.pk or (self.shared and not self.owner.is_active))

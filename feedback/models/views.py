"""Views of the queue that somebody wants to come back to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A name for what stands in the address of the queue; a team may be let in on it."""

    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500, blank=True, help_text="The filters as the address has them, in order.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="desk_views")
    team = models.ForeignKey(
        "feedback.Team", models.CASCADE, null=True, blank=True, related_name="views", verbose_name=_("shared with")
    )

    class Meta:
        verbose_name = _("view of the queue")
        verbose_name_plural = _("views of the queue")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="a_person_has_one_view_of_a_name"),
            models.CheckConstraint(name="view_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name

"""Views of the queue that somebody wants to come back to."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import NamedView


class SavedView(NamedView):
    """A view of the desk; shown to one team, or to everybody."""

    PAGE = "desk"
    SHARED = Q(shared=True) | Q(team__isnull=False)

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="desk_views")
    team = models.ForeignKey(
        "feedback.Team", models.CASCADE, null=True, blank=True, related_name="views", verbose_name=_("shared with")
    )

    class Meta(NamedView.Meta):
        verbose_name = _("view of the queue")
        verbose_name_plural = _("views of the queue")
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="a_person_has_one_view_of_a_name"),
            models.CheckConstraint(name="view_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="view_is_shared_with_a_team_or_with_all", condition=Q(shared=False) | Q(team=None)
            ),
        ]

    @classmethod
    def shown_to(cls, person: Any) -> Q:
        return Q(shared=True) | Q(team__in=person.teams.values("team"))

    @property
    def is_shared(self) -> bool:
        return self.shared or self.team_id is not None

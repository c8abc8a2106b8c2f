"""Views of figures that somebody wants to come back to, or to be sent."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.models import NamedView


class FigureView(NamedView):
    """A page of figures with its filters; it may be sent to its owner by e-mail."""

    class Mailed(models.TextChoices):
        NEVER = "", _("not sent")
        DAILY = "daily", _("every morning")
        WEEKLY = "weekly", _("every Monday")
        MONTHLY = "monthly", _("on the first of the month")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="figure_views")
    page = models.CharField(max_length=60, help_text="The name of the page.")
    argument = models.CharField(max_length=60, blank=True, help_text="Which figure, where the page shows one.")
    mailed = models.CharField(_("sent"), max_length=7, choices=Mailed, blank=True, default="")
    next_at = models.DateTimeField(_("next"), null=True, editable=False)

    class Meta(NamedView.Meta):
        verbose_name = _("saved view of figures")
        verbose_name_plural = _("saved views of figures")
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="person_has_one_view_of_figures_of_a_name"),
            models.CheckConstraint(name="view_of_figures_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="view_that_is_sent_has_a_next_time",
                condition=Q(mailed="", next_at=None) | (~Q(mailed="") & Q(next_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="figure_view_to_send")]

    @classmethod
    def shown_to(cls, person: Any) -> Q:
        """Of customers at risk only to those who see them."""
        return cls.SHARED if person.has_perm("insights.view_risk") else cls.SHARED & ~Q(page="risk")

    @property
    def place(self) -> str:
        return f"{self.page}/{self.argument}" if self.argument else self.page

    @property
    def address(self) -> str:
        page = reverse(f"admin:{self.page}", args=[self.argument] if self.argument else [])
        return f"{page}?{self.query}" if self.query else page

"""What people add to figures: remarks on days, views to come back to, and to be sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Annotation(models.Model):
    """Something that happened on a day and that a chart should tell: a price change, a strike, a new shop."""

    day = models.DateField(_("day"))
    text = models.CharField(_("what happened"), max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    at = models.DateTimeField(_("written"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("remark on a day")
        verbose_name_plural = _("remarks on days")
        constraints = [
            models.CheckConstraint(name="annotation_says_something", condition=~Q(text="")),
            models.UniqueConstraint(fields=["day", "text"], name="annotation_stands_once_per_day"),
        ]
        indexes = [models.Index(fields=["-day"], name="annotation_latest_first")]

    def __str__(self) -> str:
        return f"{self.day}: {self.text}"


class FigureView(models.Model):
    """A page of figures with its filters, under a name; it may be sent to its owner by e-mail."""

    class Mailed(models.TextChoices):
        NEVER = "", _("not sent")
        DAILY = "daily", _("every morning")
        WEEKLY = "weekly", _("every Monday")
        MONTHLY = "monthly", _("on the first of the month")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="figure_views")
    name = models.CharField(_("name"), max_length=60)
    page = models.CharField(max_length=60, help_text="The name of the page.")
    argument = models.CharField(max_length=60, blank=True, help_text="Which figure, where the page shows one.")
    query = models.CharField(max_length=500, blank=True, help_text="The filters as the address has them.")
    mailed = models.CharField(_("sent"), max_length=7, choices=Mailed, blank=True, default="")
    next_at = models.DateTimeField(_("next"), null=True, editable=False)

    class Meta:
        verbose_name = _("saved view of figures")
        verbose_name_plural = _("saved views of figures")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="person_has_one_view_of_figures_of_a_name"),
            models.CheckConstraint(name="view_of_figures_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="view_that_is_sent_has_a_next_time",
                condition=Q(mailed="", next_at=None) | (~Q(mailed="") & Q(next_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="figure_view_to_send")]

    def __str__(self) -> str:
        return self.name

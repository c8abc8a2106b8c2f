"""What people add to figures: remarks on days."""

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

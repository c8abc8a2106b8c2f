"""Segments: customers who have something in common, found anew whenever they are asked for."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Segment(models.Model):
    """A name and the conditions that choose; ``customers.conditions`` says what may stand in them."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    conditions: Any = models.JSONField(_("conditions"))
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(_("changed"), db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, help_text="Grows with each change of the conditions.")

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        constraints = [
            models.CheckConstraint(name="segment_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="segment_has_groups_of_conditions", condition=Q(conditions__has_key="groups")),
        ]

    def __str__(self) -> str:
        return self.name

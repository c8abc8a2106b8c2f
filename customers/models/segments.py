"""Segments: customers who have something in common, found anew whenever they are asked for, or kept as a list."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Segment(models.Model):
    """A name and the conditions that choose; ``customers.conditions`` says what may stand in them.

    A segment that was ``kept`` is a list: whom the conditions chose at that moment, and nobody else later.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    conditions: Any = models.JSONField(_("conditions"))
    kept_at = models.DateTimeField(
        _("kept"), null=True, editable=False, help_text="When its customers were written down; null: found anew."
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(_("changed"), db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, help_text="Grows with each change of the conditions.")

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        permissions = [("export_segment", _("Can export who is in a segment"))]
        constraints = [
            models.CheckConstraint(name="segment_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="segment_has_groups_of_conditions", condition=Q(conditions__has_key="groups")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def revision(self) -> int:
        """Another one after each change, of the name as well; never one that only goes up."""
        return int(self.changed_at.timestamp() * 1_000_000) % 999_999_999


class SegmentVersion(models.Model):
    """What a segment asked for, and since when. Append-only by trigger; it outlives the segment itself."""

    segment = models.ForeignKey(
        Segment, models.DO_NOTHING, related_name="versions", db_index=False, db_constraint=False
    )
    version = models.PositiveIntegerField()
    conditions: Any = models.JSONField(_("conditions"))
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("version of a segment")
        verbose_name_plural = _("versions of segments")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["segment", "version"], name="segment_version_is_kept_once"),
            models.CheckConstraint(
                name="segment_version_has_groups_of_conditions", condition=Q(conditions__has_key="groups")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id} / {self.version}"


class SegmentMember(models.Model):
    """Somebody on the list of a segment that was kept. Who was merged or erased later is on it and does not count."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="list", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        verbose_name = _("customer on a list")
        verbose_name_plural = _("customers on lists")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["segment", "customer"], name="customer_is_on_a_list_once"),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id}: {self.customer_id}"

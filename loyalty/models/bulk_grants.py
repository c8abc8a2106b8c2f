"""Points for everybody in a segment at once: who they are is written down when it starts."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class BulkGrant(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("not started")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="bulk_grants", db_index=False)
    segment = models.ForeignKey("customers.Segment", models.PROTECT, related_name="bulk_grants", db_index=False)
    conditions: Any = models.JSONField(null=True, help_text="Of the segment when it started.")
    points = models.PositiveBigIntegerField(_("points for each"))
    reason = models.CharField(_("reason"), max_length=200, help_text=_("Customers read it on their statement."))
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.DRAFT)
    made_at = models.DateTimeField(_("made"), db_default=Now())
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    started_at = models.DateTimeField(_("started"), null=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    finished_at = models.DateTimeField(_("finished"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    undone_at = models.DateTimeField(_("undone"), null=True)
    undo_reason = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("bulk grant")
        verbose_name_plural = _("bulk grants")
        permissions = [("start_bulkgrant", _("Can start bulk grants and undo them"))]
        constraints = [
            models.CheckConstraint(name="bulk_grant_gives_something", condition=Q(points__gt=0) & ~Q(reason="")),
            models.CheckConstraint(
                name="bulk_grant_knows_when_it_started",
                condition=Q(state="draft", started_at__isnull=True, finished_at__isnull=True)
                | Q(state="running", started_at__isnull=False, finished_at__isnull=True)
                | Q(state__in=["done", "undoing", "undone"], started_at__isnull=False, finished_at__isnull=False),
            ),
            models.CheckConstraint(
                name="bulk_grant_knows_when_it_was_undone",
                condition=Q(state="undone", undone_at__isnull=False) | ~Q(state="undone") & Q(undone_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class BulkGrantRow(models.Model):
    """One customer of a grant, and what came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        UNDONE = "undone", _("taken back")

    grant = models.ForeignKey(BulkGrant, models.PROTECT, related_name="rows", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="bulk_grants")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING, db_default="waiting")
    code = models.CharField(max_length=40, blank=True, default="", db_default="", help_text="Why it was refused.")
    transaction = models.ForeignKey(
        "loyalty.Transaction", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        verbose_name = _("row of a bulk grant")
        verbose_name_plural = _("rows of bulk grants")
        constraints = [
            models.UniqueConstraint(fields=["grant", "customer"], name="customer_is_once_in_a_bulk_grant"),
            models.CheckConstraint(
                name="bulk_grant_row_says_what_came_of_it",
                condition=Q(state="waiting", transaction__isnull=True, code="")
                | Q(state__in=["granted", "undone"], transaction__isnull=False, code="")
                | Q(state="refused", transaction__isnull=True) & ~Q(code=""),
            ),
        ]
        indexes = [models.Index(fields=["grant", "state", "customer"], name="bulk_grant_rows_by_state")]

    def __str__(self) -> str:
        return f"{self.grant_id}/{self.customer_id}"

"""Who approved exactly what, and what else was done to a plan."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from communications.models.plans import Plan, PlanVersion


class Approval(models.Model):
    """A version was shown to somebody as ``content``, word for word, and granted or declined. An edit voids it.

    What was shown and decided never changes (a trigger).
    """

    class State(models.TextChoices):
        ASKED = "asked", _("asked for")
        GRANTED = "granted", _("granted")
        DECLINED = "declined", _("declined")
        VOID = "void", _("void")

    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="approvals")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ASKED)
    digest = models.CharField(max_length=64, help_text="Of the content.")
    content: Any = models.JSONField(_("what was shown"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    voided_at = models.DateTimeField(_("void since"), null=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="approval_is_decided_by_somebody_at_a_time",
                condition=Q(state="asked", decided_at=None, decided_by=None, voided_at=None)
                | Q(
                    state__in=["granted", "declined"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    voided_at=None,
                )
                | Q(state="void", voided_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(state__in=["asked", "granted"]),
                name="version_is_approved_once_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["-asked_at"], condition=Q(state="asked"), name="approval_waiting")]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.get_state_display()}"


class PlanEvent(models.Model):
    """One line of a plan's history. Append-only."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="events", db_index=False)
    what = models.CharField(_("what"), max_length=30, help_text="A code, such as published or moved.")
    about: Any = models.JSONField(default=dict, db_default={}, blank=True)
    at = models.DateTimeField(_("when"), db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("event of a plan")
        verbose_name_plural = _("events of plans")
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(name="event_of_a_plan_says_what", condition=~Q(what=""))]
        indexes = [models.Index(fields=["plan", "-at", "-id"], name="plan_event_latest_first")]

    def __str__(self) -> str:
        return self.what

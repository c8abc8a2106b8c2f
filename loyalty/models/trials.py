"""A rule tried on purchases of the past before it begins: what it would have given, and to how many."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class RuleTrial(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    version = models.ForeignKey("loyalty.RuleVersion", models.CASCADE, related_name="trials")
    spec: Any = models.JSONField(help_text="What the rule said when it was tried.")
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField(_("purchases"), default=0)
    done = models.PositiveIntegerField(_("purchases looked at"), default=0)
    matched = models.PositiveIntegerField(_("purchases that it is for"), default=0)
    customers = models.PositiveIntegerField(_("customers"), default=0)
    points = models.BigIntegerField(_("points"), default=0, help_text="More (or less) than without the rule.")
    error = models.TextField(_("error"), blank=True)
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    moved_at = models.DateTimeField(db_default=Now(), help_text="When it last went on: tells one that was killed.")

    class Meta:
        verbose_name = _("trial of a rule")
        verbose_name_plural = _("trials of rules")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="trial_looks_at_a_span", condition=Q(ends_at__gt=F("begins_at"))),
            models.CheckConstraint(name="trial_looks_at_no_more_than_there_is", condition=Q(done__lte=F("total"))),
            models.CheckConstraint(name="failed_trial_says_why", condition=~Q(state="failed") | ~Q(error="")),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state__in=["waiting", "running"]), name="trial_to_go_on_with")
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.state}"

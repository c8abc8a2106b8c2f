"""A design of a programme and what it would have done with purchases of the past, beside the programme as it is."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Simulation(models.Model):
    """One replay: asked for, run in the background, kept with its result. What was asked never changes."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="simulations", db_index=False)
    name = models.CharField(_("name"), max_length=100)
    design: Any = models.JSONField(help_text="See loyalty.simulation.design.")
    today: Any = models.JSONField(help_text="The programme as it was when this was asked for.")
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    lead_in_months = models.PositiveSmallIntegerField(
        _("months lived through before"), default=12, help_text=_("So that points and tiers are there as it begins.")
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField(_("purchases"), default=0)
    done = models.PositiveIntegerField(_("purchases replayed"), default=0)
    result: Any = models.JSONField(null=True)
    error = models.TextField(_("error"), blank=True)
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    moved_at = models.DateTimeField(db_default=Now(), help_text="When it last went on: tells one that was killed.")
    run = models.PositiveIntegerField(default=0, help_text="Which attempt may write: an earlier one that wakes stops.")

    class Meta:
        verbose_name = _("simulation")
        verbose_name_plural = _("simulations")
        default_permissions = ("view", "add")
        constraints = [
            models.CheckConstraint(name="simulation_looks_at_a_span", condition=Q(ends_at__gt=F("begins_at"))),
            models.CheckConstraint(name="simulation_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="simulation_replays_no_more_than_there_is", condition=Q(done__lte=F("total"))),
            models.CheckConstraint(
                name="done_simulation_has_a_result",
                condition=Q(state="done", result__isnull=False) | (~Q(state="done") & Q(result__isnull=True)),
            ),
            models.CheckConstraint(name="failed_simulation_says_why", condition=~Q(state="failed") | ~Q(error="")),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state__in=["waiting", "running"]), name="simulation_to_go_on_with")
        ]

    def __str__(self) -> str:
        return self.name

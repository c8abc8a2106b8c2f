"""What is promised: policies in order, each in versions that never change, with targets and the steps of a ladder."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from calendars.targets import Unit
from feedback.models.cases import Case


class Metric(models.TextChoices):
    """What may be promised of a case."""

    ACKNOWLEDGE = "acknowledge", _("acknowledgement")
    FIRST_RESPONSE = "first_response", _("first answer")
    NEXT_RESPONSE = "next_response", _("next answer")
    UPDATE = "update", _("update")
    RESOLUTION = "resolution", _("resolution")
    FINAL_RESPONSE = "final_response", _("final response (regulation)")


class Policy(models.Model):
    """A promise under a name. The first one in order whose conditions fit a case is what the case is judged by."""

    name = models.CharField(_("name"), max_length=100)
    order = models.PositiveIntegerField(_("order"), help_text="The lowest that fits counts.")
    version = models.PositiveIntegerField(default=0, editable=False, help_text="The number of the one that holds.")
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    retired_at = models.DateTimeField(_("retired"), null=True, editable=False)

    class Meta:
        verbose_name = _("SLA policy")
        verbose_name_plural = _("SLA policies")
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(name="policy_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class PolicyVersion(models.Model):
    """Whom a policy is for, and when it warns. An empty condition fits everything. Never changed (a trigger)."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    kinds = ArrayField(models.CharField(max_length=10, choices=Case.Kind), default=list, verbose_name=_("kinds"))
    priorities = ArrayField(models.PositiveSmallIntegerField(), default=list, verbose_name=_("priorities"))
    channels = ArrayField(models.CharField(max_length=6), default=list, verbose_name=_("channels"))
    tiers = ArrayField(models.CharField(max_length=40), default=list, verbose_name=_("tiers"))
    segment = models.ForeignKey(
        "customers.Segment", models.PROTECT, null=True, related_name="+", verbose_name=_("segment")
    )
    team = models.ForeignKey("feedback.Team", models.PROTECT, null=True, related_name="+", verbose_name=_("team"))
    warn_percent = models.PositiveSmallIntegerField(
        _("warn at (percent)"), default=75, help_text="Of the target; 0: no warning."
    )
    made_at = models.DateTimeField(_("made"), db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("version of a policy")
        verbose_name_plural = _("versions of policies")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_versions_are_numbered"),
            models.CheckConstraint(name="warning_comes_before_the_end", condition=Q(warn_percent__lt=100)),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id}/{self.number}"


class Target(models.Model):
    """How long one metric may take at one priority, and which waiting stops its clock."""

    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="targets")
    metric = models.CharField(_("metric"), max_length=14, choices=Metric)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Case.Priority)
    amount = models.PositiveIntegerField(_("amount"))
    unit = models.CharField(_("unit"), max_length=13, choices=Unit)
    calendar = models.ForeignKey(
        "calendars.Calendar", models.PROTECT, null=True, related_name="+", verbose_name=_("opening hours"),
        help_text=_("Without one those of the case's team."),
    )  # fmt: skip
    pauses: Any = ArrayField(
        models.CharField(max_length=8, choices=Case.Waiting), default=list, verbose_name=_("paused while")
    )

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["version", "metric", "priority"], name="one_target_per_metric_and_priority"
            ),
            models.CheckConstraint(
                name="final_response_and_calendar_days_never_pause",
                condition=~Q(metric="final_response") & ~Q(unit="calendar_days") | Q(pauses=[]),
            ),
            models.CheckConstraint(
                name="final_response_is_counted_in_days",
                condition=~Q(metric="final_response") | Q(unit__in=["business_days", "calendar_days"]),
            ),
            models.CheckConstraint(name="target_takes_some_time", condition=Q(amount__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.get_metric_display()}: {self.amount} {self.get_unit_display()}"


class Step(models.Model):
    """One step of the escalation ladder: done once for each clock, at its time before or after the clock is due."""

    class Basis(models.TextChoices):
        PERCENT = "percent", _("percent of the target")
        BEFORE = "before", _("open minutes before it is due")
        AFTER = "after", _("open minutes after it was due")

    class Action(models.TextChoices):
        TELL_AGENT = "tell_agent", _("tell the agent")
        TELL_TEAM = "tell_team", _("tell the team")
        TELL_MANAGER = "tell_manager", _("tell the manager")
        REASSIGN = "reassign", _("give it to")
        RAISE = "raise", _("raise the priority")

    TELLING = (Action.TELL_AGENT, Action.TELL_TEAM, Action.TELL_MANAGER)

    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField(_("step"))
    metric = models.CharField(
        _("of"), max_length=14, choices=Metric, blank=True, help_text=_("Empty: of every promise.")
    )
    basis = models.CharField(_("when"), max_length=7, choices=Basis)
    amount = models.PositiveIntegerField(_("how much"))
    action = models.CharField(_("what"), max_length=12, choices=Action)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("to whom")
    )
    at_any_hour = models.BooleanField(
        _("at any hour"), default=False, help_text=_("Else people are told when it is open again.")
    )

    class Meta:
        verbose_name = _("step of the ladder")
        verbose_name_plural = _("steps of the ladder")
        default_permissions = ("view",)
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="steps_of_the_ladder_are_numbered"),
            models.CheckConstraint(
                name="who_gets_the_case_is_named",
                condition=Q(action="reassign", to__isnull=False) | ~Q(action="reassign") & Q(to__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.get_action_display()}"

"""Clocks: one for each promise of a case and each round of it, when they stood still, and what they led to."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from feedback.models.policies import Metric


class Clock(models.Model):
    """When one promise is due. Met or missed it stays as it was; a resolution goes on when the case is reopened.

    ``due_at`` is what holds now; ``judged_at`` is since when it holds: who makes a deadline earlier than now has not
    broken it before. ``next_at`` is the next moment at which something has to be done about it.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        MET = "met", _("kept")
        MISSED = "missed", _("missed")
        MERGED = "merged", _("merged")
        CANCELLED = "cancelled", _("no longer promised")

    GOING = (State.RUNNING, State.PAUSED)
    JUDGED = (State.MET, State.MISSED)

    case = models.ForeignKey("feedback.Case", models.PROTECT, related_name="clocks", db_index=False)
    metric = models.CharField(_("metric"), max_length=14, choices=Metric)
    cycle = models.PositiveIntegerField(_("round"), default=1)
    state = models.CharField(_("state"), max_length=9, choices=State)
    started_at = models.DateTimeField(_("started"))
    target = models.ForeignKey("feedback.Target", models.PROTECT, related_name="clocks", verbose_name=_("target"))
    calendar_version = models.ForeignKey("calendars.Version", models.PROTECT, related_name="+", db_index=False)
    judged_at = models.DateTimeField(help_text="Since when this target and these opening hours hold for it.")
    due_at = models.DateTimeField(_("due"), null=True)
    warn_at = models.DateTimeField(null=True)
    remaining = models.PositiveIntegerField(_("open seconds left"), null=True, help_text="Only while it is paused.")
    fulfilled_at = models.DateTimeField(_("fulfilled"), null=True)
    taken = models.PositiveIntegerField(
        _("took (open seconds)"), null=True, help_text="From start to end without pauses, once it is kept or missed."
    )
    breached_at = models.DateTimeField(_("breached"), null=True)
    ended_at = models.DateTimeField(null=True, help_text="When it was merged away, or nothing was promised any more.")
    next_at = models.DateTimeField(null=True)
    told: Any = ArrayField(models.CharField(max_length=20), default=list, help_text="The steps that were done.")

    moved_to = models.DateTimeField(_("moved to"), null=True, help_text="A deadline that somebody has set by hand.")
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("moved by"),
    )
    moved_because = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        default_permissions = ("view",)
        permissions = [("move_clock", _("Can move deadlines by hand"))]
        constraints = [
            models.UniqueConstraint(fields=["case", "metric", "cycle"], name="one_clock_per_metric_and_round"),
            models.CheckConstraint(
                name="clock_state_is_tied_to_its_times",
                condition=Q(state="running", due_at__isnull=False, remaining__isnull=True, fulfilled_at__isnull=True)
                | Q(state="paused", due_at__isnull=True, remaining__isnull=False, fulfilled_at__isnull=True)
                | Q(state="met", due_at__isnull=False, fulfilled_at__isnull=False, remaining__isnull=True)
                | Q(state="missed", due_at__isnull=False, fulfilled_at__isnull=False, remaining__isnull=True)
                | Q(state__in=["merged", "cancelled"], fulfilled_at__isnull=True, remaining__isnull=True),
            ),
            models.CheckConstraint(
                name="missed_clock_was_breached_and_a_kept_one_not",
                condition=Q(state="missed", breached_at__isnull=False)
                | Q(state__in=["met", "paused"], breached_at__isnull=True)
                | Q(state__in=["running", "merged", "cancelled"]),
            ),
            models.CheckConstraint(
                name="only_a_running_clock_waits_for_something",
                condition=Q(state="running", next_at__isnull=False)
                | Q(state="running", breached_at__isnull=False)
                | ~Q(state="running") & Q(next_at__isnull=True),
            ),
            models.CheckConstraint(
                name="clock_that_ended_unjudged_has_a_time",
                condition=Q(state__in=["merged", "cancelled"], ended_at__isnull=False)
                | ~Q(state__in=["merged", "cancelled"]) & Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="judged_clock_says_how_long_it_took",
                condition=Q(state__in=["met", "missed"], taken__isnull=False)
                | ~Q(state__in=["met", "missed"]) & Q(taken__isnull=True),
            ),
            models.CheckConstraint(
                name="moved_deadline_says_who_and_why",
                condition=Q(moved_to__isnull=True, moved_by__isnull=True, moved_because="")
                | Q(moved_to__isnull=False, moved_by__isnull=False) & ~Q(moved_because=""),
            ),
            models.CheckConstraint(
                name="regulatory_deadline_is_never_moved",
                condition=~Q(metric="final_response") | Q(moved_to__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["next_at", "case"], condition=Q(next_at__isnull=False), name="clock_to_look_at"),
            models.Index(
                fields=["calendar_version"], condition=Q(state__in=["running", "paused"]), name="clock_going_by_hours"
            ),
            models.Index(fields=["metric", "started_at"], name="clock_for_reports"),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.cycle}"


class Pause(models.Model):
    """From when to when a case waited for somebody else, or was closed. Rows, never a running counter."""

    class Reason(models.TextChoices):
        CUSTOMER = "customer", _("waiting for the customer")
        THIRD = "third", _("waiting for somebody else")
        CLOSED = "closed", _("closed")

    case = models.ForeignKey("feedback.Case", models.PROTECT, related_name="pauses", db_index=False)
    reason = models.CharField(_("because"), max_length=8, choices=Reason)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"), null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ends_at__isnull=True), name="a_case_waits_for_one_thing_at_a_time"
            ),
            models.CheckConstraint(
                name="pause_ends_after_it_starts",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=models.F("starts_at")),
            ),
        ]
        indexes = [models.Index(fields=["case", "starts_at"], name="pause_of_case")]

    def __str__(self) -> str:
        return self.get_reason_display()


class ClockEvent(models.Model):
    """What a clock led to: when it was due and when it was done. Append-only, each step once."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="events", db_index=False)
    step = models.CharField(_("step"), max_length=20, help_text="warned, breached, moved, step:<number>.")
    due_at = models.DateTimeField(_("was due"))
    done_at = models.DateTimeField(_("done"))
    about: Any = models.JSONField(default=dict, help_text="Ids, codes, numbers: personal data never.")

    class Meta:
        verbose_name = _("event of a clock")
        verbose_name_plural = _("events of clocks")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["clock", "step"], name="each_step_once_for_a_clock"),
        ]

    def __str__(self) -> str:
        return self.step


class Rejudging(models.Model):
    """All open cases are gone through again, because what is promised has changed. It can be interrupted anywhere."""

    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reached = models.BigIntegerField(default=0, help_text="The last case that was done.")
    cases = models.PositiveIntegerField(_("cases"), default=0)
    changed = models.PositiveIntegerField(_("clocks changed"), default=0)
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("judging anew")
        verbose_name_plural = _("judgings anew")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["id"], condition=Q(done_at__isnull=True), name="rejudging_to_do")]

    def __str__(self) -> str:
        return f"{self.pk}"

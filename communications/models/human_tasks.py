"""What people do for a plan: call, write by hand, send a card or a gift."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from communications.models.steps import Step
from communications.models.touchpoints import Touchpoint


class HumanTask(models.Model):
    """One thing to do for one customer. A step of a plan makes it, or somebody by hand (then without a touchpoint)."""

    class State(models.TextChoices):
        OPEN = "open", _("to do")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("reached")
        AGREED = "agreed", _("reached, and wants it")
        DECLINED = "declined", _("reached, and does not want it")
        NOT_REACHED = "not_reached", _("not reached")
        WRONG_NUMBER = "wrong_number", _("wrong number or address")
        SENT = "sent", _("written or sent")
        RETURNED = "returned", _("came back")

    kind = models.CharField(_("kind"), max_length=7, choices=Step.Kind)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="human_tasks", db_index=False, verbose_name=_("customer")
    )
    touchpoint = models.OneToOneField(Touchpoint, models.PROTECT, null=True, related_name="task")
    title = models.CharField(_("what"), max_length=160)
    script = models.TextField(_("script"), blank=True)
    marketing = models.BooleanField(_("marketing"), default=True)
    due_at = models.DateTimeField(_("due"), help_text="When it should be done, or tried next.")
    expires_at = models.DateTimeField(_("not after"), null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="human_tasks",
        db_index=False, verbose_name=_("who does it"),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    reason = models.CharField(_("why"), max_length=40, blank=True, help_text="A code: why it was cancelled.")
    note = models.TextField(_("note"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("made"), db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    escalated_at = models.DateTimeField(_("escalated"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(name="human_task_says_what", condition=~Q(title="")),
            models.CheckConstraint(
                name="human_task_ends_at_a_time_with_an_outcome_or_a_reason",
                condition=Q(state="open", ended_at=None, ended_by=None, reason="")
                | Q(state="done", ended_at__isnull=False, reason="") & ~Q(outcome="")
                | Q(state="cancelled", ended_at__isnull=False) & ~Q(reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="open"), name="human_task_open"),
            models.Index(fields=["assignee", "due_at"], condition=Q(state="open"), name="human_task_of_assignee"),
            models.Index(fields=["customer", "-id"], name="human_task_of_customer"),
        ]

    def __str__(self) -> str:
        return self.title

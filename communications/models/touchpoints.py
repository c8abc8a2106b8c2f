"""One row for each step that is to reach a customer, written before it does, and what became of it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from communications.models.enrolments import Enrolment
from communications.models.outbox import Message
from communications.models.plans import Plan, PlanVersion
from communications.models.steps import Step
from customers.models import ConsentDecision


class Touchpoint(models.Model):
    """A step of a plan for a customer and an anchor: unique over all versions of the plan, so that none comes twice.

    ``planned`` waits for its time. ``queued`` was handed over: to the outbox, where ``message`` is leased, in flight
    and sent, or to people as a task. What ended otherwise says why. ``wanted_at`` is when the step would be due if
    nothing moved it; ``deferred`` says what moved it last. Rows come by the million: the statement checks their keys.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        QUEUED = "queued", _("handed over")
        SENT = "sent", _("reached")
        FAILED = "failed", _("not taken")
        SKIPPED = "skipped", _("left out")
        CANCELLED = "cancelled", _("cancelled")
        UNCERTAIN = "uncertain", _("uncertain")

    OPEN = (State.PLANNED, State.QUEUED, State.UNCERTAIN)

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="touchpoints", db_index=False, db_constraint=False)
    version = models.ForeignKey(
        PlanVersion, models.PROTECT, related_name="touchpoints", db_index=False, db_constraint=False
    )
    step = models.ForeignKey(Step, models.PROTECT, related_name="touchpoints", db_index=False, db_constraint=False)
    step_key = models.CharField(max_length=30)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="touchpoints", db_index=False, db_constraint=False
    )
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, null=True, related_name="touchpoints", db_index=False, db_constraint=False,
        help_text="None for a campaign: its date is everybody's anchor.",
    )  # fmt: skip
    anchor_key = models.CharField(_("anchor"), max_length=100)
    channel = models.CharField(_("channel"), max_length=5, choices=ConsentDecision.Channel)
    variant = models.CharField(_("variant"), max_length=10, blank=True, default="", db_default="")
    priority = models.SmallIntegerField(default=0, db_default=0)
    planned_at = models.DateTimeField(_("planned"), db_default=Now())
    wanted_at = models.DateTimeField(_("wanted"), null=True)
    due_at = models.DateTimeField(_("due"), null=True, help_text="Not before.")
    expires_at = models.DateTimeField(_("not after"), null=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PLANNED)
    deferred = models.CharField(_("put off because of"), max_length=20, blank=True, default="", db_default="")
    reason = models.CharField(_("why"), max_length=40, blank=True, default="", db_default="", help_text="A code.")
    tries = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="How often it was taken back.")
    message = models.OneToOneField(Message, models.PROTECT, null=True, related_name="touchpoint")
    claim = models.ForeignKey(
        "loyalty.Claim", models.PROTECT, null=True, related_name="+", db_index=False, help_text="The reward given."
    )
    queued_at = models.DateTimeField(_("handed over"), null=True)
    sent_at = models.DateTimeField(_("reached"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True, help_text="When it came to another end than arriving.")

    class Meta:
        verbose_name = _("touchpoint")
        verbose_name_plural = _("touchpoints")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "step_key", "anchor_key", "customer"],
                name="step_reaches_a_customer_once_for_each_anchor",
            ),
            models.CheckConstraint(
                name="planned_touchpoint_is_due_at_a_time",
                condition=~Q(state="planned") | Q(due_at__isnull=False, queued_at=None, message=None),
            ),
            models.CheckConstraint(
                name="touchpoint_was_handed_over_before_it_arrived",
                condition=~Q(state__in=["queued", "sent", "failed", "uncertain"]) | Q(queued_at__isnull=False),
            ),
            models.CheckConstraint(
                name="touchpoint_arrived_at_a_time",
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
            ),
            models.CheckConstraint(
                name="touchpoint_that_did_not_arrive_says_when_and_why",
                condition=Q(state__in=["failed", "skipped", "cancelled", "uncertain"], ended_at__isnull=False)
                & ~Q(reason="")
                | Q(state__in=["planned", "queued", "sent"], ended_at=None, reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["plan", "due_at", "id"], condition=Q(state="planned"), name="touchpoint_due"),
            models.Index(fields=["id"], condition=Q(state__in=["queued", "uncertain"]), name="touchpoint_under_way"),
            models.Index(fields=["customer", "-due_at"], name="touchpoint_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.step_key}: {self.customer_id}"

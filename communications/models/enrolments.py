"""Customers in sequences, each around one anchor of theirs."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from communications.models.plans import Plan, PlanVersion


class Enrolment(models.Model):
    """A customer in a plan around an anchor: an instant (an order) or a date (a birthday).

    ``alone`` is copied from the version's rule of re-entry, so that PostgreSQL can see to it.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        COMPLETED = "completed", _("completed")
        EXITED = "exited", _("left early")
        CANCELLED = "cancelled", _("anchor cancelled")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="enrolments", db_index=False)
    version = models.ForeignKey(
        PlanVersion,
        models.PROTECT,
        related_name="enrolments",
        db_index=False,
        help_text="The one that it follows now.",
    )
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="enrolments", db_index=False)
    anchor_key = models.CharField(_("anchor"), max_length=100, help_text="Such as purchase:12 or 2026.")
    anchor_at = models.DateTimeField(_("anchor (time)"), null=True)
    anchor_on = models.DateField(_("anchor (day)"), null=True)
    purchase = models.ForeignKey(
        "customers.Purchase", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    alone = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ACTIVE)
    reason = models.CharField(_("why"), max_length=40, blank=True, help_text="A code.")
    enrolled_at = models.DateTimeField(_("began"), db_default=Now())
    ended_at = models.DateTimeField(_("ended"), null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "customer", "anchor_key"], name="customer_is_enrolled_once_for_each_anchor"
            ),
            models.UniqueConstraint(
                fields=["plan", "customer"],
                condition=Q(state="active", alone=True),
                name="customer_is_enrolled_alone_where_the_plan_says_so",
            ),
            models.CheckConstraint(
                name="enrolment_has_one_anchor",
                condition=~Q(anchor_key="")
                & (Q(anchor_at=None, anchor_on__isnull=False) | Q(anchor_at__isnull=False, anchor_on=None)),
            ),
            models.CheckConstraint(
                name="enrolment_that_ended_says_when_and_why",
                condition=Q(state="active", ended_at=None, reason="")
                | Q(state="completed", ended_at__isnull=False)
                | Q(state__in=["exited", "cancelled"], ended_at__isnull=False) & ~Q(reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="enrolment_of_customer"),
            models.Index(fields=["plan", "id"], condition=Q(state="active"), name="enrolment_active"),
            models.Index(fields=["purchase"], condition=Q(state="active"), name="enrolment_of_purchase"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.customer_id} ({self.anchor_key})"

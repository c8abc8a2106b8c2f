"""Adjustments that people ask for, and what links a purchase to the points that paid for it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AdjustmentRequest(models.Model):
    """Points that somebody wants to add or take by hand. Small ones are approved at once, larger ones by another."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waits for a second person")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="adjustment_requests")
    points = models.BigIntegerField(_("points"))
    reason = models.CharField(_("reason"), max_length=200)
    key = models.CharField(max_length=160, null=True, unique=True)
    limit = models.PositiveBigIntegerField(help_text="Of the programme when it was asked.")
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("asked by"),
        db_index=False,
    )
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
        db_index=False,
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    answer = models.CharField(_("answer"), max_length=200, blank=True)
    transaction = models.OneToOneField(
        "loyalty.Transaction", models.PROTECT, null=True, related_name="adjustment_request"
    )

    class Meta:
        verbose_name = _("adjustment request")
        verbose_name_plural = _("adjustment requests")
        permissions = [
            ("adjust_points", _("Can adjust points by hand")),
            ("decide_adjustmentrequest", _("Can approve and decline adjustments")),
        ]
        constraints = [
            models.CheckConstraint(name="adjustment_request_says_why", condition=~Q(reason="")),
            models.CheckConstraint(name="adjustment_request_moves_something", condition=~Q(points=0)),
            models.CheckConstraint(
                name="adjustment_is_decided_with_a_time",
                condition=Q(status="waiting", decided_at__isnull=True, transaction__isnull=True)
                | Q(status="approved", decided_at__isnull=False, transaction__isnull=False)
                | Q(status="declined", decided_at__isnull=False, transaction__isnull=True),
            ),
            models.CheckConstraint(
                name="large_adjustment_is_decided_by_a_second_person",
                condition=Q(status="waiting")
                | Q(points__gte=-F("limit"), points__lte=F("limit"))
                | Q(asked_by__isnull=False, decided_by__isnull=False) & ~Q(decided_by=F("asked_by")),
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(status="waiting"), name="adjustment_request_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.points:+}: {self.reason}"


class Payment(models.Model):
    """A redemption (or a hold) that paid for a part of a purchase: a return gives it back in proportion."""

    purchase = models.ForeignKey("customers.Purchase", models.PROTECT, related_name="points_payments")
    redemption = models.OneToOneField("loyalty.Transaction", models.PROTECT, related_name="payment")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("payment with points")
        verbose_name_plural = _("payments with points")

    def __str__(self) -> str:
        return f"{self.purchase_id}: {self.redemption_id}"

"""Households share a wallet; customers give points to each other within limits."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Household(models.Model):
    """People who collect together: what they share is in the wallet of one of them, the keeper."""

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="households", db_index=False)
    keeper = models.ForeignKey("customers.Customer", models.PROTECT, related_name="kept_households")
    founded_at = models.DateTimeField(_("founded"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        permissions = [("manage_household", _("Can found households, let people join and leave, and share points"))]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "keeper"], condition=Q(ended_at__isnull=True), name="keeper_keeps_one_household"
            ),
            models.CheckConstraint(
                name="household_ends_after_it_was_founded",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("founded_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class HouseholdMemberQuerySet(models.QuerySet["HouseholdMember"]):
    def present(self) -> Self:
        return self.filter(left_at=None)


class HouseholdMember(models.Model):
    """Somebody other than the keeper, what share of the points earned goes into the household, and until when."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="members")
    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="household_memberships")
    share = models.PositiveSmallIntegerField(_("contributes (per cent)"), default=100)
    may_spend = models.BooleanField(_("may spend"), default=True)
    joined_at = models.DateTimeField(_("joined"))
    left_at = models.DateTimeField(_("left"), null=True)

    objects = HouseholdMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a household")
        verbose_name_plural = _("members of households")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "customer"],
                condition=Q(left_at__isnull=True),
                name="customer_is_in_one_household",
            ),
            models.CheckConstraint(name="household_share_is_per_cent", condition=Q(share__lte=100)),
            models.CheckConstraint(
                name="member_leaves_after_joining", condition=Q(left_at__isnull=True) | Q(left_at__gte=F("joined_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id}/{self.customer_id}"


class Contribution(models.Model):
    """Points that a member put into the household, or took out again on leaving (below zero). Append-only."""

    member = models.ForeignKey(HouseholdMember, models.PROTECT, related_name="contributions")
    transaction = models.OneToOneField("loyalty.Transaction", models.PROTECT, related_name="contribution")
    points = models.BigIntegerField(_("points"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        constraints = [models.CheckConstraint(name="contribution_moves_points", condition=~Q(points=0))]

    def __str__(self) -> str:
        return f"{self.points}"


class PointGift(models.Model):
    """Points that one customer gives to another; where the programme says so, when the giver has confirmed it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waits for confirmation")
        GIVEN = "given", _("given")
        DECLINED = "declined", _("not given")

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="+", db_index=False)
    giver = models.ForeignKey("customers.Customer", models.PROTECT, related_name="points_given")
    taker = models.ForeignKey("customers.Customer", models.PROTECT, related_name="points_taken")
    points = models.PositiveBigIntegerField(_("points"))
    status = models.CharField(_("state"), max_length=8, choices=Status)
    key = models.CharField(max_length=160, null=True, unique=True)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(_("decided"), null=True)
    transaction = models.OneToOneField(
        "loyalty.Transaction", models.PROTECT, null=True, related_name="point_gift", help_text="The giver's."
    )
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("gift of points")
        verbose_name_plural = _("gifts of points")
        constraints = [
            models.CheckConstraint(name="gift_of_points_has_points", condition=Q(points__gt=0)),
            models.CheckConstraint(name="nobody_gives_points_to_oneself", condition=~Q(giver=F("taker"))),
            models.CheckConstraint(
                name="gift_of_points_says_what_became_of_it",
                condition=Q(status="waiting", decided_at__isnull=True, transaction__isnull=True)
                | Q(status="given", decided_at__isnull=False, transaction__isnull=False)
                | Q(status="declined", decided_at__isnull=False, transaction__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["giver", "asked_at"], name="gifts_of_a_giver")]

    def __str__(self) -> str:
        return f"{self.points}"

"""Tiers: a table of them per programme that is never edited once it applies, and where each customer stands."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

CODE = 40


class TierTableQuerySet(models.QuerySet["TierTable"]):
    def at(self, moment: datetime) -> Self:
        """Those that have begun to apply, the one in force first."""
        return self.filter(starts_at__lte=moment).order_by("-starts_at")


class TierTable(models.Model):
    """One version of a programme's tiers: a draft until it is applied, unchangeable from then on (a trigger)."""

    class By(models.TextChoices):
        POINTS = "points", _("points earned")
        SPEND = "spend", _("money spent")
        PURCHASES = "purchases", _("number of purchases")

    class Span(models.TextChoices):
        ROLLING = "rolling", _("the last months, day by day")
        CALENDAR = "calendar", _("a calendar year; kept until the end of the next")

    class Lowering(models.TextChoices):
        IMMEDIATE = "immediate", _("as soon as the sum is too small")
        REVIEW = "review", _("at the next review")

    class Step(models.TextChoices):
        ALL = "all", _("to where the sum is")
        ONE = "one", _("one tier")

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="tier_tables", db_index=False)
    number = models.PositiveIntegerField(_("version"), editable=False)
    qualify_by = models.CharField(_("qualify by"), max_length=9, choices=By, default=By.POINTS)
    span = models.CharField(_("counted over"), max_length=8, choices=Span, default=Span.ROLLING)
    months = models.PositiveSmallIntegerField(_("months"), default=12, help_text=_("A calendar year has 12."))
    lowering = models.CharField(_("customers come down"), max_length=9, choices=Lowering, default=Lowering.IMMEDIATE)
    step = models.CharField(_("by how much"), max_length=3, choices=Step, default=Step.ALL)
    review_months = models.PositiveSmallIntegerField(
        _("review every (months)"),
        default=12,
        choices=[(1, "1"), (3, "3"), (6, "6"), (12, "12")],
        help_text=_("Counted from January; on the first of the month."),
    )
    grace_days = models.PositiveSmallIntegerField(
        _("grace (days)"), default=0, help_text=_("So long does a tier last after the sum has become too small.")
    )
    starts_at = models.DateTimeField(_("applies from"), null=True, editable=False)
    applied_at = models.DateTimeField(null=True, editable=False)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TierTableQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier table")
        verbose_name_plural = _("tier tables")
        permissions = [
            ("apply_tiertable", _("Can apply a tier table")),
            ("grant_tier", _("Can grant a tier to a customer")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="tier_table_number_is_used_once"),
            models.UniqueConstraint(fields=["programme", "starts_at"], name="one_tier_table_begins_at_a_time"),
            models.UniqueConstraint(
                fields=["programme"], condition=Q(starts_at__isnull=True), name="programme_has_one_draft_of_its_tiers"
            ),
            models.CheckConstraint(
                name="applied_tier_table_has_a_time",
                condition=Q(starts_at__isnull=True, applied_at__isnull=True)
                | Q(starts_at__isnull=False, applied_at__isnull=False),
            ),
            models.CheckConstraint(
                name="tier_table_words_are_known",
                condition=Q(qualify_by__in=["points", "spend", "purchases"])
                & Q(span__in=["rolling", "calendar"])
                & Q(lowering__in=["immediate", "review"])
                & Q(step__in=["all", "one"])
                & Q(review_months__in=[1, 3, 6, 12]),
            ),
            models.CheckConstraint(
                name="tiers_count_a_month_at_least_and_a_year_by_the_calendar",
                condition=Q(span="rolling", months__gt=0) | Q(span="calendar", months=12),
            ),
            models.CheckConstraint(
                name="one_tier_at_a_time_needs_time_between",
                condition=Q(step="all") | Q(lowering="review") | Q(grace_days__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def is_draft(self) -> bool:
        return self.starts_at is None


class Tier(models.Model):
    """One step of a table. Its rank follows from its threshold; its code stays the same from version to version."""

    table = models.ForeignKey(TierTable, models.CASCADE, related_name="tiers", db_index=False)
    code = models.SlugField(_("code"), max_length=CODE)
    name = models.CharField(_("name"), max_length=60)
    threshold = models.BigIntegerField(_("from"), help_text=_("Points, minor units of money, or purchases."))
    keeps = models.BooleanField(_("never lost"), default=False, help_text=_("Who has reached it keeps it."))
    points_last = models.PositiveSmallIntegerField(
        _("points last (months)"),
        null=True,
        blank=True,
        help_text=_("What is earned in this tier. Empty: as the programme says; 0: it never expires."),
    )

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        ordering = ["threshold"]
        constraints = [
            models.UniqueConstraint(fields=["table", "code"], name="tier_code_stands_once_in_its_table"),
            models.UniqueConstraint(fields=["table", "threshold"], name="tiers_have_different_thresholds"),
            models.CheckConstraint(name="tier_threshold_is_not_negative", condition=Q(threshold__gte=0)),
            models.CheckConstraint(
                name="points_of_a_tier_last_a_century_at_most",
                condition=Q(points_last__isnull=True) | Q(points_last__lte=1200),
            ),
            models.CheckConstraint(name="tier_has_a_code_and_a_name", condition=~Q(code="") & ~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class Standing(models.Model):
    """Where a customer stands now. What has been qualified for and what is held up by a floor are kept apart."""

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="standings")
    tier = models.CharField(_("tier"), max_length=CODE)
    since = models.DateTimeField(_("since"))
    earned = models.CharField(max_length=CODE, help_text="The tier that was qualified for, without floors.")
    earned_since = models.DateTimeField()
    short_since = models.DateTimeField(null=True, help_text="Since when the sum has been too small; grace runs.")

    class Meta:
        verbose_name = _("tier of a customer")
        verbose_name_plural = _("tiers of customers")
        constraints = [
            models.UniqueConstraint(fields=["programme", "customer"], name="customer_stands_once_in_a_programme"),
            models.CheckConstraint(name="standing_names_its_tiers", condition=~Q(tier="") & ~Q(earned="")),
        ]
        indexes = [models.Index(fields=["programme", "tier", "customer"], name="standing_by_tier")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.tier}"


class TierChange(models.Model):
    """A customer went from one tier to another: when, and why. Append-only."""

    class Why(models.TextChoices):
        REACHED = "reached", _("reached")
        LOWERED = "lowered", _("the sum became too small")
        GRANTED = "granted", _("granted")
        FLOOR = "floor", _("paid membership")
        ENDED = "ended", _("grant or membership ended")
        TABLE = "table", _("the tiers were changed")
        MERGED = "merged", _("records were merged")

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="tier_changes", db_index=False)
    table = models.ForeignKey(TierTable, models.PROTECT, related_name="+", db_index=False)
    was = models.CharField(_("from"), max_length=CODE, blank=True)
    tier = models.CharField(_("to"), max_length=CODE)
    rose = models.BooleanField(_("upwards"))
    why = models.CharField(_("why"), max_length=7, choices=Why)
    total = models.BigIntegerField(_("sum"), help_text="What counted then.")
    at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("change of tier")
        verbose_name_plural = _("changes of tier")
        constraints = [
            models.CheckConstraint(name="tier_change_goes_elsewhere", condition=~Q(tier=F("was")) & ~Q(tier="")),
        ]
        indexes = [models.Index(fields=["customer", "programme", "-at", "-id"], name="tier_change_latest_first")]

    def __str__(self) -> str:
        return f"{self.was} > {self.tier}"


class TierFloor(models.Model):
    """A tier below which a customer does not stand for a time: granted by somebody, or part of a paid membership."""

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="tier_floors")
    tier = models.CharField(_("tier"), max_length=CODE)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, help_text=_("From this moment on it holds no longer."))
    membership = models.OneToOneField("loyalty.Membership", models.PROTECT, null=True, related_name="floor")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("granted tier")
        verbose_name_plural = _("granted tiers")
        constraints = [
            models.CheckConstraint(
                name="granted_tier_ends_after_it_begins",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
            ),
            models.CheckConstraint(
                name="granted_tier_says_why", condition=Q(membership__isnull=False) | ~Q(reason="")
            ),
            models.CheckConstraint(name="granted_tier_is_named", condition=~Q(tier="")),
        ]
        indexes = [models.Index(fields=["programme", "ends_at"], name="granted_tier_by_end")]

    def __str__(self) -> str:
        return self.tier

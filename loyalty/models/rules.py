"""Earning rules, and what they gave. A version of a rule that has begun never changes; another one follows it."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Rule(models.Model):
    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="rules")
    name = models.CharField(_("name"), max_length=100, help_text=_("Customers read it in their statement."))
    spent = models.PositiveBigIntegerField(
        null=True, editable=False, help_text="Points given so far, net; kept where a budget asks for it."
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("earning rule")
        verbose_name_plural = _("earning rules")
        permissions = [("run_rule", _("Can start and end earning rules"))]
        constraints = [
            models.UniqueConstraint(fields=["programme", "name"], name="rule_has_a_name_of_its_own"),
            models.CheckConstraint(name="rule_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class RuleVersionQuerySet(models.QuerySet["RuleVersion"]):
    def begun(self) -> Self:
        """Those that count, or did, or will at a time that is fixed; drafts do not."""
        return self.filter(begins_at__isnull=False)

    def live(self, at: datetime) -> Self:
        return self.filter(begins_at__lte=at).exclude(ends_at__lte=at)


class RuleVersion(models.Model):
    """What a rule says from one moment to another, half-open. Without a beginning it is a draft and may change.

    Triggers: what has begun is only ever ended; the versions of a rule never overlap.
    """

    rule = models.ForeignKey(Rule, models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField(_("version"))
    spec: Any = models.JSONField(_("what it says"))
    begins_at = models.DateTimeField(_("begins"), null=True)
    ends_at = models.DateTimeField(_("ends"), null=True)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a rule")
        verbose_name_plural = _("versions of rules")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="version_is_numbered_within_its_rule"),
            models.UniqueConstraint(fields=["rule"], condition=Q(begins_at=None), name="rule_has_one_draft"),
            models.CheckConstraint(
                name="version_ends_after_it_begins", condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("begins_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}.{self.number}"


class RuleSegment(models.Model):
    """A segment that a version asks for: it cannot be removed any more."""

    version = models.ForeignKey(RuleVersion, models.CASCADE, related_name="segments", db_index=False)
    segment = models.ForeignKey("customers.Segment", models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["version", "segment"], name="version_asks_for_a_segment_once")]

    def __str__(self) -> str:
        return f"{self.version.rule}"


class Calculation(models.Model):
    """How the points of one purchase or fact were worked out, step by step, where rules had a say.

    ``context`` is what was known of the customer at that time, so that what is kept of a purchase can be worked out
    again by the same rules. Purchases by the base rate alone need none: their transaction says rate and money.
    """

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="+", db_index=False)
    purchase = models.OneToOneField("customers.Purchase", models.PROTECT, null=True, related_name="+")
    fact = models.ForeignKey("customers.Fact", models.PROTECT, null=True, related_name="+", db_constraint=False)
    points = models.PositiveBigIntegerField()
    context: Any = models.JSONField(default=dict)
    steps: Any = models.JSONField(default=list)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("calculation")
        verbose_name_plural = _("calculations")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "fact"], condition=Q(fact__isnull=False), name="fact_is_worked_out_once"
            ),
            models.CheckConstraint(
                name="calculation_is_of_a_purchase_or_a_fact",
                condition=Q(purchase__isnull=False, fact__isnull=True) | Q(purchase__isnull=True, fact__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points}"


class RuleAward(models.Model):
    """What a rule gave a customer for one purchase or fact. ``points`` and ``times`` are net: returns lower them."""

    rule = models.ForeignKey(Rule, models.PROTECT, related_name="awards", db_index=False)
    version = models.ForeignKey(RuleVersion, models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    calculation = models.ForeignKey(Calculation, models.PROTECT, related_name="awards")
    promise = models.ForeignKey("loyalty.Promise", models.PROTECT, null=True, related_name="awards", db_index=False)
    at = models.DateTimeField()
    awarded = models.PositiveBigIntegerField()
    points = models.PositiveBigIntegerField()
    times = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["calculation", "rule", "promise"],
                name="rule_awards_once_for_one_thing",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="award_is_never_more_than_it_was", condition=Q(points__lte=F("awarded"), times__lte=1)
            ),
        ]
        indexes = [
            models.Index(fields=["rule", "customer", "at"], include=["points", "times"], name="award_by_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.points}"


class Promise(models.Model):
    """A bonus that the customer's next purchase brings, promised by an earlier purchase or fact."""

    version = models.ForeignKey(RuleVersion, models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", db_index=False)
    made_by = models.ForeignKey(Calculation, models.PROTECT, related_name="promises")
    made_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    kept_by = models.ForeignKey("customers.Purchase", models.PROTECT, null=True, related_name="+", db_index=False)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("promised bonus")
        verbose_name_plural = _("promised bonuses")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["made_by", "version"], name="bonus_is_promised_once"),
            models.CheckConstraint(name="promise_lasts", condition=Q(valid_until__gt=F("made_at"))),
        ]
        indexes = [
            models.Index(
                fields=["customer", "valid_until"],
                condition=Q(kept_by__isnull=True, withdrawn_at__isnull=True),
                name="promise_still_open",
            ),
            models.Index(fields=["kept_by"], condition=Q(kept_by__isnull=False), name="promise_by_purchase"),
        ]

    def __str__(self) -> str:
        return f"{self.version}"


class EarningReview(models.Model):
    """Points that wait until somebody has looked at what they are for."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    award = models.OneToOneField(RuleAward, models.PROTECT, related_name="review")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("earning to look at")
        verbose_name_plural = _("earnings to look at")
        default_permissions = ("view",)
        permissions = [("decide_earningreview", _("Can decide about earnings that wait"))]
        constraints = [
            models.CheckConstraint(
                name="decided_earning_has_a_time",
                condition=Q(state="waiting", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="declined_earning_has_a_reason_and_a_person",
                condition=~Q(state="declined") | (~Q(reason="") & Q(decided_by__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state="waiting"), name="earning_still_waiting")]

    def __str__(self) -> str:
        return f"{self.award}"


class AverageBasket(models.Model):
    """What an order cost on average in the shop in the 90 days before a day; worked out once for each day."""

    programme = models.ForeignKey("loyalty.Programme", models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    goods = models.BigIntegerField()
    purchases = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["programme", "day"], name="average_of_a_day_stands_once")]

    def __str__(self) -> str:
        return f"{self.day}"

"""Value-based loyalty: points that customers give to a cause, and benefits for what people are."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Cause(models.Model):
    """Something good that points can be given to. The business pays for each point, and may add to it."""

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="causes", db_index=False)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    text = models.TextField(_("description"), blank=True)
    value_money = models.PositiveIntegerField(
        _("pays (minor units)"), default=1, help_text=_("So much money for so many points, as an exact fraction.")
    )
    value_points = models.PositiveIntegerField(_("for points"), default=1)
    match_adds = models.PositiveSmallIntegerField(
        _("the business adds"), default=1, help_text=_("1 for 1 doubles every gift; 0 adds nothing.")
    )
    match_for = models.PositiveSmallIntegerField(_("for each"), default=1)
    currency = models.CharField(_("currency"), max_length=3)
    smallest = models.PositiveIntegerField(_("smallest gift (points)"), default=1)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("cause")
        verbose_name_plural = _("causes")
        constraints = [
            models.CheckConstraint(
                name="cause_rates_are_fractions", condition=Q(value_points__gt=0, match_for__gt=0, smallest__gt=0)
            ),
            models.CheckConstraint(name="cause_currency_is_iso", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(
                name="cause_ends_after_it_begins",
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Gift(models.Model):
    """Points that a customer gave to a cause, with the rates of that day. Append-only; the ledger has the points."""

    cause = models.ForeignKey(Cause, models.PROTECT, related_name="gifts", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="gifts")
    transaction = models.OneToOneField("loyalty.Transaction", models.PROTECT, related_name="gift")
    points = models.PositiveBigIntegerField(_("points"))
    value_money = models.PositiveIntegerField()
    value_points = models.PositiveIntegerField()
    match_adds = models.PositiveSmallIntegerField()
    match_for = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField(_("given"))

    class Meta:
        verbose_name = _("gift")
        verbose_name_plural = _("gifts")
        permissions = [("give_points", _("Can give a customer's points to a cause"))]
        constraints = [
            models.CheckConstraint(
                name="gift_gives_something", condition=Q(points__gt=0, value_points__gt=0, match_for__gt=0)
            ),
        ]
        indexes = [models.Index(fields=["cause", "at"], name="gift_by_cause")]

    def __str__(self) -> str:
        return f"{self.points}"


class Benefit(models.Model):
    """What some customers have: those of a tier and above it, members of a plan, or a segment."""

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="benefits", db_index=False)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    text = models.TextField(_("description"), blank=True)
    tier = models.CharField(_("from this tier"), max_length=40, blank=True, help_text=_("Code."))
    plan = models.ForeignKey(
        "loyalty.Plan",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="benefits",
        verbose_name=_("for members of"),
    )
    segment = models.ForeignKey(
        "customers.Segment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="benefits",
        verbose_name=_("for this segment"),
        help_text=_("People with something in common: a trait, a taste, what they buy."),
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("benefit")
        verbose_name_plural = _("benefits")
        constraints = [
            models.CheckConstraint(
                name="benefit_is_for_one_kind_of_people",
                condition=Q(plan__isnull=True, segment__isnull=True) & ~Q(tier="")
                | Q(plan__isnull=False, segment__isnull=True, tier="")
                | Q(plan__isnull=True, segment__isnull=False, tier=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

"""Partners: other businesses that give our points to their customers, and take them. What one owes the other."""

from datetime import datetime
from fractions import Fraction
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Partner(models.Model):
    class Terms(models.TextChoices):
        POSTPAID = "postpaid", _("pays at the end of the month")
        PREPAID = "prepaid", _("pays for packs of points beforehand")

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="partners", db_index=False)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    terms = models.CharField(_("terms"), max_length=8, choices=Terms, default=Terms.POSTPAID)
    currency = models.CharField(_("currency"), max_length=3, help_text=_("It is settled in this one."))
    system = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("its system"),
        help_text=_(
            "The integration whose tokens act for this partner. An integration acts for its own partner only."
        ),
    )
    pending_days = models.PositiveSmallIntegerField(
        _("points are pending for (days)"), default=0, db_default=0, help_text=_("0: they can be spent at once.")
    )
    active = models.BooleanField(_("active"), default=True, help_text=_("If not, nothing new is given or taken."))

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        permissions = [
            ("act_for_partner", _("Can give, take and reverse points at a partner")),
            ("settle_partner", _("Can sell packs to partners and issue settlement statements")),
        ]
        constraints = [
            models.CheckConstraint(name="partner_currency_is_iso", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(name="partner_terms_are_known", condition=Q(terms__in=["postpaid", "prepaid"])),
            models.UniqueConstraint(
                fields=["system"], condition=Q(system__isnull=False), name="integration_acts_for_one_partner"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PartnerRateQuerySet(models.QuerySet["PartnerRate"]):
    def holding(self, at: datetime) -> Self:
        """Those that hold at that moment."""
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), begins_at__lte=at)


class PartnerRate(models.Model):
    """What a point costs the partner, and what it is paid for one, from a day on. Never changed, only ended."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="rates", db_index=False)
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True)
    issue_money = models.PositiveIntegerField(_("pays (minor units)"), help_text=_("Exact: 12 for 10 points."))
    issue_points = models.PositiveIntegerField(_("for points given"))
    redeem_money = models.PositiveIntegerField(_("is paid (minor units)"))
    redeem_points = models.PositiveIntegerField(_("for points taken"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(db_default=Now())

    objects = PartnerRateQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner rate")
        verbose_name_plural = _("partner rates")
        constraints = [
            models.CheckConstraint(
                name="partner_rates_are_fractions", condition=Q(issue_points__gt=0, redeem_points__gt=0)
            ),
            models.CheckConstraint(
                name="partner_rate_ends_after_it_begins",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("begins_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue_money}/{self.issue_points}, {self.redeem_money}/{self.redeem_points}"

    @property
    def issue(self) -> Fraction:
        """Minor units for a point that the partner gives."""
        return Fraction(self.issue_money, self.issue_points)

    @property
    def redeem(self) -> Fraction:
        """Minor units for a point that the partner takes."""
        return Fraction(self.redeem_money, self.redeem_points)


class PartnerStatement(models.Model):
    """What a partner owes for a month (below zero, what it is owed). Append-only: corrections come in the next one."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="statements", db_index=False)
    month = models.DateField(_("month"), help_text=_("Its first day."))
    issued = models.BigIntegerField(_("given"))
    reversed = models.BigIntegerField(_("taken back"))
    redeemed = models.BigIntegerField(_("redeemed there"))
    refunded = models.BigIntegerField(_("given back"))
    packs = models.BigIntegerField(_("packs (minor units)"))
    total = models.BigIntegerField(_("owed by the partner (minor units)"))
    currency = models.CharField(_("currency"), max_length=3)
    issued_at = models.DateTimeField(_("issued"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("partner statement")
        verbose_name_plural = _("partner statements")
        constraints = [
            models.UniqueConstraint(fields=["partner", "month"], name="partner_has_one_statement_a_month"),
            models.CheckConstraint(name="partner_statement_is_of_a_month", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.month:%Y-%m}"


class PartnerPack(models.Model):
    """Points that a partner has paid for beforehand. Its row is locked by whoever takes from it."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="packs")
    points = models.PositiveBigIntegerField(_("points"))
    left = models.PositiveBigIntegerField(_("left"))
    price = models.PositiveBigIntegerField(_("price (minor units)"))
    reference = models.CharField(_("reference"), max_length=60, help_text=_("Of the order or the invoice."))
    bought_at = models.DateTimeField(_("bought"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    statement = models.ForeignKey(PartnerStatement, models.PROTECT, null=True, related_name="pack_rows")

    class Meta:
        verbose_name = _("pack of points")
        verbose_name_plural = _("packs of points")
        constraints = [
            models.CheckConstraint(
                name="pack_has_no_more_than_was_bought", condition=Q(points__gt=0, left__lte=F("points"))
            ),
            models.UniqueConstraint(fields=["partner", "reference"], name="pack_is_sold_once"),
        ]

    def __str__(self) -> str:
        return self.reference


class PartnerEntry(models.Model):
    """Points that one transaction of the ledger moved for a partner, and by which rate or pack. Append-only, except
    that a statement takes it up, once.
    """

    class Kind(models.TextChoices):
        ISSUE = "issue", _("given")
        REVERSAL = "reversal", _("taken back")
        REDEMPTION = "redemption", _("redeemed there")
        REFUND = "refund", _("given back")

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="entries", db_index=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    transaction = models.ForeignKey("loyalty.Transaction", models.PROTECT, related_name="partner_entries")
    points = models.PositiveBigIntegerField(_("points"))
    rate = models.ForeignKey(PartnerRate, models.PROTECT, null=True, related_name="+", db_index=False)
    pack = models.ForeignKey(PartnerPack, models.PROTECT, null=True, related_name="entries", db_index=False)
    at = models.DateTimeField(_("took effect"))
    posted_at = models.DateTimeField(_("posted"), db_default=Now())
    statement = models.ForeignKey(PartnerStatement, models.PROTECT, null=True, related_name="entries")

    class Meta:
        verbose_name = _("partner entry")
        verbose_name_plural = _("partner entries")
        constraints = [
            models.UniqueConstraint(
                fields=["transaction", "pack"], nulls_distinct=False, name="transaction_is_settled_once"
            ),
            models.CheckConstraint(name="partner_entry_moves_points", condition=Q(points__gt=0)),
            models.CheckConstraint(
                name="partner_entry_has_a_rate_or_a_pack",
                condition=Q(pack__isnull=True, rate__isnull=False)
                | Q(pack__isnull=False, rate__isnull=True, kind__in=["issue", "reversal"]),
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "-at", "-id"], name="partner_entries_latest_first"),
            models.Index(
                fields=["partner", "at"], condition=Q(statement__isnull=True), name="partner_entries_to_settle"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.points}"

    @property
    def money(self) -> Fraction:
        """What the partner owes for it, exactly, in minor units; below zero what it is owed."""
        if self.rate is None:
            return Fraction(0)
        worth = self.rate.issue if self.kind in ("issue", "reversal") else self.rate.redeem
        return worth * self.points * (1 if self.kind in ("issue", "refund") else -1)

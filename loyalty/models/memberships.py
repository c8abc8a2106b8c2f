"""Paid membership: what can be bought, who has bought it and for when, and what members see before others do."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Plan(models.Model):
    """A membership that customers can buy. Periods that were sold keep the price that they were sold for."""

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="plans", db_index=False)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    price = models.PositiveBigIntegerField(_("price (minor units)"))
    currency = models.CharField(_("currency"), max_length=3)
    months = models.PositiveSmallIntegerField(_("lasts (months)"), default=12)
    grace_days = models.PositiveSmallIntegerField(
        _("grace (days)"), default=0, help_text=_("So long does it still hold after its end, to be renewed.")
    )
    reminder_days = models.CharField(
        _("remind (days before the end)"),
        max_length=60,
        default="30, 7",
        blank=True,
        help_text=_(
            "Numbers with commas. A reminder is told on the timeline; what follows from it is set up elsewhere."
        ),
    )
    refunds = models.BooleanField(
        _("pays back what is left"), default=True, help_text=_("When it is cancelled: in proportion to the days left.")
    )
    tier = models.CharField(
        _("tier"), max_length=40, blank=True, help_text=_("Members do not stand below it. Code; empty: none.")
    )
    on_sale = models.BooleanField(_("on sale"), default=True)

    class Meta:
        verbose_name = _("membership plan")
        verbose_name_plural = _("membership plans")
        constraints = [
            models.CheckConstraint(name="plan_lasts_a_month_at_least", condition=Q(months__gt=0)),
            models.CheckConstraint(name="plan_currency_is_iso", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(
                name="plan_reminders_are_days",
                condition=Q(reminder_days="") | Q(reminder_days__regex=r"^[1-9][0-9]{0,2}(, *[1-9][0-9]{0,2})*$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def reminders(self) -> list[int]:
        """Days before the end, the earliest reminder first."""
        return sorted({int(days) for days in self.reminder_days.split(",") if days.strip()}, reverse=True)


class Membership(models.Model):
    """One period that somebody has paid for, from ``starts_at`` until before ``ends_at``. Periods never overlap."""

    class Status(models.TextChoices):
        PAID = "paid", _("paid")
        CANCELLED = "cancelled", _("cancelled")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="memberships")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="memberships", db_index=False)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), help_text="Of a cancelled one: when it was over. May be its beginning.")
    paid_until = models.DateTimeField(help_text="The end that was paid for.")
    price = models.PositiveBigIntegerField(_("price (minor units)"))
    currency = models.CharField(_("currency"), max_length=3)
    renewal_of = models.OneToOneField("self", models.PROTECT, null=True, related_name="renewal")
    status = models.CharField(_("state"), max_length=9, choices=Status, default=Status.PAID)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    refund = models.PositiveBigIntegerField(_("refund (minor units)"), default=0)
    key = models.CharField(max_length=160, null=True, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    sold_at = models.DateTimeField(_("sold"), db_default=Now())

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        permissions = [
            ("sell_membership", _("Can start and renew memberships")),
            ("cancel_membership", _("Can cancel memberships")),
        ]
        constraints = [
            ExclusionConstraint(
                name="memberships_of_a_customer_never_overlap",
                expressions=[
                    # The customer as a range of one, so that no extension is needed to compare it.
                    (
                        Func(
                            F("customer"),
                            F("customer"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_begins",
                condition=Q(ends_at__gte=F("starts_at"), paid_until__gt=F("starts_at"), ends_at__lte=F("paid_until")),
            ),
            models.CheckConstraint(
                name="cancelled_membership_has_a_time_and_refunds_no_more_than_its_price",
                condition=Q(status="paid", cancelled_at__isnull=True, refund=0, ends_at=F("paid_until"))
                | Q(status="cancelled", cancelled_at__isnull=False, refund__lte=F("price")),
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="membership_by_end")]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.starts_at:%Y-%m-%d}"


class EarlyAccess(models.Model):
    """Something that some customers see before all do: from ``opens_at``, until it is ``public_at`` for everybody."""

    code = models.SlugField(_("code"), max_length=60, unique=True, help_text=_("Your product, collection or sale."))
    name = models.CharField(_("name"), max_length=100)
    opens_at = models.DateTimeField(_("opens for them"))
    public_at = models.DateTimeField(_("opens for all"), null=True, blank=True, help_text=_("Empty: never."))
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True, help_text=_("Empty: never."))
    plans = models.ManyToManyField(Plan, blank=True, related_name="early_access", verbose_name=_("for members of"))
    tier = models.CharField(
        _("for this tier and higher"), max_length=40, blank=True, help_text=_("Code; empty: no tier opens it.")
    )

    class Meta:
        verbose_name = _("early access")
        verbose_name_plural = _("early accesses")
        constraints = [
            models.CheckConstraint(
                name="early_access_is_early",
                condition=Q(public_at__isnull=True) | Q(public_at__gt=F("opens_at")),
            ),
            models.CheckConstraint(
                name="early_access_closes_after_it_opens",
                condition=Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

"""One flat row per customer of what is asked for most: the apps keep it current, lists and segments filter it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Profile(models.Model):
    class Stage(models.TextChoices):
        LEAD = "lead", _("lead")
        NEW = "new", _("new")
        ACTIVE = "active", _("active")
        AT_RISK = "at_risk", _("at risk")
        LAPSED = "lapsed", _("lapsed")
        RETURNED = "returned", _("returned")

    class Risk(models.TextChoices):
        LOW = "low", _("low")
        MEDIUM = "medium", _("medium")
        HIGH = "high", _("high")

    customer = models.OneToOneField(
        "customers.Customer", models.PROTECT, primary_key=True, related_name="profile", db_constraint=False
    )
    stage = models.CharField(_("stage"), max_length=8, choices=Stage, default=Stage.LEAD)
    stage_told = models.CharField(
        max_length=8,
        choices=Stage,
        default=Stage.LEAD,
        db_default=Stage.LEAD,
        editable=False,
        help_text="The stage that the timeline knows of.",
    )
    purchases = models.PositiveIntegerField(_("purchases"), default=0)
    first_purchase_at = models.DateTimeField(_("first purchase"), null=True)
    last_purchase_at = models.DateTimeField(_("last purchase"), null=True)
    usual_gap_days = models.FloatField(
        _("usual gap"), null=True, help_text="Median days from one purchase to the next; none below two purchases."
    )
    last_gap_days = models.FloatField(null=True, help_text="Before the latest purchase: tells who came back.")
    currency = models.CharField(
        _("currency"), max_length=3, blank=True, help_text="Of the latest purchase; the amounts count purchases in it."
    )
    gross = models.BigIntegerField(_("bought for"), default=0, help_text="Goods, in minor units.")
    returned = models.BigIntegerField(_("returned for"), default=0)
    points_pending = models.BigIntegerField(_("points pending"), default=0)
    points_available = models.BigIntegerField(_("points available"), default=0)
    points_held = models.BigIntegerField(_("points held"), default=0)
    points_debt = models.BigIntegerField(_("points owed"), default=0)
    tier = models.CharField(
        _("tier"), max_length=40, blank=True, default="", db_default="", help_text="Code of the main programme's tier."
    )
    nps = models.SmallIntegerField(_("last NPS answer"), null=True, help_text="0 to 10.")
    risk = models.CharField(
        _("risk of leaving"), max_length=6, choices=Risk, blank=True, default="", db_default="",
        help_text="Of who has bought on two days or more; empty where it is not known.",
    )  # fmt: skip
    rfm = models.CharField(
        _("recency, frequency, money"), max_length=3, blank=True, default="", db_default="",
        help_text="Fifths of the buyers of the last year: 555 is the best of all three.",
    )  # fmt: skip
    themes = ArrayField(
        models.CharField(max_length=60), verbose_name=_("complained about"), null=True, editable=False,
        help_text="Codes of the themes of their complaints, and of what those are part of.",
    )  # fmt: skip
    refreshed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        indexes = [
            models.Index(fields=["-last_purchase_at", "customer"], name="profile_last_purchase_first"),
            models.Index(fields=["stage", "customer"], name="profile_by_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.stage}"

    @property
    def value(self) -> int:
        """Bought less returned, in minor units of ``currency``."""
        return self.gross - self.returned

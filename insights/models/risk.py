"""Who will probably not come back: the model, what it says of each customer, how well it did, and what was done."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Band(models.TextChoices):
    LOW = "low", _("low")
    MEDIUM = "medium", _("medium")
    HIGH = "high", _("high")


class Fit(models.Model):
    """One night's model of all buyers, or why there is none. Time is in weeks, money in minor units."""

    as_of = models.DateField(_("as of"))
    refused = models.CharField(_("not fitted because"), max_length=40, blank=True)
    buyers = models.PositiveIntegerField(_("buyers"))
    days = models.PositiveIntegerField(_("days of history"), default=0)
    r = models.FloatField(null=True)
    alpha = models.FloatField(null=True)
    a = models.FloatField(null=True)
    b = models.FloatField(null=True)
    log_likelihood = models.FloatField(null=True)
    p = models.FloatField(null=True)
    q = models.FloatField(null=True)
    gamma = models.FloatField(null=True)
    correlation = models.FloatField(null=True, help_text="Between how often and how much: should be about 0.")
    seconds = models.FloatField(default=0)
    at = models.DateTimeField(_("fitted"), db_default=Now())

    class Meta:
        verbose_name = _("model of buying")
        verbose_name_plural = _("models of buying")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="fit_has_parameters_or_a_reason",
                condition=~Q(refused="")
                | Q(
                    r__isnull=False,
                    alpha__isnull=False,
                    a__isnull=False,
                    b__isnull=False,
                    log_likelihood__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="fit_of_spending_is_whole",
                condition=Q(p=None, q=None, gamma=None) | Q(p__isnull=False, q__isnull=False, gamma__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.as_of}: {self.refused or self.buyers}"


class Risk(models.Model):
    """What the model says of one customer who is not erased. Only those with two days of purchases are at risk."""

    customer = models.OneToOneField(
        "customers.Customer", models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )
    repeats = models.PositiveIntegerField(_("days of purchases after the first"))
    last_day = models.DateField(_("last order"))
    known_days = models.PositiveIntegerField(_("days since the first order"))
    chance = models.FloatField(_("chance of no order in 90 days"))
    band = models.CharField(_("risk"), max_length=6, choices=Band)
    expected = models.FloatField(_("orders expected in a year"))
    value = models.BigIntegerField(_("value expected in a year"), help_text="Minor units, currency of the business.")
    at_stake = models.BigIntegerField(_("at stake"), help_text="The chance times the value: what the list goes by.")
    gap_low = models.PositiveIntegerField(null=True, help_text="A quarter of their gaps are shorter, in days.")
    gap_high = models.PositiveIntegerField(null=True, help_text="A quarter of their gaps are longer.")
    no_purchase = models.BooleanField(_("has not bought for long"), default=False)
    no_visit = models.BooleanField(_("has not visited for long"), default=False)
    complaint = models.BooleanField(_("has an open complaint"), default=False)
    told_band = models.CharField(max_length=6, blank=True, help_text="The band that the timeline knows of.")
    scored_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("risk")
        verbose_name_plural = _("risks")
        default_permissions = ("view",)
        permissions = [("act_on_risk", _("Can reach out to customers at risk"))]
        constraints = [
            models.CheckConstraint(name="risk_is_a_chance", condition=Q(chance__gte=0, chance__lte=1)),
            models.CheckConstraint(
                name="risk_knows_both_gaps_or_none",
                condition=Q(gap_low=None, gap_high=None) | Q(gap_low__isnull=False, gap_high__gte=F("gap_low")),
            ),
        ]
        indexes = [
            models.Index(fields=["-at_stake", "customer"], condition=Q(repeats__gt=0), name="risk_most_at_stake"),
            models.Index(fields=["last_day", "customer"], condition=Q(repeats=0), name="risk_did_not_come_back"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.band}"


class Backtest(models.Model):
    """The list as it would have been on a day, held beside what happened in the 90 days after."""

    as_of = models.DateField(_("as of"), primary_key=True)
    refused = models.CharField(max_length=40, blank=True)
    people = models.PositiveIntegerField(_("customers"), default=0)
    gone = models.PositiveIntegerField(_("did not buy"), default=0)
    auc = models.FloatField(_("AUC"), null=True)
    auc_days = models.FloatField(null=True, help_text="Of ranking by days since the last order alone.")
    bands = models.JSONField(default=dict, help_text="Of each band: customers, and how many of them did not buy.")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("back-test")
        verbose_name_plural = _("back-tests")
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(name="backtest_counts_people", condition=Q(gone__lte=F("people")))]

    def __str__(self) -> str:
        return str(self.as_of)


class Outreach(models.Model):
    """Somebody did something about a customer at risk; what followed is read from the purchases.

    A call stands in the one list of calls, as a task of somebody, with its outcome.
    """

    class How(models.TextChoices):
        SEQUENCE = "sequence", _("put into a sequence")
        CALL = "call", _("put on a call list")

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", db_constraint=False)
    how = models.CharField(_("what"), max_length=8, choices=How)
    label = models.CharField(_("which"), max_length=120, blank=True)
    band = models.CharField(_("risk then"), max_length=6, choices=Band, blank=True)
    chance = models.FloatField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("when"), db_default=Now())
    task = models.OneToOneField("communications.HumanTask", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("outreach")
        verbose_name_plural = _("outreach")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="call_stands_in_the_list_of_calls",
                condition=Q(how="call", task__isnull=False) | (~Q(how="call") & Q(task=None)),
            ),
        ]
        indexes = [models.Index(fields=["-at"], name="outreach_latest_first")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.how}"

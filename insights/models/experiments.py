"""Experiments: what is tried on whom, planned before it begins, and what was decided."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Experiment(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("being planned")
        RUNNING = "running", _("running")
        ENDED = "ended", _("ended")
        DECIDED = "decided", _("decided")

    class Measure(models.TextChoices):
        BOUGHT = "bought", _("share who buy")
        SPENT = "spent", _("goods less returns per customer")

    key = models.SlugField(_("key"), max_length=60, unique=True, help_text=_("What the shop asks for."))
    name = models.CharField(_("name"), max_length=100)
    hypothesis = models.TextField(_("what we expect, and why"))
    measure = models.CharField(_("measured by"), max_length=6, choices=Measure, default=Measure.BOUGHT)
    days = models.PositiveSmallIntegerField(
        _("days after they came in"), default=30, help_text=_("So long after the first assignment purchases count.")
    )
    base = models.FloatField(_("share now"), help_text=_("Between 0 and 1."))
    better = models.FloatField(_("share hoped for"))
    power = models.FloatField(_("power"), default=0.8)
    planned = models.PositiveIntegerField(_("customers per arm"), editable=False, help_text="From the three before.")
    looks = models.BooleanField(
        _("five looks on the way"),
        default=False,
        help_text=_("O'Brien and Fleming; otherwise nothing before the end."),
    )
    begins_at = models.DateTimeField(_("began"), null=True, editable=False)
    ends_on = models.DateField(_("planned end"))
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.DRAFT, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("experiment")
        verbose_name_plural = _("experiments")
        permissions = [
            ("run_experiment", _("Can begin, end and decide experiments")),
            ("ask_assignment", _("Can ask into which arm a customer falls")),
        ]
        constraints = [
            models.CheckConstraint(
                name="experiment_has_times_of_its_state",
                condition=Q(state="draft", begins_at=None, ended_at=None)
                | Q(state="running", begins_at__isnull=False, ended_at=None)
                | Q(state__in=["ended", "decided"], begins_at__isnull=False, ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="experiment_is_planned",
                condition=Q(planned__gt=0, days__gt=0, base__gt=0, base__lt=1, better__gt=0, better__lt=1)
                & ~Q(base=F("better")),
            ),
            models.CheckConstraint(name="experiment_says_what_is_expected", condition=~Q(hypothesis="") & ~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class Variant(models.Model):
    """One arm. The first is what is done today; the shares of all add up to 100."""

    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="variants")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    percent = models.PositiveSmallIntegerField(_("percent"))

    class Meta:
        verbose_name = _("arm")
        verbose_name_plural = _("arms")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["experiment", "position"], name="arm_has_a_place_of_its_own"),
            models.UniqueConstraint(fields=["experiment", "code"], name="arm_has_a_code_of_its_own"),
            models.CheckConstraint(name="arm_gets_somebody", condition=Q(percent__gt=0, percent__lt=100)),
        ]

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """A customer came into an experiment, asked for the first time. The arm follows from a hash and never changes."""

    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="assignments", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", db_constraint=False)
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="assignments", db_index=False)
    at = models.DateTimeField(_("since"), db_default=Now())

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["experiment", "customer"], name="customer_is_in_one_arm"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.variant_id}"


class Look(models.Model):
    """What the figures were at the end, or at one of five planned looks. Stays as it was seen."""

    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="looked")
    number = models.PositiveSmallIntegerField(_("look"))
    at = models.DateTimeField(db_default=Now())
    verdict = models.CharField(_("verdict"), max_length=30)
    counts = ArrayField(models.BigIntegerField(), help_text="Customers of each arm, in order.")
    hits = ArrayField(models.BigIntegerField(), help_text="Buyers of each arm, or what they spent.")
    z = models.FloatField(null=True)
    p = models.FloatField(null=True)

    class Meta:
        verbose_name = _("look")
        verbose_name_plural = _("looks")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["experiment", "number"], name="experiment_is_looked_at_once_per_look"),
            models.CheckConstraint(name="there_are_five_looks", condition=Q(number__gte=1, number__lte=5)),
        ]

    def __str__(self) -> str:
        return f"{self.experiment_id}/{self.number}: {self.verdict}"


class Decision(models.Model):
    """What was decided, by whom, and why. The log is only added to."""

    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="decisions")
    words = models.TextField(_("decision"))
    verdict = models.CharField(_("verdict then"), max_length=30, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        default_permissions = ()
        constraints = [models.CheckConstraint(name="decision_says_something", condition=~Q(words=""))]

    def __str__(self) -> str:
        return self.words[:60]

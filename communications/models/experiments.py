"""A/B tests on a step: who gets which variant is drawn by number, and how long it runs is said before it begins."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communications.models.steps import Step


class Experiment(models.Model):
    """A test of one step, fixed in size and end before it begins: a trigger keeps it once its version is published."""

    class Tests(models.TextChoices):
        SUBJECT = "subject", _("subject")
        TEXT = "text", _("text")
        OFFER = "offer", _("offer")
        HOUR = "hour", _("hour")
        POINTS = "points", _("points shown or not")

    step = models.OneToOneField(Step, models.CASCADE, related_name="experiment")
    tests = models.CharField(_("tests"), max_length=7, choices=Tests)
    salt = models.CharField(_("drawing"), max_length=60)
    goal_verb = models.CharField(_("won when the customer"), max_length=30)
    goal_days = models.PositiveSmallIntegerField(_("within days"), default=14, validators=[MinValueValidator(1)])
    per_variant = models.PositiveIntegerField(_("customers for each variant"), validators=[MinValueValidator(1)])
    ends_on = models.DateField(_("verdict on"))
    looks = models.PositiveSmallIntegerField(_("looks"), default=1, choices=[(1, _("one")), (5, _("five"))])

    class Meta:
        verbose_name = _("A/B test")
        verbose_name_plural = _("A/B tests")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="experiment_fixes_size_and_looks",
                condition=Q(per_variant__gte=1, goal_days__gte=1, looks__in=[1, 5]) & ~Q(salt="") & ~Q(goal_verb=""),
            ),
        ]

    def __str__(self) -> str:
        return self.salt


class Variant(models.Model):
    """``share`` of a hundred get it. What is empty is as the step has it."""

    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="variants", db_index=False)
    key = models.SlugField(_("key"), max_length=10)
    share = models.PositiveSmallIntegerField(_("share (percent)"))
    template = models.ForeignKey(
        "communications.Template", models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("text"),
    )  # fmt: skip
    wording = models.ForeignKey(
        "communications.TemplateVersion", models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    time = models.TimeField(_("at (customer's time)"), null=True, blank=True)
    reward = models.ForeignKey(
        "loyalty.Reward", models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("reward"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["experiment", "key"], name="variant_stands_once_in_an_experiment"),
            models.CheckConstraint(name="variant_has_a_share", condition=Q(share__gte=1, share__lte=100)),
        ]

    def __str__(self) -> str:
        return self.key

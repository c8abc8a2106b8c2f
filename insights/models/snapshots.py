"""Figures as they were taken: pages read these, and nothing else."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Snapshot(models.Model):
    """One figure at one time, for everybody or for one group, with what it is a share of.

    ``as_of`` is the day before whose beginning everything counts: the first of a month for the month that is over.
    Money is in minor units of ``currency``; a figure that is no money has none.
    """

    metric = models.CharField(_("figure"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version of its definition"))
    as_of = models.DateField(_("as of"))
    finished = models.BooleanField(_("period is over"))
    dimension = models.CharField(
        _("by"), max_length=10, blank=True, help_text="segment, tier, channel or cohort; empty: all."
    )
    member = models.CharField(_("group"), max_length=60, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    numerator = models.BigIntegerField(_("numerator"), null=True)
    denominator = models.BigIntegerField(_("of"), help_text="What is counted: never a share without it.")
    value = models.FloatField(_("value"), null=True, help_text="None where there is nothing to divide by.")
    low = models.FloatField(_("from"), null=True, help_text="Where chance may have moved it: 95 %.")
    high = models.FloatField(_("to"), null=True)
    taken_at = models.DateTimeField(_("taken"), db_default=Now())

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "as_of", "dimension", "member", "currency"], name="figure_is_kept_once_per_day"
            ),
            models.CheckConstraint(name="figure_says_of_how_many", condition=Q(denominator__gte=0)),
            models.CheckConstraint(
                name="figure_lies_in_its_interval",
                condition=Q(low=None, high=None)
                | Q(low__isnull=False, high__isnull=False, low__lte=F("value"), high__gte=F("value")),
            ),
            models.CheckConstraint(name="figure_of_a_group_names_its_kind", condition=Q(member="") | ~Q(dimension="")),
            models.CheckConstraint(
                name="figure_by_a_known_kind",
                condition=Q(dimension__in=["", "segment", "tier", "channel", "cohort", "rfm", "stage"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.as_of} {self.member}".strip()

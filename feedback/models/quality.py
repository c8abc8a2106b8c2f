"""How well cases are handled: what is expected for each kind, and what a reviewer found in some of them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.models.cases import Case


class Standard(models.Model):
    """A version of the checklist for a kind of case. The latest counts; none ever changes (a trigger)."""

    kind = models.CharField(_("kind of case"), max_length=10, choices=Case.Kind)
    number = models.PositiveIntegerField(_("version"))
    items: Any = models.JSONField(_("items"), help_text="Texts, in order.")
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("standard")
        verbose_name_plural = _("standards")
        default_permissions = ("view", "add")
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="version_of_a_standard_stands_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class QualityReview(models.Model):
    """A case of an agent's week that was drawn to be looked at, and what the reviewer found and advised."""

    class Mark(models.IntegerChoices):
        NO = 0, _("not met")
        PARTLY = 1, _("partly")
        YES = 2, _("met")

    case = models.ForeignKey(Case, models.PROTECT, related_name="reviews", verbose_name=_("case"))
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviewed_cases", verbose_name=_("agent")
    )
    week = models.DateField(_("week of"), help_text="Its Monday.")
    standard = models.ForeignKey(Standard, models.PROTECT, related_name="reviews", verbose_name=_("standard"))
    drawn_at = models.DateTimeField(_("drawn"))
    marks: Any = models.JSONField(
        _("marks"), default=list, help_text="One for each item, null where it does not apply."
    )
    percent = models.PositiveSmallIntegerField(_("standards met (%)"), null=True)
    coaching = models.TextField(_("coaching note"), blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("reviewer")
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True)
    seen_at = models.DateTimeField(_("read by the agent"), null=True)

    class Meta:
        verbose_name = _("review of a case")
        verbose_name_plural = _("reviews of cases")
        default_permissions = ("view", "add", "change")
        constraints = [
            models.UniqueConstraint(fields=["case", "agent", "week"], name="case_of_a_week_is_drawn_once"),
            models.CheckConstraint(
                name="review_has_reviewer_and_time_or_neither",
                condition=Q(reviewed_at__isnull=True, reviewer__isnull=True)
                & Q(percent__isnull=True, seen_at__isnull=True)
                | Q(reviewed_at__isnull=False, reviewer__isnull=False),
            ),
            models.CheckConstraint(
                name="nobody_reviews_their_own_case",
                condition=Q(reviewer__isnull=True) | ~Q(reviewer=models.F("agent")),
            ),
        ]
        indexes = [models.Index(fields=["agent", "-week"], name="review_of_agent")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.agent}"

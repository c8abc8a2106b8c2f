"""Rounds in which members gather what ordinary customers think, before a meeting."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Round(models.Model):
    """One survey, put to a small group for each member."""

    meeting = models.OneToOneField("advisory.Meeting", models.PROTECT, related_name="round")
    survey = models.ForeignKey("feedback.Survey", models.PROTECT, related_name="+")
    size = models.PositiveSmallIntegerField(_("customers for each member"), default=20)
    opened_at = models.DateTimeField(_("opened"), db_default=Now())
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("survey round")
        verbose_name_plural = _("survey rounds")
        default_permissions = ("view", "add")
        constraints = [
            models.CheckConstraint(name="round_asks_some_customers", condition=Q(size__gte=1, size__lte=200))
        ]

    def __str__(self) -> str:
        return str(self.survey_id)


class Asked(models.Model):
    """Somebody whom a member asks. The key of the invitation says the round: a customer is asked once in it."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="asked", db_index=False)
    term = models.ForeignKey("advisory.Term", models.PROTECT, related_name="asked")
    invitation = models.OneToOneField("feedback.Invitation", models.PROTECT, related_name="+")
    presented_at = models.DateTimeField(_("chosen to be presented"), null=True)

    class Meta:
        verbose_name = _("customer asked by a member")
        verbose_name_plural = _("customers asked by members")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["round", "term"], name="asked_by_member")]

    def __str__(self) -> str:
        return str(self.invitation_id)

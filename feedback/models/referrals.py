"""Complaints that were taken to somebody outside: an ombudsman, an arbitrator, a court."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Referral(models.Model):
    """Append-only in practice: a complaint that comes back is opened again, and may go outside once more."""

    case = models.ForeignKey("feedback.Case", models.PROTECT, related_name="referrals")
    body = models.CharField(_("to whom"), max_length=120)
    reference = models.CharField(_("their reference"), max_length=80, blank=True)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("complaint referred outside")
        verbose_name_plural = _("complaints referred outside")
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(name="referral_says_to_whom", condition=~Q(body=""))]

    def __str__(self) -> str:
        return self.body

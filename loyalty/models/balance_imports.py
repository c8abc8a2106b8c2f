"""Balances that came from an older system: which file, with which control total."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class BalanceImport(models.Model):
    """One file, brought in whole. Append-only; the points are in the ledger under its name."""

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="balance_imports", db_index=False)
    name = models.CharField(_("name"), max_length=60)
    rows = models.PositiveIntegerField(_("rows"))
    points = models.PositiveBigIntegerField(_("points"))
    declared = models.PositiveBigIntegerField(_("control total"))
    at = models.DateTimeField(_("brought in"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("import of balances")
        verbose_name_plural = _("imports of balances")
        permissions = [("bring_in_balances", _("Can bring in balances from another system"))]
        constraints = [
            models.UniqueConstraint(fields=["programme", "name"], name="balances_are_brought_in_once"),
            models.CheckConstraint(name="control_total_is_met", condition=Q(points=F("declared"))),
        ]

    def __str__(self) -> str:
        return self.name

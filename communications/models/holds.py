"""Who is not to hear of offers for now: somebody with an open complaint, say."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Hold(models.Model):
    """A reason to keep marketing back from a customer. A customer may have several; each is lifted by its key."""

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="holds", db_index=False)
    reason = models.CharField(_("reason"), max_length=40, help_text=_("A code, such as complaint."))
    key = models.CharField(max_length=160, unique=True, help_text=_("What it is lifted by."))
    placed_at = models.DateTimeField(_("placed"), db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("hold on marketing")
        verbose_name_plural = _("holds on marketing")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(name="hold_has_reason_and_key", condition=~Q(reason="") & ~Q(key="")),
            models.CheckConstraint(
                name="hold_is_lifted_by_somebody_only_when_lifted",
                condition=Q(lifted_at__isnull=False) | Q(lifted_by__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["customer"], condition=Q(lifted_at__isnull=True), name="hold_that_holds"),
            models.Index(fields=["customer", "-id"], name="hold_latest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.customer_id}"

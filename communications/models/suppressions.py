"""Addresses that are not written to: nobody is there, or who is there has complained."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _


class Suppression(models.Model):
    """Marketing is never sent to a suppressed address; other messages end where it bounced ``HOPELESS`` times."""

    HOPELESS = 3

    class Reason(models.TextChoices):
        BOUNCED = "bounced", _("nobody has this address")
        COMPLAINED = "complained", _("complained of spam")
        ASKED = "asked", _("asked not to be written to")

    address = models.CharField(_("address"), max_length=254, help_text="In small letters.")
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, related_name="suppressions", help_text="Whose, where known."
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    bounces = models.PositiveIntegerField(_("bounces"), default=0)
    since = models.DateTimeField(_("since"), db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        default_permissions = ("view",)
        permissions = [
            ("add_suppression", _("Can suppress an address")),
            ("lift_suppression", _("Can let a suppressed address be written to again")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["address"], condition=Q(lifted_at=None), name="address_is_suppressed_once_at_a_time"
            ),
            models.CheckConstraint(
                name="suppressed_address_is_in_small_letters", condition=Q(address=Lower("address")) & ~Q(address="")
            ),
            models.CheckConstraint(
                name="suppression_is_lifted_by_somebody",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="bounced_address_has_bounced", condition=~Q(reason="bounced") | Q(bounces__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return self.address

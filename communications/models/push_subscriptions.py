"""Devices on which customers said yes to notifications: where their browser's maker takes them, and the keys."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class PushSubscription(models.Model):
    """What a browser gave the shop's page. It ends by itself: the maker's server then says that it is gone."""

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="push_subscriptions")
    endpoint = models.CharField(_("endpoint"), max_length=1000, unique=True)
    public_key = models.CharField(max_length=100, help_text="p256dh, as the browser gives it.")
    secret = models.CharField(max_length=40, help_text="auth, as the browser gives it.")
    added_at = models.DateTimeField(_("added"), db_default=Now())

    class Meta:
        verbose_name = _("device for notifications")
        verbose_name_plural = _("devices for notifications")
        default_permissions = ("view", "add", "delete")
        constraints = [
            models.CheckConstraint(
                name="push_subscription_has_a_secure_endpoint_and_keys",
                condition=Q(endpoint__startswith="http") & ~Q(public_key="") & ~Q(secret=""),
            )
        ]

    def __str__(self) -> str:
        return self.endpoint[:60]

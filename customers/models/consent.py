"""What a customer allows: a log of decisions per channel and purpose. What holds now is the latest of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ConsentDecision(models.Model):
    """Append-only: a trigger refuses every change, except that a row follows its customer into a merged one."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("SMS")
        PUSH = "push", _("push")
        PHONE = "phone", _("phone")
        POST = "post", _("post")

    class Purpose(models.TextChoices):
        CARE = "care", _("care")
        OFFERS = "offers", _("offers")
        RESEARCH = "research", _("research")

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="consent_decisions", db_index=False
    )
    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose)
    granted = models.BooleanField(_("granted"))
    source = models.CharField(
        _("source"), max_length=60, help_text=_("Where it was decided: a form, a call, an import.")
    )
    wording = models.TextField(_("wording shown"), blank=True)
    at = models.DateTimeField(_("decided at"))
    recorded_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("consent decision")
        verbose_name_plural = _("consent decisions")
        constraints = [
            models.CheckConstraint(name="consent_has_a_source", condition=~Q(source="")),
        ]
        indexes = [
            models.Index(fields=["customer", "channel", "purpose", "-at", "-id"], name="consent_latest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} / {self.get_purpose_display()}: {'yes' if self.granted else 'no'}"

    @classmethod
    def bit(cls, channel: str, purpose: str) -> int:
        """Its place in ``Customer.consents``, as the trigger of the table counts them.

        >>> ConsentDecision.bit("email", "care"), ConsentDecision.bit("sms", "offers")
        (1, 16)
        """
        return 1 << (cls.Channel.values.index(channel) * len(cls.Purpose.values) + cls.Purpose.values.index(purpose))

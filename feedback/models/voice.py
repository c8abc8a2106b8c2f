"""What is done with what customers say: themes that are handed on, and why customers left."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Handover(models.Model):
    """A theme that was handed to the advisory board, with the figures as they stood. The board answers it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for the board")
        TAKEN = "taken", _("taken up by the board")
        RETURNED = "returned", _("given back")

    theme = models.ForeignKey("feedback.Theme", models.PROTECT, related_name="handovers", verbose_name=_("theme"))
    question = models.CharField(_("question to the board"), max_length=500)
    since = models.DateField(_("figures from"))
    until = models.DateField(_("until"))
    cases = models.PositiveIntegerField(_("cases"))
    customers = models.PositiveIntegerField(_("customers"))
    score = models.FloatField(_("score"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    handed_at = models.DateTimeField(_("handed over"))
    handed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("theme handed to the board")
        verbose_name_plural = _("themes handed to the board")
        default_permissions = ("view", "add")
        constraints = [
            models.UniqueConstraint(
                fields=["theme"], condition=Q(state="waiting"), name="theme_waits_for_the_board_once"
            ),
            models.CheckConstraint(
                name="handover_is_answered_at_a_time",
                condition=Q(state="waiting", answered_at__isnull=True)
                | (~Q(state="waiting") & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(name="handover_asks_something", condition=~Q(question="")),
        ]

    def __str__(self) -> str:
        return self.question


class LeavingReason(models.Model):
    """Why a customer buys no more, as they said it to us. The latest counts; what is answered to an exit survey
    counts without a row here."""

    class Reason(models.TextChoices):
        PRICE = "price", _("the prices")
        PRODUCT = "product", _("the products")
        SERVICE = "service", _("the service")
        DELIVERY = "delivery", _("delivery")
        COMPETITOR = "competitor", _("found another shop")
        NEED = "need", _("needs it no more")
        MOVED = "moved", _("moved away")
        OTHER = "other", _("something else")

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="leaving_reasons", db_index=False)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("reason for leaving")
        verbose_name_plural = _("reasons for leaving")
        default_permissions = ("view", "add")
        indexes = [models.Index(fields=["customer", "-at"], name="leaving_reason_latest_first")]

    def __str__(self) -> str:
        return self.get_reason_display()

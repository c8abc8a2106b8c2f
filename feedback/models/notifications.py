"""What staff are told inside the back office; the same goes to them by e-mail."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Notification(models.Model):
    class What(models.TextChoices):
        WARNED = "warned", _("is due soon")
        BREACHED = "breached", _("is overdue")
        ASSIGNED = "assigned", _("was given to you")
        RAISED = "raised", _("has a higher priority now")
        MENTIONED = "mentioned", _("mentions you")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="notifications",
        db_index=False,
        verbose_name=_("person"),
    )
    case = models.ForeignKey("feedback.Case", models.PROTECT, related_name="notifications", db_index=False)
    what = models.CharField(_("what"), max_length=10, choices=What)
    about: Any = models.JSONField(default=dict, help_text="Ids, codes, numbers: personal data never.")
    key = models.CharField(max_length=100, unique=True, help_text="The same key is told once.")
    at = models.DateTimeField(_("when"), db_default=Now())
    read_at = models.DateTimeField(_("read"), null=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        default_permissions = ()
        indexes = [
            models.Index(fields=["user", "-at"], condition=Q(read_at__isnull=True), name="notification_unread"),
            models.Index(fields=["case"], name="notification_of_case"),
        ]

    def __str__(self) -> str:
        return self.what

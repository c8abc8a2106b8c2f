"""What was answered to a request that had an Idempotency-Key, so that the same request can be answered the same."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class Reply(models.Model):
    """Written in the transaction of the effect that it tells of: there is never one without the other."""

    pk = models.CompositePrimaryKey("user_id", "key")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    key = models.CharField(max_length=200)
    request = models.CharField(max_length=64, help_text="Hash of method, address and body.")
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    sealed = models.BooleanField(default=False, help_text="The body is encrypted: it has a secret or personal data.")
    customer = models.BigIntegerField(
        null=True, help_text="Whom the body tells of, by id: it is emptied when they are erased."
    )
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("kept reply")
        verbose_name_plural = _("kept replies")
        indexes = [
            BrinIndex(fields=["at"], name="reply_by_age"),
            models.Index(fields=["customer"], condition=models.Q(customer__isnull=False), name="reply_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.key}"

"""What somebody is writing and has not sent: kept on the server, so that it survives a crash."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Draft(models.Model):
    """One per case, person and box. ``version`` counts the writes: who writes over a newer one is told."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("reply")
        NOTE = "note", _("note")

    case = models.ForeignKey("feedback.Case", models.CASCADE, related_name="drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=5, choices=Kind)
    text = models.TextField()
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["case", "author", "kind"], name="one_draft_per_case_person_and_box"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.kind}"

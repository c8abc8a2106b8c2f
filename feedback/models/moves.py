"""What went from one case to another, when two were merged or one was split: all that undoing it needs."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Move(models.Model):
    """A merge takes everything that was said in ``source`` to ``target``; a split takes some of it to a new case."""

    class Kind(models.TextChoices):
        MERGE = "merge", _("merged")
        SPLIT = "split", _("split")

    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    source = models.ForeignKey("feedback.Case", models.PROTECT, related_name="moves_out")
    target = models.ForeignKey("feedback.Case", models.PROTECT, related_name="moves_in")
    entries = models.ManyToManyField("feedback.Entry", related_name="moves")
    before: Any = models.JSONField(default=dict, help_text="Times of what was said, as both cases kept them.")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("move between cases")
        verbose_name_plural = _("moves between cases")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="move_goes_to_another_case", condition=~Q(source=F("target"))),
            models.UniqueConstraint(
                fields=["source"], condition=Q(kind="merge", undone_at__isnull=True), name="a_case_is_merged_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.source_id} → #{self.target_id}"

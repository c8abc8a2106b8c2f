"""What is done so that it does not happen again."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CorrectiveAction(models.Model):
    """Something that somebody does by a day, about a root cause, because of some cases."""

    what = models.CharField(_("what is done"), max_length=200)
    root_cause = models.ForeignKey(
        "feedback.RootCause", models.PROTECT, null=True, blank=True, related_name="corrective_actions",
        verbose_name=_("root cause"),
    )  # fmt: skip
    cases = models.ManyToManyField("feedback.Case", blank=True, related_name="corrective_actions")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="corrective_actions", verbose_name=_("owner")
    )
    due_on = models.DateField(_("due"))
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    planned_at = models.DateTimeField(_("planned"))
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    result = models.CharField(_("what came of it"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("corrective action")
        verbose_name_plural = _("corrective actions")
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(name="corrective_action_says_what", condition=~Q(what="")),
            models.CheckConstraint(
                name="corrective_action_is_done_with_a_result",
                condition=Q(done_at__isnull=False) & ~Q(result="")
                | Q(done_at__isnull=True, result="", done_by__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(done_at__isnull=True), name="corrective_action_by_due"),
        ]

    def __str__(self) -> str:
        return self.what

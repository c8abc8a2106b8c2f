"""What colleagues say about a plan before it goes out."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from communications.models.plans import Plan


class PlanComment(models.Model):
    """Append-only by trigger: who approves sees what was said."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="comments", db_index=False)
    text = models.TextField(_("text"))
    at = models.DateTimeField(_("when"), db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        default_permissions = ("view", "add")
        constraints = [models.CheckConstraint(name="comment_says_something", condition=~Q(text=""))]
        indexes = [models.Index(fields=["plan", "id"], name="comment_by_plan")]

    def __str__(self) -> str:
        return self.text[:60]

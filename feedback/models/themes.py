"""Two trees: what it hurts (said when a case comes in) and what was at the root of it (found when it is closed)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Branch(models.Model):
    """What both trees are made of. A branch that is retired stays on old cases."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    retired = models.BooleanField(
        _("retired"), default=False, help_text=_("Kept on old cases, not offered for new ones.")
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Theme(Branch):
    """A pain point, as the customer feels it."""

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        constraints = [
            models.CheckConstraint(
                name="theme_is_not_part_of_itself", condition=Q(parent__isnull=True) | ~Q(parent=F("pk"))
            ),
        ]


class RootCause(Branch):
    """Why it happened, as the business sees it."""

    class Meta:
        verbose_name = _("root cause")
        verbose_name_plural = _("root causes")
        constraints = [
            models.CheckConstraint(
                name="root_cause_is_not_part_of_itself", condition=Q(parent__isnull=True) | ~Q(parent=F("pk"))
            ),
        ]

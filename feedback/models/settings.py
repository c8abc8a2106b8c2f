"""How this business handles cases, where no policy says otherwise: one row."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CaseSettings(models.Model):
    """Read through ``feedback.queries.settings``, which knows what holds while nobody has saved any."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    reopen_days = models.PositiveSmallIntegerField(
        _("may be reopened for (days)"),
        default=30,
        help_text=_("After that, a new case is opened that is linked to the old one. 0: never reopened."),
    )
    answer_weeks = models.PositiveSmallIntegerField(
        _("final response within (weeks)"),
        default=8,
        help_text=_("What acknowledgements promise while no policy counts a final response for the case."),
    )

    class Meta:
        verbose_name = _("handling of cases")
        verbose_name_plural = _("handling of cases")
        default_permissions = ("view", "change")
        constraints = [models.CheckConstraint(name="there_is_one_row_of_case_settings", condition=Q(pk=1))]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

"""What this business means by its words: one row."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FigureSettings(models.Model):
    """Read through ``insights.queries.settings``, which knows what holds while nobody has saved any."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    loyal_orders = models.PositiveSmallIntegerField(
        _("a loyal customer has ordered at least (times)"), default=4, validators=[MinValueValidator(2)]
    )
    active_days = models.PositiveSmallIntegerField(
        _("an active customer has bought within (days)"),
        default=90,
        validators=[MinValueValidator(7), MaxValueValidator(730)],
    )
    repeat_days = models.PositiveSmallIntegerField(
        _("repeat purchases are counted over (days)"),
        default=365,
        validators=[MinValueValidator(30), MaxValueValidator(1095)],
    )
    quiet_purchase_days = models.PositiveSmallIntegerField(
        _("flag who has not bought for (days)"), default=90, validators=[MinValueValidator(1)]
    )
    quiet_visit_days = models.PositiveSmallIntegerField(
        _("flag who has not visited for (days)"), default=30, validators=[MinValueValidator(1)]
    )
    least_buyers = models.PositiveIntegerField(
        _("score nobody before there are (buyers)"),
        default=500,
        validators=[MinValueValidator(100)],
        help_text=_("Of fewer, a model of buying sees patterns in chance."),
    )
    version = models.PositiveIntegerField(default=1, editable=False, help_text="Grows with each change.")

    class Meta:
        verbose_name = _("meaning of figures")
        verbose_name_plural = _("meaning of figures")
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(name="there_is_one_row_of_figure_settings", condition=Q(pk=1)),
            models.CheckConstraint(
                name="figure_settings_make_sense",
                condition=Q(
                    loyal_orders__gte=2, active_days__gte=7, repeat_days__gte=30,
                    quiet_purchase_days__gte=1, quiet_visit_days__gte=1, least_buyers__gte=100,
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

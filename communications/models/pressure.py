"""How much customers hear at most, and who hears nothing, to compare with."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import ConsentDecision


class FrequencyCap(models.Model):
    """At most so many marketing messages in so many hours before each, by one channel or by all together."""

    channel = models.CharField(
        _("channel"), max_length=5, choices=ConsentDecision.Channel, blank=True, help_text=_("Empty: all together.")
    )
    most = models.PositiveSmallIntegerField(_("at most"), validators=[MinValueValidator(1)])
    hours = models.PositiveIntegerField(_("in hours"), default=168, validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("frequency cap")
        verbose_name_plural = _("frequency caps")
        constraints = [
            models.UniqueConstraint(fields=["channel", "hours"], name="cap_of_a_channel_and_a_time_stands_once"),
            models.CheckConstraint(name="cap_lets_something_through", condition=Q(most__gte=1, hours__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.words}: {self.most} / {self.hours} h"

    @property
    def words(self) -> str:
        return self.get_channel_display() or str(_("all channels together"))


class ContactSettings(models.Model):
    """Read through ``communications.queries.pressure``, which knows what holds while nobody has saved any."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    holdout_percent = models.DecimalField(
        _("hear no marketing at all (percent)"), max_digits=4, decimal_places=2, default=0,
        validators=[MinValueValidator(0), MaxValueValidator(50)],
        help_text=_("To compare the others with. Chance chose them once; they stay the same."),
    )  # fmt: skip
    holdout_salt = models.CharField(
        _("drawing"), max_length=40, default="holdout", help_text=_("Another name draws other customers.")
    )
    daily_limit = models.PositiveIntegerField(
        _("messages of plans a day, at most"), null=True, blank=True, help_text=_("Empty: as many as are due.")
    )

    class Meta:
        verbose_name = _("limits of what customers hear")
        verbose_name_plural = _("limits of what customers hear")
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(name="there_is_one_row_of_contact_settings", condition=Q(pk=1)),
            models.CheckConstraint(
                name="at_most_half_hear_nothing", condition=Q(holdout_percent__gte=0, holdout_percent__lte=50)
            ),
            models.CheckConstraint(name="drawing_of_the_holdout_has_a_name", condition=~Q(holdout_salt="")),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

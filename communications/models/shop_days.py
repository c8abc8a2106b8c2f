"""What stands on the calendar beside what is planned: events of the shop, launches, days to think of."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ShopDay(models.Model):
    class Kind(models.TextChoices):
        EVENT = "event", _("event of the shop")
        LAUNCH = "launch", _("product launch")
        DAY = "day", _("day to think of")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), help_text=_("The last day."))
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )

    class Meta:
        verbose_name = _("occasion")
        verbose_name_plural = _("occasions")
        constraints = [
            models.CheckConstraint(name="shop_day_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="shop_day_ends_after_it_starts", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="shop_day_is_of_a_known_kind", condition=Q(kind__in=["event", "launch", "day"])
            ),
        ]
        indexes = [models.Index(fields=["starts_on", "ends_on"], name="shop_day_by_day")]

    def __str__(self) -> str:
        return self.name

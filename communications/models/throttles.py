"""How many messages left lately, where a limit is set: one row for each limit, which whoever sends locks."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Throttle(models.Model):
    key = models.CharField(max_length=120, unique=True, help_text="Name and seconds: gmail.com/60.")
    began_at = models.DateTimeField(help_text="When the present stretch began.")
    used = models.PositiveIntegerField(default=0, help_text="Messages in it.")

    class Meta:
        verbose_name = _("throttle")
        verbose_name_plural = _("throttles")
        default_permissions = ()
        constraints = [models.CheckConstraint(name="throttle_has_a_key", condition=~Q(key=""))]

    def __str__(self) -> str:
        return self.key

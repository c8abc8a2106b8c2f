"""Date polls: which of some times suits whom. An option more or less leaves what was said of the others."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Option(models.Model):
    """One time that is offered."""

    meeting = models.ForeignKey("advisory.Meeting", models.PROTECT, related_name="options", db_index=False)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("offered time")
        verbose_name_plural = _("offered times")
        default_permissions = ("view",)
        ordering = ("starts_at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "starts_at", "ends_at"], name="time_is_offered_once"),
            models.CheckConstraint(name="offered_time_begins_before_it_ends", condition=Q(starts_at__lt=F("ends_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class Preference(models.Model):
    """What a member says of one offered time."""

    class Says(models.IntegerChoices):
        NO = 0, _("no")
        IF_NEED_BE = 1, _("if need be")
        YES = 2, _("yes")

    option = models.ForeignKey(Option, models.CASCADE, related_name="preferences", db_index=False)
    term = models.ForeignKey("advisory.Term", models.PROTECT, related_name="preferences")
    says = models.PositiveSmallIntegerField(_("says"), choices=Says)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("answer to an offered time")
        verbose_name_plural = _("answers to offered times")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["option", "term"], name="member_says_one_thing_of_a_time"),
            models.CheckConstraint(name="preference_is_known", condition=Q(says__in=[0, 1, 2])),
        ]

    def __str__(self) -> str:
        return str(self.get_says_display())

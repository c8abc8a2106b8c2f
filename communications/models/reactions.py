"""Opens and clicks, as far as a setting lets them be known: of a letter, or only of a step and a day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communications.models.outbox import Message
from communications.models.steps import Step


class ReactionKind(models.TextChoices):
    OPENED = "opened", _("opened")
    CLICKED = "clicked", _("clicked")


class Reaction(models.Model):
    """What happened with one letter. ``machine``: a filter or a proxy asked, not a person."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="reactions", db_index=False)
    kind = models.CharField(_("kind"), max_length=7, choices=ReactionKind)
    target = models.CharField(_("led to"), max_length=1500, blank=True)
    machine = models.BooleanField(_("by a machine"))
    at = models.DateTimeField(_("first"))
    last_at = models.DateTimeField(_("last"))
    times = models.PositiveIntegerField(_("times"), default=1)

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["message", "kind", "target", "machine"], name="reaction_is_counted_in_one_row"
            ),
            models.CheckConstraint(name="reaction_happened", condition=Q(times__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}: {self.kind}"


class ReactionTotal(models.Model):
    """How often, by step, link and day, of nobody in particular: what stands behind ? in a link is left out."""

    step = models.ForeignKey(Step, models.PROTECT, null=True, related_name="reactions", db_index=False)
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=7, choices=ReactionKind)
    target = models.CharField(_("led to"), max_length=1500, blank=True, default="", db_default="")
    machine = models.BooleanField(_("by a machine"))
    times = models.PositiveIntegerField(_("times"), default=0)

    class Meta:
        verbose_name = _("number of reactions")
        verbose_name_plural = _("numbers of reactions")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["step", "day", "kind", "target", "machine"],
                nulls_distinct=False,
                name="reactions_of_a_day_are_counted_in_one_row",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step_id} {self.day}: {self.kind}"

"""Who was in the room from when to when, and who spoke for how long."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Presence(models.Model):
    """A stretch of time in which somebody was there; somebody who leaves and comes back has two."""

    invitee = models.ForeignKey("advisory.Invitee", models.PROTECT, related_name="presences", db_index=False)
    came_at = models.DateTimeField(_("came"))
    left_at = models.DateTimeField(_("left"), null=True)
    substitute = models.CharField(
        _("sent somebody else"), max_length=100, blank=True, db_default="", help_text=_("Where the charter allows it.")
    )
    remotely = models.BooleanField(_("by video"), default=False)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["invitee"], condition=Q(left_at__isnull=True), name="somebody_is_in_the_room_once"
            ),
            models.CheckConstraint(
                name="somebody_leaves_after_coming",
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("came_at")),
            ),
        ]
        indexes = [models.Index(fields=["invitee", "came_at"], name="presence_of_invitee")]

    def __str__(self) -> str:
        return str(self.invitee_id)


class Speaking(models.Model):
    """Whose turn it was: the host's or the members'. One at a time."""

    class Side(models.TextChoices):
        HOST = "host", _("host")
        MEMBERS = "members", _("members")

    meeting = models.ForeignKey("advisory.Meeting", models.PROTECT, related_name="speaking", db_index=False)
    side = models.CharField(_("who speaks"), max_length=7, choices=Side)
    begun_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"), null=True)

    class Meta:
        verbose_name = _("time of speaking")
        verbose_name_plural = _("times of speaking")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(ended_at__isnull=True), name="one_side_speaks_at_a_time"
            ),
            models.CheckConstraint(
                name="speaking_ends_after_it_began",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("begun_at")),
            ),
        ]
        indexes = [models.Index(fields=["meeting", "begun_at"], name="speaking_in_meeting")]

    def __str__(self) -> str:
        return str(self.get_side_display())

"""Addresses by which a calendar program subscribes to what is planned."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class CalendarFeed(models.Model):
    """Only the digest of its token is kept: the address is shown once. Names no customer."""

    class Scope(models.TextChoices):
        OWN = "own", _("what I own, and what I have to do")
        ALL = "all", _("everything that is planned")

    name = models.CharField(_("name"), max_length=80)
    scope = models.CharField(_("shows"), max_length=3, choices=Scope, default=Scope.OWN)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="calendar_feeds")
    created_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)
    used_at = models.DateTimeField(_("last read"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="feed_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="feed_shows_own_or_all", condition=Q(scope__in=["own", "all"])),
        ]

    def __str__(self) -> str:
        return self.name

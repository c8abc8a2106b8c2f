"""Tokens: how another system signs in."""

from datetime import datetime
from functools import cached_property
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations import scopes as known


class TokenQuerySet(models.QuerySet["Token"]):
    def working(self, at: datetime) -> Self:
        """Those that open the API at this time."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None)


class Token(models.Model):
    """A secret of one integration, of which only the hash is kept.

    The secret is 256 random bits. Nobody can guess it or keep a table of hashes for it, so one round of SHA-256 is as
    safe as a slow hash, which only passwords made by people need, and costs a microsecond on each request. It is
    looked up by the hash, so the time of the search tells nothing about the secret.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="tokens",
        db_index=False,
        help_text="Whom the integration acts as. It cannot sign in, and stays the same when tokens are replaced.",
    )
    name = models.CharField(_("integration"), max_length=60)
    prefix = models.CharField(_("begins with"), max_length=12, help_text=_("To tell tokens apart; not secret."))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=30, choices=known.choices), verbose_name=_("may"))
    per_minute = models.PositiveIntegerField(_("requests per minute"), default=600)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("created by")
    )
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False, help_text=_("To the minute."))
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", editable=False, verbose_name=_("replaces")
    )

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        permissions = [("manage_token", _("Can create, replace and revoke API tokens"))]
        constraints = [
            models.CheckConstraint(name="token_allows_something", condition=~Q(scopes=[])),
            models.CheckConstraint(name="token_has_a_positive_rate", condition=Q(per_minute__gt=0)),
            models.CheckConstraint(
                name="revoked_token_names_who_revoked_it",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="token_expires_after_it_was_created",
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("created_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def state(self) -> str:
        """working, expired or revoked."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= timezone.now() else "working"

    @cached_property
    def permissions(self) -> frozenset[str]:
        return known.permissions_of(self.scopes)

    def has_perm(self, permission: str) -> bool:
        return permission in self.permissions

"""Calendar feeds: opened, read, revoked. Whoever knows the address reads it, so it is long, and shown once."""

from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communications.models import CalendarFeed
from people.models import User

MOST = 10


class FeedRefused(ValidationError):
    """``code`` is ``no_name``, ``too_many`` or ``not_yours``."""


@transaction.atomic
def open_feed(name: str, *, scope: str, by: User) -> tuple[CalendarFeed, str]:
    """A new feed of somebody's, and its token, which is not kept. Raises FeedRefused."""
    if not name.strip():
        raise FeedRefused(_("Give it a name, such as the program that reads it."), code="no_name")
    User.objects.select_for_update().get(pk=by.pk)
    if CalendarFeed.objects.filter(owner=by, revoked_at=None).count() >= MOST:
        raise FeedRefused(_("These are too many: revoke one first."), code="too_many")
    token = token_urlsafe(32)
    feed = CalendarFeed.objects.create(name=name.strip()[:80], scope=scope, digest=digest(token), owner=by)
    return feed, token


@transaction.atomic
def revoke(feed: CalendarFeed, *, by: User, at: datetime | None = None) -> CalendarFeed:
    """Nobody reads this feed any more. Raises FeedRefused where it is somebody else's."""
    feed = CalendarFeed.objects.select_for_update().get(pk=feed.pk)
    if feed.owner_id != by.pk:
        raise FeedRefused(_("It belongs to somebody else."), code="not_yours")
    feed.revoked_at = feed.revoked_at or at or timezone.now()
    feed.save(update_fields=["revoked_at"])
    return feed


def read(token: str, *, at: datetime | None = None) -> CalendarFeed | None:
    """The feed that this token opens, while its owner still works here; that it was read is noted."""
    found = CalendarFeed.objects.select_related("owner").filter(digest=digest(token), revoked_at=None)
    feed = found.filter(owner__is_active=True, owner__is_staff=True).first()
    if feed:
        feed.used_at = at or timezone.now()
        feed.save(update_fields=["used_at"])
    return feed


def digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()

"""Keep what was answered, and answer the same again."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from integrations.models import Reply
from people.models import User

KEPT_FOR = timedelta(hours=24)

# One that is over its time is as good as none, whether or not the sweep has come by.
KEEP = """
INSERT INTO integrations_reply AS kept (user_id, key, request, status, body, at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (user_id, key) DO UPDATE
    SET request = excluded.request, status = excluded.status, body = excluded.body, at = excluded.at
    WHERE kept.at <= %s
"""


def keep(user: User, key: str, *, request: str, status: int, body: str, at: datetime | None = None) -> bool:
    """Write down what is about to be answered, in the transaction of its effect.

    Two who write under one key wait for each other here. False means that somebody was first: the caller must undo
    its own effect and answer with theirs.
    """
    at = at or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [user.pk, key, request, status, body, at, at - KEPT_FOR])
        return cursor.rowcount == 1


def find(user: User, key: str, *, at: datetime | None = None) -> Reply | None:
    """What was answered under this key, if that is not too long ago."""
    oldest = (at or timezone.now()) - KEPT_FOR
    return Reply.objects.filter(user=user, key=key, at__gt=oldest).first()


def forget_old(*, at: datetime | None = None) -> int:
    """Remove replies that are over their time. Returns how many."""
    oldest = (at or timezone.now()) - KEPT_FOR
    return Reply.objects.filter(at__lte=oldest)._raw_delete("default")

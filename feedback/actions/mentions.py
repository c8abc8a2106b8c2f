"""A note that names colleagues reaches them."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from feedback.actions import conversation, notifications
from feedback.models import Case, Entry, Notification
from feedback.queries import people
from people.models import User


@transaction.atomic
def note(case: Case, text: str, *, by: User, at: datetime | None = None) -> Entry:
    """Write a note down, and tell everybody whose user name stands behind an @ in it, but not its author.

    Raises what ``conversation.note`` raises.
    """
    at = at or timezone.now()
    named = [user for user in people.mentioned(text) if user != by]
    entry = conversation.note(case, text, by=by, mentions=named, at=at)
    if named:
        key = f"mention:{entry.pk}"
        notifications.tell(named, entry.case, Notification.What.MENTIONED, key=key, at=at, entry=entry.pk)
    return entry

"""Whoever changes a meeting locks it, and tells those who look at its room."""

from django.db.models import F

from advisory.models import Meeting


def locked(meeting: Meeting) -> Meeting:
    """Whoever changes a meeting's time, state or agenda locks it first."""
    return Meeting.objects.select_for_update(of=["self"], no_key=True).select_related("board").get(pk=meeting.pk)


def touched(meeting: Meeting) -> Meeting:
    """Whoever looks at the room sees within two seconds that something has changed."""
    Meeting.objects.filter(pk=meeting.pk).update(change=F("change") + 1)
    meeting.refresh_from_db(fields=["change"])
    return meeting

"""What people's sign-in does by itself; the timetable is in ``config/schedule.py``."""

from celery import shared_task
from django.utils import timezone

from people.actions import sessions


@shared_task
def sweep_sessions() -> int:
    """Forget sessions that ran out."""
    return sessions.sweep(at=timezone.now())

"""What calendars do by themselves; the timetable is in ``config/schedule.py``."""

from celery import shared_task

from calendars import queries
from calendars.actions import versions


@shared_task
def learn_holidays() -> int:
    """Bring each calendar the public holidays of coming years. Returns how many there are."""
    return len([versions.renew(calendar) for calendar in queries.calendars()])

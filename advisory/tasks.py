"""What the advisory board does by itself; the timetable is in ``config/schedule.py``. Safe to run late or twice."""

from celery import shared_task
from django.utils import timezone

from advisory.actions import invitations, materials, reminders, replies, terms


@shared_task
def move_seats() -> int:
    """Remind who was invited, go on to the next one where nobody answered, begin and end terms."""
    now = timezone.now()
    moved = invitations.remind_due(at=now) + terms.move_on(at=now)
    for term in invitations.overdue(now):
        invitations.expire(term, at=now)
        moved += 1
    return moved


@shared_task
def remind_of_meetings() -> int:
    """Remind of meetings, so long before as each says."""
    return reminders.send_due()


@shared_task
def read_calendar_replies() -> int:
    """Take what calendars replied by e-mail, each once."""
    return replies.read_mail()


@shared_task
def sweep_materials() -> int:
    """Remove files that were taken off an agenda, or never came onto one."""
    return materials.sweep()

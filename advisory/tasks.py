"""What the advisory board does by itself; the timetable is in ``config/schedule.py``. Safe to run late or twice."""

from celery import shared_task
from django.utils import timezone

from advisory.actions import invitations, terms


@shared_task
def move_seats() -> int:
    """Remind who was invited, go on to the next one where nobody answered, begin and end terms."""
    now = timezone.now()
    moved = invitations.remind_due(at=now) + terms.move_on(at=now)
    for term in invitations.overdue(now):
        invitations.expire(term, at=now)
        moved += 1
    return moved

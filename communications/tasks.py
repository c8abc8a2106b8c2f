"""What communications do by themselves; the timetable is in ``config/schedule.py``. Safe to run late or twice."""

from celery import shared_task

from communications.actions import belongings, sending
from customers.actions import readers


@shared_task
def send_messages() -> int:
    """Send what is due; also called right after the commit of what was queued."""
    return sending.send_due()


@shared_task
def follow_customers() -> int:
    """Let messages follow merged customers, and forget those of erased ones."""
    return readers.catch_up("communications", belongings.react, verbs=belongings.VERBS)

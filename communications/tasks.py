"""What communications do by themselves; the timetable is in ``config/schedule.py``. Safe to run late or twice."""

from celery import shared_task

from communications.actions import anchors, dispatching, human_tasks, materialising, occasions, sending, touchpoints
from customers.actions import readers


@shared_task
def send_messages() -> int:
    """Send what is due; also called right after the commit of what was queued."""
    return sending.send_due()


@shared_task
def follow_customers() -> int:
    """Let messages follow merged customers and forget erased ones; begin and end sequences by what happened."""
    return readers.catch_up("communications", anchors.react, verbs=anchors.verbs())


@shared_task
def hand_over_what_is_due() -> int:
    """Judge the touchpoints that are due, and hand them over to the outbox and to people."""
    return touchpoints.follow() + dispatching.dispatch_due()


@shared_task
def find_customers_of_campaigns() -> int:
    return materialising.materialise_due()


@shared_task
def look_for_days() -> int:
    """Birthdays, days of joining, lapses and dates of customers that are near."""
    return occasions.enrol_due()


@shared_task
def escalate_overdue_tasks() -> int:
    """Drop what is not worth doing any more; mark what people have not done a day after it was due."""
    return human_tasks.expire() + human_tasks.escalate()

"""What feedback does by itself; the timetable is in ``config/schedule.py``. Tasks are safe to run late or twice."""

from celery import shared_task
from django.utils import timezone

from customers.actions import readers
from feedback.actions import answers, invitations, occasions


@shared_task
def hear_of_occasions() -> int:
    """Plan invitations where a case was closed, a purchase was made, a customer has lapsed."""
    return readers.catch_up("surveys", occasions.react, verbs=occasions.VERBS, from_the_end=True)


@shared_task
def move_surveys() -> int:
    """Send what is due, remind, end what has expired, send off what somebody stopped answering."""
    now = timezone.now()
    moved = invitations.send_due(at=now) + invitations.remind_due(at=now)
    return moved + answers.settle_stopped(at=now) + invitations.expire(at=now)

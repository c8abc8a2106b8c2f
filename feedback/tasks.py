"""What feedback does by itself; the timetable is in ``config/schedule.py``. Tasks are safe to run late or twice."""

from celery import shared_task
from django.utils import timezone

from customers.actions import readers
from feedback.actions import (
    answers,
    attachments,
    invitations,
    mailboxes,
    occasions,
    policies,
    reminders,
    sweeping,
    themes,
)

BATCHES = 40  # of fifty cases: a task ends long before a worker's time does


@shared_task
def read_mailboxes() -> int:
    return mailboxes.read_due()


@shared_task
def sweep_attachments() -> int:
    """Remove files of messages that were never kept, or of people who were erased."""
    return attachments.sweep()


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


@shared_task
def show_themes() -> int:
    """Let segments know who complained about what."""
    return themes.show()


@shared_task
def watch_clocks() -> int:
    """Warn before deadlines, note which were missed, take the steps of the ladder."""
    return sweeping.sweep(most=BATCHES)


@shared_task
def remind_of_corrective_actions() -> int:
    """Write to those whose corrective actions are overdue, once a week."""
    return reminders.send()


@shared_task
def judge_anew() -> int:
    """Bring open cases to the policies and opening hours that hold now."""
    return policies.carry_on(most=20_000) + policies.follow_calendars()

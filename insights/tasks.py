"""What insights do by themselves; the timetable is in ``config/schedule.py``. Safe to run late or twice."""

from celery import shared_task

from customers.actions import readers
from insights.actions import rows


@shared_task
def follow_purchases() -> int:
    """Note what changed on the timeline, and add it up."""
    readers.catch_up("insights", rows.react, verbs=rows.VERBS)
    return rows.refresh()

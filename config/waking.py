"""Ask a worker to begin at once what a row says is waiting. Nothing depends on it: the timetable finds the row too."""

from celery import Celery, current_app
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

NOBODY_THERE = _("The workers cannot be reached just now. What you asked for is kept, and begins when they are back.")

AT_ONCE = {"max_retries": 0, "interval_start": 0, "interval_step": 0}


def wake(task: str, *, app: Celery = current_app) -> bool:
    """Whether the broker took it; where it is away the caller says that it takes a moment longer."""
    try:
        with app.connection_for_write() as connection:
            connection.transport_options = {**connection.transport_options, **AT_ONCE}
            app.send_task(task, connection=connection, retry=False, ignore_result=True, expires=60)
    except OperationalError:
        return False
    return True

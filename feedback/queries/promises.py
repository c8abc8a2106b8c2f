"""What we tell a customer about when they hear from us."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from calendars import queries as calendars
from calendars import targets
from calendars.models import Calendar
from calendars.queries import Ready
from feedback.models import Case

ANSWER_IN_DAYS = 2  # business days, where no policy says when an answer is due


@dataclass(frozen=True)
class Promise:
    """``due_at`` is in the zone of whoever reads it, ``late`` where it is over; ``opens_at`` only where nobody is
    there now.
    """

    due_at: datetime | None
    opens_at: datetime | None
    late: bool = False


def promise(case: Case, at: datetime) -> Promise:
    """By when the case is answered, at the latest: its earliest clock, or so many business days from its receipt
    where it has none, was not answered yet and does not wait for the customer.

    ``at`` is now: whether somebody is there, and whether it is late.
    """
    ready = _hours_of(case)
    zone = zone_of(case)
    opens_at = None
    if ready and not ready.hours.is_open(at):
        opens_at = ready.hours.next_open(at)
    due_at = case.due_at
    if due_at is None and ready is not None and not case.answered_at and not case.waiting:
        try:
            due_at = targets.due(ready.hours, case.received_at, ANSWER_IN_DAYS, targets.Unit.BUSINESS_DAYS)
        except targets.NotDue:
            due_at = None
    late = due_at is not None and due_at < at
    return Promise(due_at and due_at.astimezone(zone), opens_at and opens_at.astimezone(zone), late)


def _hours_of(case: Case) -> Ready | None:
    try:
        if case.team and case.team.calendar_id:
            return calendars.ready(case.team.calendar_id)
        return calendars.main()
    except Calendar.DoesNotExist:
        return None


def zone_of(case: Case) -> ZoneInfo:
    name = case.customer.zone if case.customer else ""
    try:
        return ZoneInfo(name or settings.BUSINESS_ZONE)
    except (ValueError, OSError):
        return ZoneInfo(settings.BUSINESS_ZONE)

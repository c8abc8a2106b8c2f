"""When something of a board is due, by its business days."""

from datetime import date, datetime, timedelta

from advisory.models import Meeting
from advisory.queries import charters
from calendars import queries, targets
from calendars.models import Calendar


def minutes_due(meeting: Meeting, at: datetime) -> date:
    """The business day by whose end the minutes of a meeting that ends now are due, as the charter says."""
    charter = charters.current(meeting.board)
    days = charter.minutes_days if charter else 2
    try:
        ready = queries.ready(meeting.board.calendar_id) if meeting.board.calendar_id else queries.main()
        due = targets.due(ready.hours, at, max(days, 1), targets.Unit.BUSINESS_DAYS)
    except (Calendar.DoesNotExist, targets.NotDue):
        due = at + timedelta(days=days)
    return due.astimezone(meeting.clock).date()

"""When something is due that may take so much: hours that count while it is open, or days in one of two ways."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from calendars.hours import Calendar as Hours
from calendars.hours import NeverOpens

FIRST_YEAR, LAST_YEAR = 1970, 2200


class Unit(models.TextChoices):
    MINUTES = "minutes", _("open minutes")
    HOURS = "hours", _("open hours")
    BUSINESS_DAYS = "business_days", _("business days, by closing time")
    CALENDAR_DAYS = "calendar_days", _("calendar days, by midnight")


MOST = {Unit.MINUTES: 1_000_000, Unit.HOURS: 20_000, Unit.BUSINESS_DAYS: 2_500, Unit.CALENDAR_DAYS: 3_660}


class NotDue(ValidationError):
    def __init__(self, code: str, message: Any, field: str | None = None, **params: object) -> None:
        self.field = field
        super().__init__(message, code=code, params=params)


def due(hours: Hours, start: datetime, amount: int, unit: str) -> datetime:
    """In UTC. Of business days the first is the one after the start's local date, whatever the hour.

    Raises NotDue: ``start_out_of_reach``, ``amount_out_of_reach``, ``never_opens``.
    """
    unit = Unit(unit)
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        message = _("The start must be in the years %(first)s to %(last)s.")
        raise NotDue("start_out_of_reach", message, "start", first=FIRST_YEAR, last=LAST_YEAR)
    least = 1 if unit is Unit.BUSINESS_DAYS else 0
    if not least <= amount <= MOST[unit]:
        message = _("A number from %(least)s to %(most)s is needed.")
        raise NotDue("amount_out_of_reach", message, "amount", least=least, most=MOST[unit])
    try:
        if unit is Unit.BUSINESS_DAYS:
            return hours.close_of_business_day(start, amount)
        if unit is Unit.CALENDAR_DAYS:
            return hours.end_of_calendar_day(start, amount)
        return hours.due(start, amount * (60 if unit is Unit.MINUTES else 3600))
    except NeverOpens:
        raise NotDue("never_opens", _("The calendar does not open for so long any more.")) from None

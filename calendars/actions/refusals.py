"""Why a change of a calendar is refused."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

REASONS = {
    "name_missing": (_("Give the calendar a name."), "name"),
    "code_taken": (_("Another calendar has this code."), "code"),
    "code_invalid": (_("A code is small letters, digits and hyphens."), "code"),
    "zone_unknown": (_("There is no time zone of this name."), "zone"),
    "holidays_unknown": (_("No public holidays are known for this country or region."), "country"),
    "never_opens": (_("With this the calendar would never open. Nothing could ever become due."), None),
    "hours_overlap": (_("Hours overlap on: %(days)s."), None),
    "date_taken": (_("%(date)s has a rule of its own already. Remove that first."), "date"),
    "date_free": (_("This date has no rule of its own."), None),
    "dates_too_many": (_("Not more than %(most)s days at once, and the last not before the first."), "until"),
    "date_out_of_reach": (_("Dates are from %(first)s to %(last)s."), "date"),
    "main_stays": (_("The main calendar cannot be retired. Make another the main one first."), None),
    "retired": (_("This calendar is retired."), None),
    "changed_meanwhile": (
        _("Somebody changed this calendar meanwhile. Look at it again and repeat your change."),
        None,
    ),
}


class CalendarRefused(ValidationError):
    def __init__(self, code: str, **params: object) -> None:
        message, self.field = REASONS[code]
        super().__init__(message, code=code, params=params)

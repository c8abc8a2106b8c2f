"""Cases are put to sleep until something can be done about them."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.actions import cases, history
from feedback.actions.refusals import CaseRefused, NotOpen
from feedback.models import Case
from people.models import User

LONGEST = timedelta(days=366)


@transaction.atomic
def snooze(
    case: Case, *, until: datetime, firmly: bool = False, by: User | None = None, at: datetime | None = None
) -> Case:
    """Take a case out of the queue until a time. Its clocks go on.

    A new message of the customer wakes it, unless it sleeps ``firmly``. Raises NotOpen and CaseRefused
    (``snooze_in_the_past``, ``snooze_too_long``).
    """
    at = at or timezone.now()
    if until <= at:
        raise CaseRefused(_("Choose a time that is still to come."), "snooze_in_the_past", "until")
    if until > at + LONGEST:
        raise CaseRefused(_("That is more than a year away."), "snooze_too_long", "until")
    case = cases.locked(case)
    if not case.is_open:
        raise NotOpen(case)
    case.snoozed_until, case.asleep_firmly = until, firmly
    case.save(update_fields=["snoozed_until", "asleep_firmly"])
    history.note(case, "snoozed", at=at, by=by, until=until.isoformat(), firmly=firmly)
    return case


@transaction.atomic
def wake(case: Case, *, by: User | None = None, at: datetime | None = None) -> Case:
    """Bring a sleeping case back into the queue."""
    case = cases.locked(case)
    if case.snoozed_until is not None:
        case.snoozed_until, case.asleep_firmly = None, False
        case.save(update_fields=["snoozed_until", "asleep_firmly"])
        history.note(case, "woken", at=at or timezone.now(), by=by)
    return case

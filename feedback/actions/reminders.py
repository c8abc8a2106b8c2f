"""Remind those who owe a corrective action: by e-mail, the day after it was due and once a week from then on."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from communications.actions import outbox
from communications.actions.outbox import Outgoing
from communications.models import Message
from feedback.models import CorrectiveAction
from people.models import User

EVERY = 7  # days
ALSO_WHO_PLANNED = 2  # weeks overdue, from which on


@transaction.atomic
def send(*, at: datetime | None = None) -> int:
    """Remind of everything that is overdue. Asked again within the week, nobody hears twice. Returns how many do."""
    at = at or timezone.now()
    today = at.astimezone(ZoneInfo(settings.BUSINESS_ZONE)).date()
    overdue = CorrectiveAction.objects.filter(done_at=None, due_on__lt=today).select_related("owner", "planned_by")
    letters = {
        letter.key: letter
        for action in overdue.order_by("pk")
        for week in [(today - action.due_on).days // EVERY]
        for letter in [_letter(action, person, week) for person in _whom(action, week)]
    }
    told = Message.objects.filter(key__in=list(letters)).values_list("key", flat=True)
    fresh = [letter for key, letter in letters.items() if key not in set(told)]
    outbox.queue_many(fresh, at=at)
    return len(fresh)


def _whom(action: CorrectiveAction, week: int) -> list[User]:
    asked = [action.owner, action.planned_by if week >= ALSO_WHO_PLANNED else None]
    people = {person.pk: person for person in asked if person is not None}
    return [person for person in people.values() if person.is_active and person.email]


def _letter(action: CorrectiveAction, person: User, week: int) -> Outgoing:
    with translation.override(person.language or "en"):
        subject = _("Overdue: %(what)s") % {"what": action.what}
        text = _("“%(what)s” was due on %(day)s, and nobody has said what came of it.\n\n%(owner)s: %(link)s") % {
            "what": action.what, "day": _day(action.due_on), "owner": action.owner, "link": _link(action),
        }  # fmt: skip
    key = f"corrective_overdue:{action.pk}:{action.due_on}:{week}:{person.pk}"
    return Outgoing(to=person.email, subject=subject[:200], text=text, key=key, purpose="staff")


def _day(day: date) -> str:
    return formats.date_format(day, "DATE_FORMAT")


def _link(action: CorrectiveAction) -> str:
    return settings.PUBLIC_URL + reverse("admin:corrective_action", args=[action.pk])

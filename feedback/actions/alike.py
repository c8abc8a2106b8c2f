"""Say that two cases that look alike are not one."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from feedback.actions import history, moves
from feedback.actions.refusals import NotOpen
from feedback.models import Case, CaseEvent
from feedback.queries.alike import ANOTHER_MATTER
from people.models import User


@transaction.atomic
def keep_apart(case: Case, other: Case, *, by: User | None, at: datetime | None = None) -> None:
    """Neither is suggested to the other any more. Said before, it stays. Raises NotOpen."""
    at = at or timezone.now()
    both = moves.both_locked(case, other)
    for one, two in (both, both[::-1]):
        if not one.is_open:
            raise NotOpen(one)
        if not CaseEvent.objects.filter(case=one, what=ANOTHER_MATTER, about__other=two.pk).exists():
            history.note(one, ANOTHER_MATTER, at=at, by=by, other=two.pk)

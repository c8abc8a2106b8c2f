"""A theme is handed to the advisory board, and the board answers; why a customer left is noted."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communications import timing
from customers.models import Customer
from feedback.models import Handover, LeavingReason, Theme
from feedback.queries import voice
from people.models import User


class HandoverRefused(ValidationError):
    """``code`` is ``question_missing``, ``waits_already``, ``no_cases``, ``not_waiting`` or ``reason_unknown``."""


@transaction.atomic
def hand_over(
    theme: Theme, *, question: str, days: int = 365, by: User | None = None, at: datetime | None = None
) -> Handover:
    """Hand a theme to the board, with its figures of the last days as they stand now. Raises HandoverRefused."""
    at = at or timezone.now()
    theme = Theme.objects.select_for_update().get(pk=theme.pk)
    if not question.strip():
        raise HandoverRefused(_("Say what the board is asked."), code="question_missing")
    if Handover.objects.filter(theme=theme, state=Handover.State.WAITING).exists():
        raise HandoverRefused(_("This theme waits for the board already."), code="waits_already")
    since = at - timedelta(days=days)
    pain = next((each for each in voice.board(since, at + timedelta(seconds=1)) if each.theme == theme.pk), None)
    if pain is None:
        raise HandoverRefused(_("There are no cases of this theme in the span."), code="no_cases")
    return Handover.objects.create(
        theme=theme, question=question.strip()[:500], since=timing.business_date(since),
        until=timing.business_date(at), cases=pain.cases, customers=pain.customers, score=pain.score,
        handed_at=at, handed_by=by,
    )  # fmt: skip


@transaction.atomic
def answer(
    handover: Handover, *, taken: bool, text: str = "", by: User | None = None, at: datetime | None = None
) -> Handover:
    """The board takes a theme up, or gives it back. Raises HandoverRefused."""
    handover = Handover.objects.select_for_update().get(pk=handover.pk)
    if handover.state != Handover.State.WAITING:
        raise HandoverRefused(_("The board has answered already."), code="not_waiting")
    handover.state = Handover.State.TAKEN if taken else Handover.State.RETURNED
    handover.answer, handover.answered_at, handover.answered_by = text.strip(), at or timezone.now(), by
    handover.save()
    return handover


@transaction.atomic
def note_leaving(
    customer: Customer, reason: str, *, by: User | None = None, at: datetime | None = None
) -> LeavingReason:
    """Note why a customer buys no more, as they said it. Raises HandoverRefused (``reason_unknown``)."""
    if reason not in LeavingReason.Reason.values:
        raise HandoverRefused(_("Choose one of the reasons."), code="reason_unknown")
    row = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    return LeavingReason.objects.create(customer=row.merged_into or row, reason=reason, at=at or timezone.now(), by=by)

"""A case turns out to be of another kind than it was taken for."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Verb
from feedback.actions import cases, clocks, conversation, history, holds, telling
from feedback.actions.refusals import CaseRefused, NotOpen
from feedback.models import Case, CaseEvent
from feedback.queries.redress import UNSETTLED
from people.models import User

Kind, Stage = Case.Kind, Case.Stage
UNDECIDED = (Stage.RECEIVED, Stage.ACKNOWLEDGED, Stage.INVESTIGATING, Stage.REOPENED)


@transaction.atomic
def change(case: Case, *, to: str, reason: str = "", by: User | None, at: datetime | None = None) -> Case:
    """Take a case for another kind (a ``Case.Kind``), from when it was received.

    What becomes a complaint is promised, held back and settled as one. A complaint stops being one only with a
    ``reason``, kept as a note, and only before anything was decided or is to be given. Raises NotOpen and CaseRefused
    (``kind_unknown``, ``reason_missing``, ``already_decided``).
    """
    at = at or timezone.now()
    case = cases.locked_with_customer(case)
    if not case.is_open:
        raise NotOpen(case)
    if to not in Kind.values:
        raise CaseRefused(_("There is no such kind of case."), "kind_unknown", "kind")
    if to == case.kind:
        return case
    before = case.kind
    if before == Kind.COMPLAINT:
        _check_given_up(case, reason)
    case.kind = to
    if to != Kind.COMPLAINT and case.stage != Stage.REOPENED:
        case.stage = Stage.RECEIVED
    case.save(update_fields=["kind", "stage"])
    changed = history.note(case, "kind_changed", at=at, by=by, before=before, to=to)
    if reason.strip():
        conversation.note(case, reason.strip(), by=by, at=at)
    if to == Kind.COMPLAINT and not _became_one_before(case, changed):
        key = f"became_complaint:{case.pk}"
        telling.tell(case, Verb.COMPLAINT_OPENED, by=by, at=at, key=key, kind=case.kind)
    holds.settle(case, by=by, at=at)
    return clocks.follow(case, at=at, by=by)


def _check_given_up(case: Case, reason: str) -> None:
    if not reason.strip():
        raise CaseRefused(_("Say why it is no complaint."), "reason_missing", "reason")
    if case.stage not in UNDECIDED or case.outcome or case.redress.filter(state__in=UNSETTLED).exists():
        raise CaseRefused(
            _("Something was decided already, or is to be given: it stays a complaint."), "already_decided", "kind"
        )


def _became_one_before(case: Case, changed: CaseEvent) -> bool:
    """It is told once, however often it changes."""
    earlier = CaseEvent.objects.filter(case=case, what="kind_changed", about__to=Kind.COMPLAINT, pk__lt=changed.pk)
    return earlier.exists()

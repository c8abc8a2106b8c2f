"""A case turns out to be of another kind than it was taken for."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import timeline
from customers.models import Fact, Verb
from feedback.actions import cases, clocks, conversation, history, holds
from feedback.actions.refusals import CaseRefused, NotOpen
from feedback.models import Case
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
    history.note(case, "kind_changed", at=at, by=by, before=before, to=to)
    if reason.strip():
        conversation.note(case, reason.strip(), by=by, at=at)
    if to == Kind.COMPLAINT and case.customer is not None:
        _tell(case, at=at, by=by)
    holds.settle(case, by=by, at=at)
    return clocks.follow(case, at=at, by=by)


def _check_given_up(case: Case, reason: str) -> None:
    if not reason.strip():
        raise CaseRefused(_("Say why it is no complaint."), "reason_missing", "reason")
    if case.stage not in UNDECIDED or case.outcome or case.redress.filter(state__in=UNSETTLED).exists():
        raise CaseRefused(
            _("Something was decided already, or is to be given: it stays a complaint."), "already_decided", "kind"
        )


def _tell(case: Case, *, at: datetime, by: User | None) -> None:
    """Once, however often it changes."""
    key = f"became_complaint:{case.pk}"
    if case.customer is not None and not Fact.objects.filter(key=key).exists():
        timeline.record(case.customer, Verb.COMPLAINT_OPENED, by=by, at=at, key=key, case=case.pk, kind=case.kind)

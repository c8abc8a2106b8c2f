"""Two cases that are one."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.actions import history, moves
from feedback.actions.refusals import CaseRefused, NotOpen
from feedback.models import Case, Entry, Move
from people.models import User

DECIDED = frozenset({Case.Stage.DECISION, Case.Stage.OFFERED, Case.Stage.ACCEPTED, Case.Stage.DECLINED})


@transaction.atomic
def merge(case: Case, *, into: Case, by: User | None, at: datetime | None = None) -> Move:
    """Take everything that was said in a case to another one, with its redress and what is done so that it does not
    happen again; its number leads there from now on.

    ``moves.undo`` takes it back. Raises NotOpen and CaseRefused (``same_case``; ``other_customer``: two people never
    read each other's words; ``already_decided``: what was promised in a case is kept in that case).
    """
    at = at or timezone.now()
    if case.pk == into.pk:
        raise CaseRefused(_("A case is not merged into itself."), "same_case", "into")
    case, into = moves.both_locked(case, into)
    for one in (case, into):
        if not one.is_open:
            raise NotOpen(one)
    if case.customer_id and case.customer_id != into.customer_id:
        raise CaseRefused(_("%(into)s is not about the same customer."), "other_customer", "into", into=into.number)
    if case.stage in DECIDED:
        raise CaseRefused(_("Something was decided in this case already: settle it by itself."), "already_decided")
    entries = list(Entry.objects.filter(case=case).values_list("pk", flat=True))
    move = moves.carry(
        entries, kind=Move.Kind.MERGE, source=case, target=into, redress=case.redress.all(),
        corrective=case.corrective_actions.all(), by=by, at=at,
    )  # fmt: skip
    case.merged_into = into
    case.save(update_fields=["merged_into"])
    history.note(case, "merged", at=at, by=by, into=into.pk, move=move.pk)
    history.note(into, "took_in", at=at, by=by, other=case.pk, move=move.pk)
    for one in (case, into):
        moves.settle(one, at=at, by=by)
    return move

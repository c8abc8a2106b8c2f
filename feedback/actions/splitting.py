"""One case that is two."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Verb
from feedback.actions import history, moves, telling
from feedback.actions.refusals import CaseRefused, NotOpen
from feedback.models import Case, CorrectiveAction, Entry, Move, Redress
from feedback.queries.redress import WAITING
from people.models import User

SAME = (
    *("kind", "channel", "customer", "sender_name", "sender_address", "language", "severity", "impact", "priority"),
    *("wanted", "product", "store", "purchase", "theme", "team", "assignee"),
)


@transaction.atomic
def split(
    case: Case, entries: Collection[Entry], *, subject: str = "", redress: Collection[Redress] = (),
    corrective: Collection[CorrectiveAction] = (), by: User | None, at: datetime | None = None,
) -> Move:  # fmt: skip
    """Take some messages to a new case that follows this one; ``move.target`` is the new one.

    With them goes the ``redress`` that is named, as long as it was not offered, and the ``corrective`` actions, which
    are because of both cases then. ``moves.undo`` takes it back. Raises NotOpen and CaseRefused (``nothing_chosen``;
    ``nothing_left``: in both must be something that the customer said; ``not_of_this_case``; ``redress_offered``).
    """
    at = at or timezone.now()
    [case] = moves.both_locked(case)
    if not case.is_open:
        raise NotOpen(case)
    chosen = sorted(entry.pk for entry in entries)
    said = dict(Entry.objects.filter(case=case).values_list("pk", "kind"))
    if not set(chosen) <= set(said):
        raise CaseRefused(_("A message has gone to another case meanwhile."), "not_of_this_case", "entries")
    received = {pk for pk, kind in said.items() if kind == Entry.Kind.RECEIVED}
    if not received & set(chosen):
        raise CaseRefused(_("Choose at least one message of the customer."), "nothing_chosen", "entries")
    if received <= set(chosen):
        raise CaseRefused(_("At least one message of the customer stays here."), "nothing_left", "entries")
    new = _new(case, chosen, subject, by, at)
    move = moves.carry(
        chosen, kind=Move.Kind.SPLIT, source=case, target=new, redress=_lines(case, redress),
        corrective=case.corrective_actions.filter(pk__in=[one.pk for one in corrective]), by=by, at=at,
    )  # fmt: skip
    history.note(case, "split", at=at, by=by, into=new.pk, move=move.pk)
    for one in (case, new):
        moves.settle(one, at=at, by=by)
    return move


def _lines(case: Case, redress: Collection[Redress]) -> list[Redress]:
    lines = list(case.redress.filter(pk__in=[line.pk for line in redress]))
    if len(lines) < len(redress):
        raise CaseRefused(_("A line of redress has gone to another case meanwhile."), "not_of_this_case", "redress")
    if any(line.state not in WAITING for line in lines):
        raise CaseRefused(
            _("What was offered stays in the case that it was offered in."), "redress_offered", "redress"
        )
    return lines


def _new(case: Case, chosen: list[int], subject: str, by: User | None, at: datetime) -> Case:
    first = Entry.objects.filter(pk__in=chosen, kind=Entry.Kind.RECEIVED).earliest("at")
    same = {name: getattr(case, name) for name in SAME}
    new = Case.objects.create(
        **same, subject=" ".join(subject.split())[:200] or case.subject, follows=case, received_at=first.at,
        recorded_by=by,
    )  # fmt: skip
    history.note(new, "opened", at=at, by=by, split_from=case.pk)
    verb = Verb.COMPLAINT_OPENED if new.kind == Case.Kind.COMPLAINT else Verb.CASE_OPENED
    telling.tell(new, verb, by=by, at=first.at, key=f"case_opened:{new.pk}", kind=new.kind)
    return new

"""One case that is two."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import timeline
from customers.models import Verb
from feedback.actions import history, moves
from feedback.actions.refusals import CaseRefused, NotOpen
from feedback.models import Case, Entry, Move
from people.models import User

SAME = (
    *("kind", "channel", "customer", "sender_name", "sender_address", "language", "severity", "impact", "priority"),
    *("wanted", "product", "store", "purchase", "theme", "team", "assignee"),
)


@transaction.atomic
def split(
    case: Case, entries: Collection[Entry], *, subject: str = "", by: User | None, at: datetime | None = None
) -> Move:
    """Take some messages to a new case that follows this one; ``move.target`` is the new one.

    ``moves.undo`` takes it back. Raises NotOpen and CaseRefused (``nothing_chosen``; ``nothing_left``: in both must
    be something that the customer said; ``not_of_this_case``).
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
    move = moves.carry(chosen, kind=Move.Kind.SPLIT, source=case, target=new, by=by, at=at)
    history.note(case, "split", at=at, by=by, into=new.pk, move=move.pk)
    for one in (case, new):
        moves.settle(one, at=at, by=by)
    return move


def _new(case: Case, chosen: list[int], subject: str, by: User | None, at: datetime) -> Case:
    first = Entry.objects.filter(pk__in=chosen, kind=Entry.Kind.RECEIVED).earliest("at")
    same = {name: getattr(case, name) for name in SAME}
    new = Case.objects.create(
        **same, subject=" ".join(subject.split())[:200] or case.subject, follows=case, received_at=first.at,
        recorded_by=by,
    )  # fmt: skip
    history.note(new, "opened", at=at, by=by, split_from=case.pk)
    if new.customer is not None:
        verb = Verb.COMPLAINT_OPENED if new.kind == Case.Kind.COMPLAINT else Verb.CASE_OPENED
        timeline.record(
            new.customer, verb, by=by, at=first.at, key=f"case_opened:{new.pk}", case=new.pk, kind=new.kind
        )
    return new

"""What a merge and a split have in common: both cases are locked, what was said moves, and can be put back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from feedback.actions import clocks, history, holds
from feedback.actions.refusals import CaseRefused
from feedback.models import Case, CorrectiveAction, Entry, Move, Redress
from people.models import User

KEPT = ("last_entry_at", "unanswered_since", "answered_at")
Kind = Entry.Kind
UNDONE = {Move.Kind.MERGE: "unmerged", Move.Kind.SPLIT: "unsplit"}


def both_locked(*cases: Case) -> list[Case]:
    """Cases as they stand now, with their customers, all locked: customers first, each in the order of their ids."""
    ids = [case.pk for case in cases]
    customers = Case.objects.filter(pk__in=ids, customer__isnull=False).values("customer")
    list(Customer.objects.select_for_update(no_key=True).filter(pk__in=customers).order_by("pk"))
    found = Case.objects.select_for_update(of=["self"]).select_related("customer").filter(pk__in=ids).order_by("pk")
    rows = {case.pk: case for case in found}
    return [rows[pk] for pk in ids]


def carry(
    entries: list[int], *, kind: str, source: Case, target: Case, redress: Iterable[Redress],
    corrective: Iterable[CorrectiveAction], by: User | None, at: datetime,
) -> Move:  # fmt: skip
    """Move what was said with what hangs on it, and keep what was known of both cases before."""
    before = {"source": _known(source), "target": _known(target), "newest": max(entries, default=0)}
    before |= _take_along(target, redress, corrective)
    move = Move.objects.create(kind=kind, source=source, target=target, by=by, at=at, before=before)
    move.entries.set(entries)
    Entry.objects.filter(pk__in=entries).update(case=target)
    for case in (source, target):
        recount(case)
    return move


def _take_along(target: Case, redress: Iterable[Redress], corrective: Iterable[CorrectiveAction]) -> dict[str, Any]:
    """Redress is of one case; a corrective action may be because of both."""
    lines = {str(line.pk): line.state for line in redress}
    Redress.objects.filter(pk__in=list(lines)).update(case=target)
    known = set(target.corrective_actions.values_list("pk", flat=True))
    fresh = sorted({action.pk for action in corrective} - known)
    target.corrective_actions.add(*fresh)
    return {"redress": lines, "corrective": fresh}


def _bring_back(move: Move, source: Case, target: Case) -> None:
    Redress.objects.filter(pk__in=list(move.before.get("redress", {}))).update(case=source)
    target.corrective_actions.remove(*move.before.get("corrective", []))


def settle(case: Case, *, at: datetime, by: User | None) -> None:
    """What follows from where the words and the number of a case lead now."""
    holds.settle(case, by=by, at=at)
    clocks.follow(case, at=at, by=by)


def _known(case: Case) -> dict[str, Any]:
    return {name: value.isoformat() if (value := getattr(case, name)) else None for name in KEPT}


def recount(case: Case) -> None:
    """What a case keeps of what was said in it, from what now stands in it."""
    said = Entry.objects.filter(case=case).exclude(kind=Kind.NOTE)
    replies = Q(kind=Kind.REPLY, automatic=False)
    times = said.aggregate(last=Max("at"), answered=Min("at", filter=replies), replied=Max("at", filter=replies))
    waiting = said.filter(kind=Kind.RECEIVED, automatic=False)
    if times["replied"]:
        waiting = waiting.filter(at__gt=times["replied"])
    case.last_entry_at, case.answered_at = times["last"], times["answered"] or case.answered_at
    case.unanswered_since = waiting.aggregate(first=Min("at"))["first"]
    case.save(update_fields=KEPT)


class MovedOn(CaseRefused):
    """Something was said or done since that cannot be put back into two."""

    def __init__(self, why: Any) -> None:
        super().__init__(why, "moved_on")


@transaction.atomic
def undo(move: Move, *, by: User | None, at: datetime | None = None) -> Move:
    """Put back what a merge or a split has moved. What the customer wrote since stays where it came in.

    Raises CaseRefused (``already_undone``) and MovedOn, where an answer went out since, where a message has been
    moved again, where redress that went along was decided on, or where either case was settled or merged since.
    """
    at = at or timezone.now()
    move = Move.objects.select_for_update().get(pk=move.pk)
    if move.undone_at is not None:
        raise CaseRefused(_("That was undone before."), "already_undone")
    source, target = both_locked(move.source, move.target)
    entries = list(move.entries.values_list("pk", flat=True))
    _check(move, source, target, entries)
    Entry.objects.filter(pk__in=entries).update(case=source)
    _bring_back(move, source, target)
    if move.kind == Move.Kind.MERGE:
        source.merged_into = None
        source.save(update_fields=["merged_into"])
    else:
        target.merged_into = source
        target.save(update_fields=["merged_into"])
    for name, case in (("source", source), ("target", target)):
        _put_back(case, move.before[name], move)
        settle(case, at=at, by=by)
        history.note(case, UNDONE[Move.Kind(move.kind)], at=at, by=by, move=move.pk)
    move.undone_at, move.undone_by = at, by
    move.save(update_fields=["undone_at", "undone_by"])
    return move


def _check(move: Move, source: Case, target: Case, entries: list[int]) -> None:
    since = Entry.objects.filter(case=target, recorded_at__gt=move.at)
    merged = target.merged_into_id or (move.kind == Move.Kind.SPLIT and source.merged_into_id)
    if merged or target.closed_at or source.closed_at:
        raise MovedOn(_("One of the cases was settled or merged since."))
    if since.filter(kind=Kind.REPLY, automatic=False).exists():
        raise MovedOn(_("The customer was answered since: the answer belongs to both."))
    if Entry.objects.filter(pk__in=entries).exclude(case=target).exists():
        raise MovedOn(_("A message was moved on since."))
    lines = move.before.get("redress", {})
    there = Redress.objects.filter(pk__in=list(lines), case=target).values_list("pk", "state")
    if {str(pk): state for pk, state in there} != lines:
        raise MovedOn(_("Something was done since about the redress that went along."))
    if move.kind == Move.Kind.SPLIT and since.exclude(kind=Kind.NOTE).exclude(pk__in=entries).exists():
        raise MovedOn(_("The customer has written to the new case since."))


def _put_back(case: Case, before: dict[str, Any], move: Move) -> None:
    """Exactly as it was where nothing was said since, else from what stands there."""
    if Entry.objects.filter(case=case, recorded_at__gt=move.at).exclude(kind=Kind.NOTE).exists():
        recount(case)
        return
    for name in KEPT:
        setattr(case, name, parse_datetime(before[name]) if before[name] else None)
    case.save(update_fields=KEPT)

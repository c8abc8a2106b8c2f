"""The steps of a case, one action for each. ``feedback.stages`` says from where each of them is possible.

All raise WrongStage where it is not, and NotOpen of a case that was merged or held aside. Of two who take the same
step at once the second is told so. The customer is locked before the case.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Verb
from feedback import stages
from feedback.actions import cases, clocks, history, holds, redress, replies, telling
from feedback.actions.refusals import CaseRefused, NotOpen, WrongStage
from feedback.models import Case, Redress, Referral, RootCause
from feedback.queries.redress import UNSETTLED, about
from people.models import User

DONE = {
    "acknowledge": "acknowledged",
    "investigate": "investigating",
    "decide": "decided",
    "offer": "offered",
    "accept": "accepted",
    "decline": "declined",
    "close": "closed",
    "refer": "referred",
    "reopen": "reopened",
}
NEEDS_CAUSE = (Case.Outcome.UPHELD, Case.Outcome.PARTLY)


def begin(case: Case, step: str) -> Case:
    """The case locked, if it may take this step. Raises WrongStage, NotOpen."""
    case = cases.locked_with_customer(case)
    if case.merged_into_id or case.spam:
        raise NotOpen(case)
    if stages.after(case.kind, case.stage, step) is None:
        raise WrongStage(case)
    return case


def complete(
    case: Case, step: str, *, at: datetime, by: User | None, changed: tuple[str, ...] = (), **about: Any
) -> Case:
    """Move a case that ``begin`` has locked, and write down that it was moved."""
    case.stage = str(stages.after(case.kind, case.stage, step))
    case.save(update_fields=["stage", *changed])
    history.note(case, DONE[step], at=at, by=by, **about)
    holds.settle(case, by=by, at=at)
    return clocks.follow(case, at=at, by=by)


@transaction.atomic
def acknowledge(case: Case, *, by: User | None, at: datetime | None = None) -> Case:
    """The customer has been told that the complaint is here and by when it is answered: ``letters.send`` tells them.

    An acknowledgement answers nothing: the clock of the first answer goes on.
    """
    at = at or timezone.now()
    case = begin(case, "acknowledge")
    case.acknowledged_at = at
    complete(case, "acknowledge", at=at, by=by, changed=("acknowledged_at",))
    _tell(case, Verb.COMPLAINT_ACKNOWLEDGED, at=at, by=by)
    return case


@transaction.atomic
def investigate(case: Case, *, by: User | None, at: datetime | None = None) -> Case:
    """Somebody looks into it, perhaps again: after a decision that the customer did not accept, or a reopening."""
    at = at or timezone.now()
    return complete(begin(case, "investigate"), "investigate", at=at, by=by)


@transaction.atomic
def decide(case: Case, *, outcome: str, reason: str, by: User | None, at: datetime | None = None) -> Case:
    """Say whether the complaint is upheld (a ``Case.Outcome``) and why, in words that may stand in the answer.

    Raises CaseRefused (``outcome_missing``, ``reason_missing``) too.
    """
    at = at or timezone.now()
    case = begin(case, "decide")
    if outcome not in Case.Outcome.values:
        raise CaseRefused(_("Say whether the complaint is upheld."), "outcome_missing", "outcome")
    if not reason.strip():
        raise CaseRefused(_("Say why it was decided so."), "reason_missing", "reason")
    case.outcome, case.outcome_reason, case.decided_at = outcome, reason.strip(), at
    changed = ("outcome", "outcome_reason", "decided_at")
    return complete(case, "decide", at=at, by=by, changed=changed, outcome=outcome)


@transaction.atomic
def offer(case: Case, *, by: User | None, at: datetime | None = None) -> Case:
    """Offer the customer the redress that is approved; the case waits for their answer.

    Raises CaseRefused (``redress_missing``, ``redress_waits``) too.
    """
    at = at or timezone.now()
    case = begin(case, "offer")
    lines = redress.offer(case, at=at)
    case.waiting = Case.Waiting.CUSTOMER
    complete(case, "offer", at=at, by=by, changed=("waiting",), redress=[line.pk for line in lines])
    _tell_of_redress(case, Verb.REDRESS_OFFERED, lines, at=at, by=by)
    return case


@transaction.atomic
def accept(case: Case, *, by: User | None = None, at: datetime | None = None) -> Case:
    """The customer takes the offer: points and vouchers are theirs at once, money is to be paid.

    Raises CaseRefused (``customer_unknown``) too, and what loyalty raises (WalletFrozen, RewardRefused).
    """
    at = at or timezone.now()
    case = begin(case, "accept")
    lines = redress.offered(case)
    redress.settle(lines, by=by, at=at)
    case.waiting = ""
    complete(case, "accept", at=at, by=by, changed=("waiting",), redress=[line.pk for line in lines])
    _tell_of_redress(case, Verb.REDRESS_ACCEPTED, lines, at=at, by=by)
    return case


@transaction.atomic
def decline(case: Case, *, by: User | None = None, at: datetime | None = None) -> Case:
    """The customer does not take the offer: a better one may follow, or the case is closed as it stands."""
    at = at or timezone.now()
    case = begin(case, "decline")
    lines = redress.turn_down(case, Redress.State.DECLINED, at=at)
    case.waiting = ""
    complete(case, "decline", at=at, by=by, changed=("waiting",), redress=[line.pk for line in lines])
    _tell_of_redress(case, Verb.REDRESS_DECLINED, lines, at=at, by=by)
    return case


@transaction.atomic
def close(case: Case, *, root_cause: RootCause | None = None, by: User | None, at: datetime | None = None) -> Case:
    """Settle a case. A complaint that was upheld, wholly or in part, names what was at the root of it.

    An offer that nobody answered lapses. Raises CaseRefused (``outcome_missing``, ``root_cause_missing``,
    ``root_cause_retired``, ``redress_unsettled``) too.
    """
    at = at or timezone.now()
    case = begin(case, "close")
    if root_cause and root_cause.retired and root_cause.pk != case.root_cause_id:
        raise CaseRefused(_("This root cause is not used any more."), "root_cause_retired", "root_cause")
    case.root_cause = root_cause or case.root_cause
    if case.kind == Case.Kind.COMPLAINT:
        _check_settled(case)
    if case.redress.filter(state__in=UNSETTLED).exists():
        raise CaseRefused(_("Some redress is neither offered, paid nor withdrawn."), "redress_unsettled")
    redress.turn_down(case, Redress.State.LAPSED, at=at)
    case.closed_at, case.waiting, case.unanswered_since = at, "", None
    case.snoozed_until, case.asleep_firmly = None, False
    changed = ("root_cause", "closed_at", "waiting", "snoozed_until", "asleep_firmly", "unanswered_since")
    complete(case, "close", at=at, by=by, changed=changed, root_cause=case.root_cause_id)
    if case.kind == Case.Kind.COMPLAINT:
        _tell(case, Verb.COMPLAINT_RESOLVED, at=at, by=by, outcome=case.outcome)
    else:
        _tell(case, Verb.CASE_CLOSED, at=at, by=by)
    return case


def _check_settled(case: Case) -> None:
    if not case.outcome:
        raise CaseRefused(_("Say first whether the complaint is upheld."), "outcome_missing", "outcome")
    if case.outcome in NEEDS_CAUSE and case.root_cause is None:
        raise CaseRefused(_("Name what was at the root of it."), "root_cause_missing", "root_cause")


@transaction.atomic
def refer(case: Case, *, to: str, reference: str = "", by: User | None, at: datetime | None = None) -> Case:
    """The customer has taken the complaint outside, to an ombudsman say; for us it rests until it comes back.

    Raises CaseRefused (``body_missing``) too.
    """
    at = at or timezone.now()
    case = begin(case, "refer")
    if not to.strip():
        raise CaseRefused(_("Say to whom it was referred."), "body_missing", "to")
    Referral.objects.create(case=case, body=to.strip()[:120], reference=reference.strip()[:80], at=at, by=by)
    redress.turn_down(case, Redress.State.LAPSED, at=at)
    case.closed_at, case.waiting = case.closed_at or at, ""
    case.snoozed_until, case.asleep_firmly = None, False
    complete(case, "refer", at=at, by=by, changed=("closed_at", "waiting", "snoozed_until", "asleep_firmly"))
    _tell(case, Verb.COMPLAINT_REFERRED, at=at, by=by)
    return case


@transaction.atomic
def resolve(
    case: Case,
    *,
    answer: str,
    by: User | None,
    goodwill: int = 0,
    outcome: str = Case.Outcome.UPHELD,
    reason: str = "",
    root_cause: RootCause | None = None,
    channel: str = Case.Channel.EMAIL,
    seen: int | None = None,
    at: datetime | None = None,
) -> Case:
    """Answer, decide, give goodwill points and close, all or nothing: the short way for what is settled at once.

    ``reason`` is the answer where it is left out; a decision that stands is kept. Raises what ``replies.send``,
    ``decide``, ``redress.give`` and ``close`` raise.
    """
    at = at or timezone.now()
    case = begin(case, "close" if stages.after(case.kind, case.stage, "decide") is None else "decide")
    replies.send(case, answer, by=by, channel=channel, seen=seen, at=at)
    if stages.after(case.kind, case.stage, "decide"):
        case = decide(case, outcome=outcome, reason=reason or answer, by=by, at=at)
    if goodwill:
        key = f"goodwill:{case.pk}:{case.reopenings}"
        redress.give(case, Redress.Kind.POINTS, points=goodwill, key=key, by=by, at=at)
    return close(case, root_cause=root_cause, by=by, at=at)


def _tell_of_redress(case: Case, verb: Verb, lines: list[Redress], *, at: datetime, by: User | None) -> None:
    telling.tell(case, verb, by=by, at=at, **about(lines))


def _tell(case: Case, verb: Verb, *, at: datetime, by: User | None, **about: Any) -> None:
    """Once for each time that the case was opened."""
    telling.tell(case, verb, by=by, at=at, key=f"{verb}:{case.pk}:{case.reopenings}", **about)

"""Redress is proposed, approved, offered, accepted and paid; each line once, whatever happens to the case.

The customer is locked before the case, the case before its lines, and the wallet last.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from feedback.actions import cases, history
from feedback.actions.refusals import CaseRefused, NotOpen
from feedback.models import Case, Redress
from feedback.queries import redress as questions
from loyalty.actions import claims, clawbacks, points, rewards
from loyalty.models import Reward
from people.models import User

Kind, State = Redress.Kind, Redress.State
MOST_POINTS = 10_000_000


class WrongState(ValidationError):
    def __init__(self, line: Redress) -> None:
        super().__init__(
            _("That is not possible with redress that is “%(state)s”."),
            code="redress_state",
            params={"state": line.get_state_display()},
        )


class AboveLimit(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("That is more than you may give alone: propose it instead."), code="above_limit")


class SecondPersonNeeded(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("Somebody else has to approve this, who may give as much."), code="second_person_needed")


@transaction.atomic
def propose(
    case: Case,
    kind: str,
    *,
    points: int | None = None,
    reward: Reward | None = None,
    amount: int | None = None,
    currency: str = "",
    words: str = "",
    key: str | None = None,
    by: User | None,
    at: datetime | None = None,
) -> Redress:
    """Note what the customer should get. Within the limit of who proposes it, it is approved at once.

    ``amount`` is of money, in minor units. With the same key it is proposed once. Raises NotOpen and CaseRefused
    (``redress_incomplete``, ``customer_unknown``, ``reward_not_offered``).
    """
    at = at or timezone.now()
    case = cases.locked_with_customer(case)
    if key and (earlier := Redress.objects.filter(key=key).first()):
        return earlier
    if not case.is_open:
        raise NotOpen(case)
    line = Redress(
        case=case, kind=kind, points=points, reward=reward, amount=amount, currency=currency,
        words=words.strip()[:200], proposed_by=by, proposed_at=at, key=key,
    )  # fmt: skip
    _check(line)
    line.alone = questions.limits_of(by).allow(line)
    if line.alone:
        line.state, line.approved_by, line.approved_at = State.APPROVED, by, at
    line.save()
    _note(line, "redress_proposed", by=by, at=at, approved=line.alone)
    return line


def _check(line: Redress) -> None:
    """Only what belongs to its kind is kept of a line."""
    given = {Kind.POINTS: line.points, Kind.VOUCHER: line.reward, Kind.MONEY: line.amount, Kind.APOLOGY: True}
    if not given.get(line.kind) or (line.points or 0) > MOST_POINTS:  # type: ignore[call-overload]
        raise CaseRefused(_("Say what and how much."), "redress_incomplete", "kind")
    line.points = line.points if line.kind == Kind.POINTS else None
    line.reward = line.reward if line.kind == Kind.VOUCHER else None
    if line.kind == Kind.MONEY:
        line.currency = line.currency or settings.BUSINESS_CURRENCY
    else:
        line.amount = line.reward.amount if line.reward else None
        line.currency = line.reward.currency if line.reward and line.amount else ""
    if line.kind in (Kind.POINTS, Kind.VOUCHER) and line.case.customer is None:
        raise CaseRefused(_("Say first which customer this is."), "customer_unknown", "kind")
    if line.reward and line.reward.status != Reward.Status.LIVE:
        raise CaseRefused(_("This reward is not given now."), "reward_not_offered", "reward")


@transaction.atomic
def approve(line: Redress, *, by: User, at: datetime | None = None) -> Redress:
    """A second person agrees, who may give as much. Raises SecondPersonNeeded, WrongState, NotOpen."""
    line = _locked(line, State.PROPOSED)
    if not questions.who_may_approve(line, [(by, questions.limits_of(by))]):
        raise SecondPersonNeeded
    if not line.case.is_open:
        raise NotOpen(line.case)
    line.state, line.approved_by, line.approved_at = State.APPROVED, by, at or timezone.now()
    line.save(update_fields=["state", "approved_by", "approved_at"])
    _note(line, "redress_approved", by=by, at=line.approved_at)
    return line


@transaction.atomic
def withdraw(line: Redress, *, by: User | None, at: datetime | None = None) -> Redress:
    """Not after all: nobody has offered it yet. Raises WrongState."""
    line = _locked(line, *questions.WAITING)
    line.state, line.ended_at = State.WITHDRAWN, at or timezone.now()
    line.save(update_fields=["state", "ended_at"])
    _note(line, "redress_withdrawn", by=by, at=line.ended_at)
    return line


@transaction.atomic
def give(case: Case, kind: str, *, by: User | None, at: datetime | None = None, **what: Any) -> Redress:
    """Goodwill: given at once, without an offer. ``what`` is as in ``propose``; with the same key it is given once.

    Raises AboveLimit, what ``propose`` raises, and what loyalty raises.
    """
    at = at or timezone.now()
    line = propose(case, kind, by=by, at=at, **what)
    if line.state == State.PROPOSED:
        raise AboveLimit
    if line.state == State.APPROVED:
        line.offered_at = at
        settle([line], by=by, at=at)
    return line


def offer(case: Case, *, at: datetime) -> list[Redress]:
    """Offer what is approved of a case that is locked. Raises CaseRefused (``redress_waits``, ``redress_missing``)."""
    lines = list(case.redress.select_for_update().filter(state__in=questions.WAITING).order_by("pk"))
    if any(line.state == State.PROPOSED for line in lines):
        raise CaseRefused(_("Some of the redress still has to be approved, or withdrawn."), "redress_waits")
    if not lines:
        raise CaseRefused(_("There is nothing to offer yet: propose some redress."), "redress_missing")
    for line in lines:
        line.state, line.offered_at = State.OFFERED, at
        line.save(update_fields=["state", "offered_at"])
    return lines


def settle(lines: Iterable[Redress], *, by: User | None, at: datetime) -> None:
    """The customer takes it: points and vouchers are theirs now, money is to be paid. The case is locked."""
    for line in lines:
        line.ended_at = at
        if line.kind == Kind.MONEY:
            line.state = State.ACCEPTED
        else:
            _pay(line, by, at)
        line.save()
        _note(line, "redress_accepted" if line.kind == Kind.MONEY else "redress_paid", by=by, at=at)


def _pay(line: Redress, by: User | None, at: datetime) -> None:
    """By one posting, one voucher, or words."""
    key = f"redress:{line.pk}"
    if line.points:
        line.posting = points.grant(
            _taker(line), line.points, reason="redress", reference=line.case.number, key=key, by=by, at=at
        )
    elif line.reward:
        line.claim = rewards.issue(line.reward, to=_taker(line), reason="redress", key=key, by=by, at=at)
    line.state, line.paid_at, line.paid_by = State.PAID, at, by


def _taker(line: Redress) -> Customer:
    if line.case.customer is None:
        raise CaseRefused(_("Say first which customer this is."), "customer_unknown")
    return line.case.customer


def turn_down(case: Case, state: Redress.State, *, at: datetime) -> list[Redress]:
    """What was offered is not taken: declined, or lapsed where nobody answered. The case is locked."""
    lines = offered(case)
    for line in lines:
        line.state, line.ended_at = state, at
        line.save(update_fields=["state", "ended_at"])
    return lines


def offered(case: Case) -> list[Redress]:
    """What stands offered of a case that is locked, itself locked."""
    lines = case.redress.select_for_update(of=["self"]).filter(state=State.OFFERED)
    found = list(lines.select_related("reward").order_by("pk"))
    for line in found:
        line.case = case
    return found


@transaction.atomic
def record_payment(line: Redress, *, reference: str, by: User | None, at: datetime | None = None) -> Redress:
    """Money that was accepted has been paid. Raises WrongState, and CaseRefused (``reference_missing``)."""
    line = _locked(line, State.ACCEPTED)
    if not reference.strip():
        raise CaseRefused(_("Say by which payment."), "reference_missing", "reference")
    line.state, line.reference, line.paid_at, line.paid_by = (
        State.PAID,
        reference.strip()[:80],
        at or timezone.now(),
        by,
    )
    line.save(update_fields=["state", "reference", "paid_at", "paid_by"])
    _note(line, "redress_paid", by=by, at=line.paid_at)
    return line


@transaction.atomic
def undo(line: Redress, *, reason: str, by: User | None, at: datetime | None = None) -> Redress:
    """Take back what was paid in error, as far as loyalty can: points by a posting of their own, an unused voucher.

    Money is noted as taken back; an apology stands. Raises WrongState, CaseRefused (``reason_missing``,
    ``not_undoable``), and what loyalty raises.
    """
    at = at or timezone.now()
    line = _locked(line, State.PAID)
    if not reason.strip():
        raise CaseRefused(_("Say why."), "reason_missing", "reason")
    if line.posting:
        clawbacks.claw_back(line.posting, reason=reason.strip()[:200], key=f"redress_undone:{line.pk}", by=by, at=at)
    elif line.claim:
        claims.cancel(line.claim, reason=reason.strip()[:200], by=by, at=at)
    elif line.kind == Kind.APOLOGY:
        raise CaseRefused(_("An apology cannot be taken back."), "not_undoable")
    line.state, line.undone_at, line.undone_by = State.UNDONE, at, by
    line.save(update_fields=["state", "undone_at", "undone_by"])
    _note(line, "redress_undone", by=by, at=at)
    return line


def _locked(line: Redress, *states: Redress.State) -> Redress:
    """The line as it stands now, its customer and its case locked before it. Raises WrongState."""
    case = cases.locked_with_customer(line.case)
    rows = Redress.objects.select_for_update(of=["self"]).select_related("reward", "posting", "claim")
    line = rows.get(pk=line.pk)
    line.case = case
    if line.state not in states:
        raise WrongState(line)
    return line


def _note(line: Redress, what: str, *, by: User | None, at: datetime, **about: Any) -> None:
    history.note(line.case, what, at=at, by=by, redress=line.pk, kind=line.kind, **about)

"""Seats are given: customers are thought of, put on the short list, appointed with a reason, or taken back again."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory.actions import boards
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Board, Charter, Seat, Term
from advisory.queries import charters, eligibility
from communications import timing
from customers.models import Customer
from people.models import User


class NotEligible(BoardRefused):
    def __init__(self, reason: str) -> None:
        super().__init__(
            _("This customer cannot be a member: %(reason)s."), "not_eligible", "customer",
            reason=eligibility.REASONS[reason],
        )  # fmt: skip
        self.reason = reason


def free(board: Board) -> list[Seat]:
    """Seats that nobody is on or on the way to."""
    taken = Term.objects.filter(board=board).open().values("seat")
    return list(board.seats.filter(removed_at=None).exclude(pk__in=taken).order_by("number"))


def last_day(starts_on: date, months: int) -> date:
    """The day before the same day so many months later: a year from 1 July ends on 30 June."""
    month = starts_on.month - 1 + months
    year, month = starts_on.year + month // 12, month % 12 + 1
    for day in (starts_on.day, 30, 29, 28):
        try:
            return date(year, month, day) - timedelta(days=1 if day == starts_on.day else 0)
        except ValueError:
            continue
    raise AssertionError


@transaction.atomic
def nominate(
    seat: Seat,
    customer: Customer,
    *,
    route: str,
    starts_on: date,
    reason: str = "",
    state: str = Term.State.NOMINATED,
    by: User | None = None,
    at: datetime | None = None,
    **came_by: Any,
) -> Term:
    """Think of a customer for a seat. ``came_by`` is a draw or an election, and whom they replace.

    Raises BoardRefused (``no_charter``, ``seat_taken``).
    """
    boards.locked(seat.board)
    charter = _charter(seat.board)
    if seat.removed_at is not None or seat.terms.open().exists():
        raise BoardRefused(_("Somebody is on seat %(number)s."), "seat_taken", "seat", number=seat.number)
    return Term.objects.create(
        board=seat.board, seat=seat, customer=customer, route=route, reason=reason, state=state, starts_on=starts_on,
        ends_on=last_day(starts_on, charter.term_months), nominated_by=by, nominated_at=at or timezone.now(),
        **came_by,
    )  # fmt: skip


@transaction.atomic
def appoint(
    seat: Seat,
    customer: Customer,
    *,
    reason: str,
    starts_on: date,
    by: User | None = None,
    at: datetime | None = None,
) -> Term:
    """Choose somebody by name, with a reason that stands in the record; the charter says how many at most.

    Raises BoardRefused (``reason_missing``, ``appointed_enough``, ``no_charter``, ``seat_taken``), NotEligible.
    """
    at = at or timezone.now()
    boards.locked(seat.board)
    charter = _charter(seat.board)
    if not reason.strip():
        raise BoardRefused(_("Say why this customer is appointed."), "reason_missing", "reason")
    appointed = (
        Term.objects.filter(board=seat.board, route=Term.Route.APPOINTMENT).open().values("seat").distinct().count()
    )
    if appointed >= charter.most_appointed:
        raise BoardRefused(
            _("The charter lets %(most)s of %(size)s seats be appointed, and they are."), "appointed_enough", "seat",
            most=charter.most_appointed, size=charter.size,
        )  # fmt: skip
    if against := eligibility.why_not(seat.board, charter, customer, at):
        raise NotEligible(against)
    return nominate(
        seat, customer, route=Term.Route.APPOINTMENT, starts_on=starts_on, reason=reason.strip()[:500],
        state=Term.State.SHORTLISTED, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def shortlist(term: Term, *, by: User | None = None) -> Term:
    """Somebody nominated is wanted. Raises WrongState."""
    term = locked(term)
    if term.state != Term.State.NOMINATED:
        raise WrongState(term)
    term.state = Term.State.SHORTLISTED
    term.save(update_fields=["state"])
    return term


@transaction.atomic
def withdraw(term: Term, *, reason: str = "", by: User | None = None, at: datetime | None = None) -> Term:
    """Take somebody back who does not hold the seat yet; their link is dead. Raises WrongState."""
    term = locked(term)
    coming = term.state in Term.COMING
    future = term.state == Term.State.ACCEPTED and term.starts_on > timing.business_date(at or timezone.now())
    if not (coming or future):
        raise WrongState(term)
    return over(term, Term.State.WITHDRAWN, reason=reason, at=at or timezone.now())


def over(term: Term, state: str, *, reason: str, at: datetime) -> Term:
    """The locked term came to this end; its links are dead at once."""
    term.state, term.over_at, term.end_reason = state, at, reason.strip()[:500]
    term.remind_at, term.access = None, term.access + 1
    term.save()
    return term


def locked(term: Term) -> Term:
    """The board first, then the term: whoever fills or empties seats goes this way."""
    boards.locked(term.board)
    rows = Term.objects.select_for_update(of=["self"]).select_related("board", "seat", "customer", "draw__pool")
    return rows.get(pk=term.pk)


def _charter(board: Board) -> Charter:
    charter = charters.current(board)
    if charter is None:
        raise BoardRefused(_("Publish a charter first."), "no_charter")
    return charter

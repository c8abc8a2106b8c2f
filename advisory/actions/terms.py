"""Terms begin and end with their days; members leave before, stay for another one, and declare their interests."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory.actions import attendees, boards, invitations, seats
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Board, Declaration, Term
from advisory.queries import charters
from communications import timing
from customers.actions import timeline
from customers.models import Customer, Verb
from people.models import User

State = Term.State


def move_on(*, at: datetime | None = None, limit: int = 500) -> int:
    """Begin terms whose day has come, end those whose last day is over, and those of erased people.

    Each in a transaction of its own. Returns how many were moved.
    """
    at = at or timezone.now()
    today = timing.business_date(at)
    due = Term.objects.filter(state=State.ACCEPTED, starts_on__lte=today)
    due |= Term.objects.filter(state__in=Term.SEATED, ends_on__lt=today)
    due |= Term.objects.filter(state__in=Term.OPEN, customer__status=Customer.Status.ERASED)
    return sum(_move(pk, at, today) for pk in list(due.order_by("pk").values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _move(pk: int, at: datetime, today: date) -> bool:
    term = seats.locked(Term.objects.get(pk=pk))
    if term.customer.status == Customer.Status.ERASED and term.state in Term.OPEN:
        if term.state in Term.SEATED and term.starts_on <= today:
            _end(term, State.RESIGNED, reason="erased", on=today, by=None, at=at)
        else:
            seats.over(term, State.WITHDRAWN, reason="erased", at=at)
            attendees.left(term, by=None, at=at)
    elif term.state in Term.SEATED and term.ends_on < today:
        _end(term, State.ENDED, reason="", on=term.ends_on, by=None, at=at)
    elif term.state == State.ACCEPTED and term.starts_on <= today:
        term.state = State.ACTIVE
        term.save(update_fields=["state"])
    else:
        return False
    return True


@transaction.atomic
def withdraw(term: Term, *, reason: str = "", by: User | None = None, at: datetime | None = None) -> Term:
    """Take somebody back whose term is to come, also from the meetings that they were asked to. Raises WrongState."""
    at = at or timezone.now()
    term = seats.withdraw(term, reason=reason, by=by, at=at)
    attendees.left(term, by=by, at=at)
    return term


@transaction.atomic
def resign(term: Term, *, reason: str = "", by: User | None = None, at: datetime | None = None) -> Term:
    """A member leaves before the end; today is the last day. Raises WrongState."""
    return _leave(term, State.RESIGNED, reason=reason, by=by, at=at)


@transaction.atomic
def remove(term: Term, *, reason: str, by: User | None = None, at: datetime | None = None) -> Term:
    """A member is taken off the board, with a reason. Raises WrongState, BoardRefused (``reason_missing``)."""
    if not reason.strip():
        raise BoardRefused(_("Say why."), "reason_missing", "reason")
    return _leave(term, State.REMOVED, reason=reason, by=by, at=at)


def _leave(term: Term, state: str, *, reason: str, by: User | None, at: datetime | None) -> Term:
    at = at or timezone.now()
    today = timing.business_date(at)
    term = seats.locked(term)
    if term.state not in Term.SEATED or term.starts_on > today:
        raise WrongState(term)
    return _end(term, state, reason=reason, on=min(today, term.ends_on), by=by, at=at)


def _end(term: Term, state: str, *, reason: str, on: date, by: User | None, at: datetime) -> Term:
    """The locked term ends: its links are dead, its duties too."""
    term.ends_on = on
    seats.over(term, state, reason=reason, at=at)
    for duty in term.duties.filter(ends_on=None):
        boards.relieve(duty, on=on)
    attendees.left(term, by=by, at=at)
    timeline.record(
        term.customer, Verb.SEAT_ENDED, by=by, at=at, key=f"seat_ended:{term.pk}", board=term.board.code,
        term=term.pk, how=state,
    )  # fmt: skip
    return term


@transaction.atomic
def renew(term: Term, *, by: User | None = None, at: datetime | None = None) -> Term:
    """Ask a member to stay for another term, from the day after the last; they accept or decline as at first.

    Raises WrongState, and BoardRefused (``renewed``, ``terms_in_a_row``, ``no_address``, ``no_charter``).
    """
    at = at or timezone.now()
    term = seats.locked(term)
    if term.state not in Term.SEATED:
        raise WrongState(term)
    charter = charters.current(term.board)
    if charter is None:
        raise BoardRefused(_("Publish a charter first."), "no_charter")
    if Term.objects.filter(renews=term).exists():
        raise BoardRefused(_("This member was asked before."), "renewed")
    if in_a_row(term) >= charter.terms_in_a_row:
        raise BoardRefused(
            _("The charter lets members stay for %(most)s terms in a row."), "terms_in_a_row",
            most=charter.terms_in_a_row,
        )  # fmt: skip
    starts_on = term.ends_on + timedelta(days=1)
    new = Term.objects.create(
        board=term.board, seat=term.seat, customer=term.customer, route=term.route, reason=term.reason,
        draw=term.draw, election=term.election, renews=term, state=State.SHORTLISTED, starts_on=starts_on,
        ends_on=seats.last_day(starts_on, charter.term_months), nominated_by=by, nominated_at=at,
    )  # fmt: skip
    return invitations.invite(new, by=by, at=at)


def renew_cohort(
    board: Board, cohort: str, *, by: User | None = None, at: datetime | None = None
) -> tuple[list[Term], list[tuple[Term, ValidationError]]]:
    """Ask everybody on the seats of a cohort, together, who was not asked yet. Returns whom, and who cannot stay."""
    at = at or timezone.now()
    today = timing.business_date(at)
    rows = Term.objects.holding(today).filter(board=board, seat__cohort=cohort, renewed_by=None)
    asked, refused = [], []
    for term in rows.select_related("board", "customer").order_by("seat__number"):
        try:
            asked.append(renew(term, by=by, at=at))
        except ValidationError as refusal:
            refused.append((term, refusal))
    return asked, refused


def in_a_row(term: Term) -> int:
    """Which term of the same member it is, counted through renewals."""
    count, current = 1, term
    while current.renews is not None:
        count, current = count + 1, current.renews
    return count


@transaction.atomic
def declare(term: Term, kind: str, text: str = "", *, at: datetime | None = None) -> Declaration:
    """A member tells of an interest. Raises WrongState, BoardRefused (``kind_unknown``)."""
    term = seats.locked(term)
    if term.state not in (*Term.SEATED, State.INVITED):
        raise WrongState(term)
    if kind not in Declaration.Kind:
        raise BoardRefused(_("Choose what it is."), "kind_unknown", "kind")
    return Declaration.objects.create(term=term, kind=kind, text=text.strip(), made_at=at or timezone.now())


@transaction.atomic
def end_interest(declaration: Declaration, *, at: datetime | None = None) -> Declaration:
    """The interest is over."""
    declaration = Declaration.objects.select_for_update().get(pk=declaration.pk)
    if declaration.ended_at is None:
        declaration.ended_at = max(at or timezone.now(), declaration.made_at)
        declaration.save(update_fields=["ended_at"])
    return declaration

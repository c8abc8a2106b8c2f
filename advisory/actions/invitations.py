"""Those who are wanted are invited by e-mail, reminded once, and accept or decline by a signed link."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory import wordings
from advisory.actions import attendees, draws, recognition, seats
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Charter, Nda, Signature, Term
from advisory.queries import access, charters, people
from communications import timing
from communications.actions import outbox
from customers.actions import timeline
from customers.models import Verb
from people.models import User

State = Term.State
INVITABLE = (State.NOMINATED, State.SHORTLISTED)


@transaction.atomic
def invite(term: Term, *, by: User | None = None, at: datetime | None = None) -> Term:
    """Send the invitation. Raises WrongState, and BoardRefused (``no_address``, ``no_charter``)."""
    at = at or timezone.now()
    term = seats.locked(term)
    if term.state not in INVITABLE:
        raise WrongState(term)
    charter = charters.current(term.board)
    if charter is None:
        raise BoardRefused(_("Publish a charter first."), "no_charter")
    term.state, term.invited_at = State.INVITED, at
    term.answer_by = at + timedelta(days=charter.answer_days)
    term.remind_at = at + timedelta(days=charter.remind_days) if charter.remind_days else None
    term.save()
    _post(term, by=by, at=at)
    timeline.record(
        term.customer, Verb.SEAT_INVITED, by=by, at=at, key=f"seat_invited:{term.pk}", board=term.board.code,
        term=term.pk, route=term.route,
    )  # fmt: skip
    return term


def _post(term: Term, *, by: User | None, at: datetime, reminder: bool = False) -> None:
    address = people.address(term.customer)
    if address is None:
        raise BoardRefused(_("The customer has no e-mail address."), "no_address")
    assert term.answer_by
    said = wordings.invitation(term, access.link(term, "seat"), charters.current(term.board), reminder=reminder)
    outbox.queue(
        address, subject=said.subject, text=said.text, html=said.html, customer=term.customer, by=by, at=at,
        purpose="advisory", key=f"seat:{term.pk}:{'reminder' if reminder else 'invitation'}",
    )  # fmt: skip


@transaction.atomic
def accept(
    term: Term, *, name: str, charter: int | None = None, nda: int | None = None, at: datetime | None = None
) -> Term:
    """The member takes the seat, and signs by name the charter and the NDA that were shown, by their ids.

    Raises WrongState, and BoardRefused (``name_missing``, ``not_signed``: another version holds meanwhile, or a box
    was left; ``answer_late``).
    """
    at = at or timezone.now()
    term = seats.locked(term)
    if term.state != State.INVITED:
        raise WrongState(term)
    if term.answer_by and at > term.answer_by:
        raise BoardRefused(_("The time to answer is over."), "answer_late")
    sign(term, name=name, charter=charter, nda=nda, at=at)
    term.state, term.accepted_at, term.remind_at = State.ACCEPTED, at, None
    today = timing.business_date(at)
    term.starts_on = max(term.starts_on, today, _seat_is_free_on(term))
    term.ends_on = max(term.ends_on, term.starts_on)
    if term.starts_on <= today:
        term.state = State.ACTIVE
    term.save()
    verb = Verb.SEAT_RENEWED if term.renews_id else Verb.SEAT_ACCEPTED
    timeline.record(
        term.customer, verb, at=at, key=f"{verb}:{term.pk}", board=term.board.code, term=term.pk, seat=term.seat.number
    )
    recognition.joined(term, at=at)
    attendees.joined(term, at=at)
    return term


def _seat_is_free_on(term: Term) -> date:
    """The day after the last holder's last one."""
    held = Term.objects.filter(seat=term.seat, state__in=Term.HELD).aggregate(last=Max("ends_on"))["last"]
    return held + timedelta(days=1) if held else term.starts_on


@transaction.atomic
def sign(
    term: Term, *, name: str, charter: int | None = None, nda: int | None = None, at: datetime | None = None
) -> list[Signature]:
    """Sign what holds now and was not signed yet. Raises BoardRefused (``name_missing``, ``not_signed``)."""
    Term.objects.select_for_update().get(pk=term.pk)  # a button that is pressed twice signs once
    wanted_charter, wanted_nda = charters.unsigned(term)
    if not (wanted_charter or wanted_nda):
        return []
    if not name.strip():
        raise BoardRefused(_("Write your name to sign."), "name_missing", "name")
    _same(wanted_charter, charter, "charter")
    _same(wanted_nda, nda, "nda")
    rows = [Signature(term=term, charter=wanted_charter)] if wanted_charter else []
    rows += [Signature(term=term, nda=wanted_nda)] if wanted_nda else []
    for row in rows:
        row.name, row.at = name.strip()[:200], at or timezone.now()
    return Signature.objects.bulk_create(rows)


def _same(wanted: Charter | Nda | None, signed: int | None, field: str) -> None:
    if wanted is not None and wanted.pk != signed:
        raise BoardRefused(_("Please read and sign this, in the version of today."), "not_signed", field)


@transaction.atomic
def decline(
    term: Term, *, reason: str = "", refused_nda: bool = False, by: User | None = None, at: datetime | None = None
) -> Term:
    """The customer does not want the seat. Where they were drawn the same draw goes on at once. Raises WrongState."""
    at = at or timezone.now()
    term = seats.locked(term)
    if term.state != State.INVITED:
        raise WrongState(term)
    term.refused_nda = refused_nda
    return _not_coming(term, State.DECLINED, reason=reason, by=by, at=at)


def _not_coming(term: Term, state: str, *, reason: str, by: User | None, at: datetime) -> Term:
    seats.over(term, state, reason=reason, at=at)
    timeline.record(
        term.customer, Verb.SEAT_DECLINED, by=by, at=at, key=f"seat_declined:{term.pk}", board=term.board.code,
        term=term.pk, answered=state == State.DECLINED,
    )  # fmt: skip
    following = draws.go_on(term, by=by, at=at)
    if following is not None:
        invite(following, by=by, at=at)
    return term


def remind_due(*, at: datetime | None = None, limit: int = 200) -> int:
    """Remind, once, those who have not answered. Returns how many were settled."""
    at = at or timezone.now()
    due = Term.objects.filter(remind_at__lte=at, state=State.INVITED).order_by("remind_at")
    return sum(_remind(pk, at) for pk in list(due.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _remind(pk: int, at: datetime) -> bool:
    term = seats.locked(Term.objects.get(pk=pk))
    if term.state != State.INVITED or term.remind_at is None or term.remind_at > at:
        return False
    term.remind_at = None
    term.save(update_fields=["remind_at"])
    if term.answer_by and term.answer_by > at and people.address(term.customer):
        _post(term, by=None, at=at, reminder=True)
    return True


def overdue(at: datetime, limit: int = 200) -> list[Term]:
    """Who did not answer in time."""
    return list(Term.objects.filter(state=State.INVITED, answer_by__lt=at).order_by("answer_by")[:limit])


@transaction.atomic
def expire(term: Term, *, at: datetime | None = None) -> Term:
    """Nobody answered in time. Raises WrongState."""
    at = at or timezone.now()
    term = seats.locked(term)
    if term.state != State.INVITED or term.answer_by is None or term.answer_by >= at:
        raise WrongState(term)
    return _not_coming(term, State.EXPIRED, reason="", by=None, at=at)

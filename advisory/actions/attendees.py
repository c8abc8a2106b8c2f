"""Who is asked to a meeting, what they answer, and what being there earns."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory.actions import moves, recognition
from advisory.actions.changes import locked
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.confidentiality import Level
from advisory.models import Invitee, Meeting, Move, Officer, Presence, Term
from advisory.queries import members
from advisory.venues import cost
from customers.actions import timeline
from customers.models import Verb
from people.models import User

Answer, Way = Invitee.Answer, Invitee.Way


def gather(meeting: Meeting, *, by: User | None, at: datetime) -> list[Invitee]:
    """Ask whoever holds a seat on the day, the facilitator, the observers. Returns who was asked and is not any more.

    Part of the caller's transaction, which has locked the meeting.
    """
    assert meeting.starts_at is not None
    day = meeting.starts_at.astimezone(meeting.clock).date()
    there = {invitee.term_id: invitee for invitee in meeting.invitees.exclude(term=None)}
    for term in members.holders(meeting.board, on=day) if meeting.level < Level.COMPANY else ():
        invitee = there.pop(term.pk, None) or Invitee(meeting=meeting, term=term)
        term.board = meeting.board
        invitee.burden = _burden(term, meeting)
        invitee.removed_at = None
        invitee.save()
    gone = [invitee for invitee in there.values() if invitee.removed_at is None]
    for invitee in gone:
        invitee.removed_at = at
        invitee.save(update_fields=["removed_at"])
    officers = meeting.board.officers.filter(ends_on=None, user__isnull=False)
    staff = {officer.user_id for officer in officers if officer.duty != Officer.Duty.CHAIR} | {meeting.facilitator_id}
    for user in staff:
        if user is not None:
            Invitee.objects.get_or_create(meeting=meeting, user_id=user)
    return gone


def _burden(term: Term, meeting: Meeting) -> int:
    assert meeting.starts_at is not None
    assert meeting.ends_at is not None
    return cost(members.clock(term), meeting.starts_at, meeting.ends_at - meeting.starts_at)


def joined(term: Term, *, at: datetime) -> None:
    """Who has taken a seat is invited to the meetings in their term that were scheduled before."""
    coming = term.board.meetings.filter(state=Meeting.State.SCHEDULED, starts_at__gt=at, level__lt=Level.COMPANY)
    for row in coming.order_by("pk"):
        meeting = locked(row)
        if meeting.state != Meeting.State.SCHEDULED or meeting.starts_at is None:
            continue
        if not term.starts_on <= meeting.starts_at.astimezone(meeting.clock).date() <= term.ends_on:
            continue
        invitee, new = Invitee.objects.get_or_create(
            meeting=meeting, term=term, defaults={"burden": _burden(term, meeting)}
        )
        if new:
            moves.tell(meeting, [invitee], Move.Method.REQUEST, by=None, at=at)


def left(term: Term, *, by: User | None, at: datetime) -> None:
    """Who has left the board is not asked to what is to come: no reminder, no link; their calendar lets it go."""
    rows = Invitee.objects.filter(term=term, removed_at=None, meeting__state=Meeting.State.SCHEDULED)
    for invitee in rows.filter(meeting__starts_at__gt=at).order_by("meeting"):
        excuse(invitee, by=by, at=at)


@transaction.atomic
def answer(
    invitee: Invitee, answer: str, *, way: str = Way.PORTAL, comment: str = "", at: datetime | None = None
) -> Invitee:
    """Somebody says whether they come. Raises WrongState, BoardRefused (``answer_unknown``, ``not_invited``)."""
    rows = Invitee.objects.select_for_update(of=["self"]).select_related("meeting__board", "term__customer")
    invitee = rows.get(pk=invitee.pk)
    if answer not in Answer.values or answer == Answer.NEEDS_ACTION:
        raise BoardRefused(_("Say yes, no or maybe."), "answer_unknown", "answer")
    if invitee.removed_at:
        raise BoardRefused(_("You are not invited to this meeting any more."), "not_invited")
    if invitee.meeting.state not in (Meeting.State.SCHEDULED, Meeting.State.IN_PROGRESS):
        raise WrongState(invitee.meeting)
    invitee.answer, invitee.answered_at = answer, at or timezone.now()
    invitee.way, invitee.comment = way, comment.strip()[:500]
    invitee.save()
    when = invitee.answered_at
    key = f"{invitee.meeting.sequence}:{when.isoformat()}"
    moves.note(Verb.BOARD_ANSWERED, [invitee], invitee.meeting, key=key, by=None, at=when, answer=answer)
    return invitee


@transaction.atomic
def excuse(invitee: Invitee, *, by: User | None = None, at: datetime | None = None) -> Invitee:
    """Somebody is not asked any more; their calendar lets the meeting go. Raises BoardRefused (``not_invited``)."""
    at = at or timezone.now()
    rows = Invitee.objects.select_for_update(of=["self"]).select_related("meeting__board", "term__customer")
    invitee = rows.get(pk=invitee.pk)
    if invitee.removed_at:
        raise BoardRefused(_("Is not invited any more."), "not_invited")
    invitee.removed_at = at
    invitee.save(update_fields=["removed_at"])
    if invitee.meeting.state == Meeting.State.SCHEDULED:
        moves.tell(invitee.meeting, [invitee], Move.Method.CANCEL, by=by, at=at)
    return invitee


def reward(meeting: Meeting, *, by: User | None, at: datetime) -> None:
    """Each member who was there has attended: a fact and the board's points, once for a meeting."""
    there = Presence.objects.filter(invitee__meeting=meeting, invitee__term__isnull=False, substitute="")
    for pk in there.values_list("invitee", flat=True).distinct().order_by("invitee"):
        term = meeting.invitees.select_related("term__customer", "term__board").get(pk=pk).term
        if term is None or term.customer.status != "active":
            continue
        timeline.record(
            term.customer, Verb.BOARD_ATTENDED, by=by, at=at, key=f"board_attended:{meeting.pk}:{term.pk}",
            board=meeting.board.code, meeting=meeting.pk,
        )  # fmt: skip
        recognition.attended(term, meeting.pk, at=at)

"""Meetings are planned, scheduled, moved, cancelled, opened and closed."""

from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory.actions import agendas, attendees, moves, reminders
from advisory.actions.changes import locked, touched
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.confidentiality import Level
from advisory.models import Ballot, Board, Invitee, Item, Meeting, Move, Presence, Speaking
from advisory.queries import members
from advisory.queries.deadlines import minutes_due
from communications import envelopes
from people.models import User

State, Mode = Meeting.State, Meeting.Mode
WORDS = ("title", "purpose", "level", "facilitator")
TOGETHER = (Mode.OFFICE, Mode.IN_PERSON, Mode.HYBRID)
LONGEST_HOURS = 24


@transaction.atomic
def plan(
    board: Board,
    title: str,
    *,
    purpose: str = "",
    level: int = Level.BOARD,
    mode: str = Mode.VIDEO,
    facilitator: User | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Meeting:
    """A meeting without a time yet. Raises BoardRefused (``board_closed``, ``title_missing``)."""
    if board.closed_at:
        raise BoardRefused(_("This board is closed."), "board_closed")
    if not title.strip():
        raise BoardRefused(_("Give it a title."), "title_missing", "title")
    host = envelopes.person(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    meeting = Meeting.objects.create(
        board=board, title=title.strip(), purpose=purpose.strip(), level=max(level, board.level), mode=mode,
        zone=board.zone, facilitator=facilitator, uid=f"meeting-{uuid4().hex}@{host}", made_by=by,
        made_at=at or timezone.now(),
    )  # fmt: skip
    reminders.set(meeting, reminders.USUAL)
    agendas.carry_open_actions(meeting)
    return meeting


@transaction.atomic
def reword(meeting: Meeting, *, by: User | None = None, **words: Any) -> Meeting:
    """Other words: title, purpose, level, facilitator. Calendars keep their number and people their answers.

    Raises BoardRefused (``title_missing``), WrongState.
    """
    meeting = locked(meeting)
    if not meeting.is_open:
        raise WrongState(meeting)
    for name, value in words.items():
        if name not in WORDS:
            raise TypeError(name)
        setattr(meeting, name, value.strip() if isinstance(value, str) else value)
    if not meeting.title:
        raise BoardRefused(_("Give it a title."), "title_missing", "title")
    meeting.level = max(meeting.level, meeting.board.level)
    meeting.save()
    return touched(meeting)


@transaction.atomic
def schedule(
    meeting: Meeting,
    *,
    starts_at: datetime,
    ends_at: datetime,
    mode: str | None = None,
    place: str | None = None,
    video_url: str | None = None,
    zone: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Meeting:
    """Give a meeting its time and place and invite everybody: calendars get number 0.

    Raises WrongState, BoardRefused (``ends_before_it_starts``, ``starts_in_the_past``, ``too_long``,
    ``place_missing``, ``zone_unknown``, ``nobody_to_invite``).
    """
    at = at or timezone.now()
    meeting = locked(meeting)
    if meeting.state not in (State.DRAFT, State.POLLING):
        raise WrongState(meeting)
    _place(
        meeting, starts_at=starts_at, ends_at=ends_at, mode=mode, place=place, video_url=video_url, zone=zone, at=at
    )
    meeting.state, meeting.scheduled_at, meeting.sequence = State.SCHEDULED, at, 0
    meeting.save()
    attendees.gather(meeting, by=by, at=at)
    if not meeting.invitees.filter(term__isnull=False, removed_at=None).exists():
        raise BoardRefused(_("Nobody holds a seat on that day."), "nobody_to_invite")
    moves.announce(meeting, Move.Method.REQUEST, by=by, at=at)
    agendas.carry_open_actions(meeting)
    return touched(meeting)


@transaction.atomic
def move(
    meeting: Meeting,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    mode: str | None = None,
    place: str | None = None,
    video_url: str | None = None,
    zone: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Meeting:
    """Another time or place: calendars get the next number, all are asked anew. The same changes nothing.

    Raises what ``schedule`` raises.
    """
    at = at or timezone.now()
    meeting = locked(meeting)
    if meeting.state != State.SCHEDULED:
        raise WrongState(meeting)
    before = moves.event(meeting, at=at)
    _place(
        meeting, starts_at=starts_at or meeting.starts_at, ends_at=ends_at or meeting.ends_at, mode=mode, place=place,
        video_url=video_url, zone=zone, at=at,
    )  # fmt: skip
    if not moves.differs(before, meeting):
        meeting.save()
        return meeting
    meeting.sequence += 1
    meeting.save()
    gone = attendees.gather(meeting, by=by, at=at)
    meeting.invitees.exclude(answer=Invitee.Answer.NEEDS_ACTION).update(
        answer=Invitee.Answer.NEEDS_ACTION, answered_at=None, way="", comment=""
    )
    moves.announce(meeting, Move.Method.REQUEST, by=by, at=at)
    moves.tell(meeting, gone, Move.Method.CANCEL, by=by, at=at)
    return touched(meeting)


@transaction.atomic
def cancel(meeting: Meeting, *, reason: str, by: User | None = None, at: datetime | None = None) -> Meeting:
    """It does not take place; calendars let it go.

    Raises WrongState, BoardRefused (``reason_missing``, ``ballot_open``).
    """
    at = at or timezone.now()
    meeting = locked(meeting)
    if not meeting.is_open:
        raise WrongState(meeting)
    if not reason.strip():
        raise BoardRefused(_("Say why."), "reason_missing", "reason")
    _no_ballot_is_open(meeting)
    invited = meeting.state in (State.SCHEDULED, State.IN_PROGRESS)
    meeting.state, meeting.cancelled_at, meeting.cancel_reason = State.CANCELLED, at, reason.strip()[:300]
    meeting.sequence += invited
    meeting.save()
    if invited:
        moves.announce(meeting, Move.Method.CANCEL, by=by, at=at)
    return touched(meeting)


@transaction.atomic
def open(meeting: Meeting, *, by: User | None = None, at: datetime | None = None) -> Meeting:
    """It begins. How many seats are filled is kept for the quorum. Raises WrongState."""
    at = at or timezone.now()
    meeting = locked(meeting)
    if meeting.state != State.SCHEDULED:
        raise WrongState(meeting)
    attendees.gather(meeting, by=by, at=at)
    agendas.carry_open_actions(meeting)
    meeting.state, meeting.started_at = State.IN_PROGRESS, at
    meeting.seats, meeting.filled = members.filled(meeting.board, on=at.astimezone(meeting.clock).date())
    meeting.save()
    return touched(meeting)


@transaction.atomic
def close(meeting: Meeting, *, by: User | None = None, at: datetime | None = None) -> Meeting:
    """It ends: who is there leaves, nobody speaks, and the minutes are due. Who was there has their points.

    Raises WrongState, BoardRefused (``ballot_open``).
    """
    at = at or timezone.now()
    meeting = locked(meeting)
    if meeting.state != State.IN_PROGRESS:
        raise WrongState(meeting)
    _no_ballot_is_open(meeting)
    Item.objects.filter(meeting=meeting, begun_at__isnull=False, ended_at=None).update(ended_at=at)
    Speaking.objects.filter(meeting=meeting, ended_at=None).update(ended_at=at)
    Presence.objects.filter(invitee__meeting=meeting, left_at=None).update(left_at=at)
    meeting.state, meeting.closed_at = State.CLOSED, at
    meeting.minutes_due_on = minutes_due(meeting, at)
    meeting.save()
    attendees.reward(meeting, by=by, at=at)
    return touched(meeting)


def _no_ballot_is_open(meeting: Meeting) -> None:
    if meeting.ballots.filter(state=Ballot.State.OPEN).exists():
        raise BoardRefused(_("A ballot is still open."), "ballot_open")


def _place(
    meeting: Meeting, *, starts_at: datetime | None, ends_at: datetime | None, mode: str | None, place: str | None,
    video_url: str | None, zone: str | None, at: datetime,
) -> None:  # fmt: skip
    if starts_at is None or ends_at is None or ends_at <= starts_at:
        raise BoardRefused(_("It ends before it begins."), "ends_before_it_starts", "ends_at")
    if starts_at < at:
        raise BoardRefused(_("That time is past."), "starts_in_the_past", "starts_at")
    if (ends_at - starts_at).total_seconds() > LONGEST_HOURS * 3600:
        raise BoardRefused(_("A meeting lasts a day at most."), "too_long", "ends_at")
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    meeting.mode = mode or meeting.mode
    meeting.place = meeting.place if place is None else place.strip()
    meeting.video_url = meeting.video_url if video_url is None else video_url.strip()
    if meeting.mode in TOGETHER and not meeting.place:
        raise BoardRefused(_("Say where it is."), "place_missing", "place")
    if zone:
        try:
            meeting.zone = ZoneInfo(zone).key
        except (KeyError, ValueError, OSError):
            raise BoardRefused(_("No such time zone."), "zone_unknown", "zone") from None

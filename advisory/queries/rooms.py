"""What the room shows: the clock against the agenda, who is there, who speaks how much, the ballot that is open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db import connection

from advisory.models import ActionItem, Ballot, Invitee, Item, Meeting, Mood, Presence, Recommendation, Speaking
from advisory.queries import charters, results

TAG = """
SELECT change,
    (SELECT count(*) FROM advisory_entitlement JOIN advisory_ballot ON advisory_ballot.id = ballot_id
     WHERE meeting_id = advisory_meeting.id AND voted),
    (SELECT md5(coalesce(string_agg(looks, ',' ORDER BY advisory_mood.id), '')) FROM advisory_mood
     JOIN advisory_item ON advisory_item.id = item_id WHERE meeting_id = advisory_meeting.id),
    (SELECT md5(coalesce(string_agg(choice::text, ',' ORDER BY advisory_vote.id), '')) FROM advisory_vote
     JOIN advisory_ballot ON advisory_ballot.id = ballot_id
     WHERE meeting_id = advisory_meeting.id AND state = 'open' AND NOT hidden)
FROM advisory_meeting WHERE id = %s
"""


@dataclass(frozen=True)
class Slot:
    """An item with when it should begin and end, now that others took as long as they took."""

    item: Item
    starts_at: datetime
    ends_at: datetime
    minutes_over: int = 0

    @property
    def is_on(self) -> bool:
        return bool(self.item.begun_at and not self.item.ended_at)

    @property
    def is_over(self) -> bool:
        return bool(self.item.ended_at)


@dataclass
class Person:
    invitee: Invitee
    there: Presence | None


@dataclass
class Shown:
    """A ballot with how many have voted, and its result where it may be shown."""

    ballot: Ballot
    voted: int
    entitled: int
    waiting: list[str]
    bars: list[results.Bar] = field(default_factory=list)
    words: str = ""


@dataclass
class Room:
    meeting: Meeting
    slots: list[Slot]
    now: Slot | None
    following: Slot | None
    minutes_over: int
    members: list[Person]
    staff: list[Person]
    quorum: int
    host_percent: int | None
    host_most: int
    substitutes: bool
    speaking: Speaking | None
    ballots: list[Shown]
    moods: dict[str, int]
    actions: list[ActionItem]
    recommended: list[Recommendation]

    @property
    def present(self) -> int:
        return sum(person.there is not None for person in self.members)

    @property
    def has_quorum(self) -> bool:
        return self.present >= self.quorum

    @property
    def host_speaks_too_much(self) -> bool:
        return self.host_percent is not None and self.host_percent > self.host_most


def tag(meeting: int) -> str:
    """Changes when anything in the room of this meeting has: one query, whatever the room shows.

    Ask before anything is read that is shown with it: a tag newer than what it stands for would hide the change from
    who shows it, for good.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAG, [meeting])
        change, voted, moods, said = cursor.fetchone() or (0, 0, "", "")
    return f"{meeting}-{change}-{voted}-{moods[:8]}-{said[:8]}"


def room(meeting: Meeting, *, at: datetime) -> Room:
    items = list(meeting.items.select_related("note").prefetch_related("quotes__invitee__term__customer"))
    slots = clock(meeting, items, at=at)
    now = next((slot for slot in slots if slot.is_on), None)
    later = [slot for slot in slots if not slot.is_on and not slot.is_over]
    people = _people(meeting)
    charter = charters.current(meeting.board)
    filled = (
        meeting.filled if meeting.filled is not None else sum(person.invitee.term_id is not None for person in people)
    )
    end = slots[-1].ends_at if slots else None
    return Room(
        meeting=meeting, slots=slots, now=now, following=later[0] if later else None,
        minutes_over=max(0, ceil((end - meeting.ends_at).total_seconds() / 60)) if end and meeting.ends_at else 0,
        members=[person for person in people if person.invitee.term_id],
        staff=[person for person in people if person.invitee.user_id],
        quorum=charter.quorum_of(filled) if charter else 0,
        host_percent=host_percent(meeting, at=at), host_most=charter.host_percent if charter else 100,
        substitutes=bool(charter and charter.substitutes),
        speaking=meeting.speaking.filter(ended_at=None).first(),
        ballots=shown(meeting), moods=moods(now.item if now else None),
        actions=list(ActionItem.objects.filter(meeting=meeting).select_related("owner", "owner_term__customer")),
        recommended=_recommended(meeting, at=at),
    )  # fmt: skip


def clock(meeting: Meeting, items: list[Item], *, at: datetime) -> list[Slot]:
    """What is over stands as it was; what is on ends when planned, or now; the rest follows one after another."""
    cursor = meeting.started_at or meeting.starts_at or at
    slots = []
    for item in sorted(items, key=lambda item: (item.begun_at is None, item.begun_at or at, item.position)):
        length = timedelta(minutes=item.minutes)
        if item.begun_at:
            planned = item.begun_at + length
            ends = item.ended_at or max(planned, at)
            over = ceil((ends - planned).total_seconds() / 60) if ends > planned else 0
            slots.append(Slot(item, item.begun_at, ends, over))
            cursor = ends
        else:
            starts = max(cursor, at) if meeting.state == Meeting.State.IN_PROGRESS else cursor
            slots.append(Slot(item, starts, starts + length))
            cursor = starts + length
    return slots


def host_percent(meeting: Meeting, *, at: datetime) -> int | None:
    """Of what was spoken so far, how much the host spoke; None while nobody has."""
    seconds: dict[str, float] = dict.fromkeys(Speaking.Side.values, 0.0)
    for turn in meeting.speaking.all():
        seconds[turn.side] += ((turn.ended_at or at) - turn.begun_at).total_seconds()
    whole = sum(seconds.values())
    return round(100 * seconds[Speaking.Side.HOST] / whole) if whole > 0 else None


def moods(item: Item | None) -> dict[str, int]:
    found = dict.fromkeys(Mood.Looks.values, 0)
    if item is not None:
        for looks in Mood.objects.filter(item=item).values_list("looks", flat=True):
            found[looks] += 1
    return found


def shown(meeting: Meeting) -> list[Shown]:
    """The ballots of a meeting, the newest first, each with what may be told of it now."""
    rows = meeting.ballots.prefetch_related("entitlements__invitee__term__customer", "votes__entitlement")
    return [_shown(ballot) for ballot in rows.order_by("-pk")]


def _shown(ballot: Ballot) -> Shown:
    rights = list(ballot.entitlements.all())
    waiting = [right.invitee.who for right in rights if not right.voted] if ballot.state == Ballot.State.OPEN else []
    made = Shown(ballot, sum(right.voted for right in rights), len(rights), waiting)
    if ballot.is_counted:
        made.bars, made.words = results.bars(ballot), results.in_words(ballot)
    elif ballot.shows_early:
        made.bars = results.so_far(ballot, [vote.choice for vote in ballot.votes.all()])
    return made


def _recommended(meeting: Meeting, *, at: datetime) -> list[Recommendation]:
    """What the board has recommended since the meeting began."""
    if meeting.started_at is None:
        return []
    made = (meeting.started_at, meeting.closed_at or at)
    return list(meeting.board.recommendations.filter(proposed_at__range=made).order_by("pk"))


def _people(meeting: Meeting) -> list[Person]:
    there = {row.invitee_id: row for row in Presence.objects.filter(invitee__meeting=meeting, left_at=None)}
    invitees = meeting.invitees.filter(removed_at=None).select_related("term__customer", "user").order_by("pk")
    return [Person(invitee, there.get(invitee.pk)) for invitee in invitees]


def named_votes(ballot: Ballot) -> list[tuple[str, Any]]:
    """Who voted what, of a ballot that is not secret."""
    if ballot.is_secret:
        return []
    votes = ballot.votes.select_related("entitlement__invitee__term__customer")
    return sorted(
        (results.choice_in_words(ballot, vote.choice), vote.entitlement.invitee.who)
        for vote in votes
        if vote.entitlement
    )

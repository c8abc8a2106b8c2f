"""Meetings as lists: what comes, what runs, what was; and what of one a member may see."""

from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from advisory.confidentiality import Level, readable
from advisory.models import Ballot, Board, Entitlement, Invitee, Item, Material, Meeting, Minutes, Term

State = Meeting.State


def told_as(meeting: Meeting) -> str:
    """By which words it may be told where anybody may read along: letters, calendars, paper on a wall."""
    return f"{meeting.board.name}: {meeting.title}" if meeting.level <= Level.BOARD else meeting.board.name


def listed(*, board: Board | None = None) -> QuerySet[Meeting]:
    """Running first, then what comes, the next first; then what was, the latest first."""
    asked = Q(invitees__term__isnull=False, invitees__removed_at=None)
    rows = Meeting.objects.select_related("board", "facilitator").annotate(
        asked=Count("invitees", filter=asked), coming=Count("invitees", filter=asked & Q(invitees__answer="accepted"))
    )
    return rows.filter(board=board) if board else rows


def overdue_minutes(on: date) -> QuerySet[Meeting]:
    """Closed meetings whose minutes are due and not approved."""
    done = Minutes.objects.filter(state__in=Minutes.FINAL).values("meeting")
    rows = Meeting.objects.filter(state=State.CLOSED, minutes_due_on__lt=on).exclude(pk__in=done)
    return rows.select_related("board").order_by("minutes_due_on")


def of_member(term: Term, level: Level) -> QuerySet[Meeting]:
    """The meetings of a member's own board that they may know of. What is still planned is nobody's but staff's."""
    rows = Meeting.objects.filter(board=term.board_id, level__in=readable(level)).exclude(state=State.DRAFT)
    asked = Invitee.objects.filter(meeting=OuterRef("pk"), term=term, removed_at=None)
    return rows.filter(Q(state=State.POLLING) | Exists(asked))


def asked(term: Term, level: Level) -> QuerySet[Invitee]:
    """A member's own invitations to those of these meetings that they were asked to, each with its meeting."""
    rows = Invitee.objects.filter(term=term, removed_at=None, meeting__board=term.board_id)
    rows = rows.filter(meeting__level__in=readable(level)).exclude(meeting__state=State.DRAFT)
    return rows.select_related("meeting__board")


def items_of(meeting: Meeting, level: Level) -> QuerySet[Item]:
    """What a reader of this level sees of an agenda: of the rest not even that it is there."""
    return meeting.items.filter(level__in=readable(level))


def materials_of(meeting: Meeting, level: Level, *, at: datetime) -> dict[int, list[Material]]:
    """What there is to read, by item: nothing above the level, nothing before its time."""
    found: dict[int, list[Material]] = {}
    rows = Material.objects.filter(item__meeting=meeting, level__in=readable(level), item__level__in=readable(level))
    for material in rows.filter(Q(from_at=None) | Q(from_at__lte=at)).order_by("pk"):
        found.setdefault(material.item_id, []).append(material)
    return found


def ballots_of(meeting: Meeting, level: Level) -> QuerySet[Ballot]:
    """Ballots that members see: open ones and published ones, of items that they may see."""
    seen = Q(item=None) | Q(item__level__in=readable(level))
    rows = meeting.ballots.filter(state__in=[Ballot.State.OPEN, Ballot.State.PUBLISHED])
    return rows.filter(seen).order_by("-pk")


def ballots_for(meeting: Meeting, level: Level, invitee: Invitee | None) -> QuerySet[Ballot, Any]:
    """Those that a member sees, each with who may vote, who has, and the member's own right and vote as ``mine``."""
    own = Entitlement.objects.filter(invitee=invitee).select_related("vote")
    return (
        ballots_of(meeting, level)
        .annotate(who_may=Count("entitlements"), who_voted=Count("entitlements", filter=Q(entitlements__voted=True)))
        .prefetch_related(Prefetch("entitlements", queryset=own, to_attr="mine"))
    )


def minutes_of(meeting: Meeting) -> QuerySet[Minutes]:
    """What members may read: circulated drafts and published revisions."""
    states = [Minutes.State.CIRCULATED, Minutes.State.PUBLISHED]
    return meeting.minutes.filter(state__in=states).order_by("-number")

"""What a member sees on their own pages: nothing above their level, of nobody else's board."""

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from advisory.confidentiality import Level, readable
from advisory.models import (
    ActionItem,
    Board,
    Entitlement,
    Follow,
    Invitee,
    Meeting,
    Post,
    ProductUpdate,
    Recommendation,
    Term,
    Topic,
)
from calendars import icalendar
from customers.models import Customer
from loyalty.queries import points

State = Meeting.State


def coming(term: Term, rows: QuerySet[Meeting]) -> list[Meeting]:
    """What is ahead or running, the next first; each with the member's own invitation as ``mine`` and open votes."""
    mine = Prefetch("invitees", queryset=Invitee.objects.filter(term=term), to_attr="mine")
    waiting = Entitlement.objects.filter(
        ballot__meeting=OuterRef("pk"), ballot__state="open", invitee__term=term, voted=False
    )
    found = rows.filter(state__in=[State.POLLING, State.SCHEDULED, State.IN_PROGRESS]).prefetch_related(mine)
    return list(found.annotate(votes=Exists(waiting)).order_by("starts_at", "pk"))


def past(rows: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """What was, the latest first, with whether there are minutes to read."""
    readable_minutes = Count("minutes", filter=Q(minutes__state__in=["circulated", "published"]), distinct=True)
    found = rows.filter(state__in=[State.CLOSED, State.CANCELLED]).annotate(papers=readable_minutes)
    return found.order_by("-starts_at", "-pk")


def recommendations(board: Board, level: Level) -> QuerySet[Recommendation]:
    """Recommendations as members see them: in their published state, whatever the company has decided inside."""
    rows = Recommendation.objects.filter(board=board, level__in=readable(level), merged_into=None)
    return rows.order_by("-proposed_at", "-pk")


def released(shown: Iterable[Recommendation]) -> dict[int, list[ProductUpdate]]:
    """What has come of each, where members know that it came: updates that customers have already."""
    known = [one.pk for one in shown if one.published == Recommendation.State.SHIPPED]
    links = Recommendation.updates.through.objects.filter(recommendation__in=known)
    rows = links.exclude(productupdate__shipped_on=None).select_related("productupdate").order_by("pk")
    found: dict[int, list[ProductUpdate]] = {}
    for link in rows:
        found.setdefault(link.recommendation_id, []).append(link.productupdate)
    return found


def topics(board: Board, level: Level, *, words: str = "", hidden: bool = False) -> QuerySet[Topic]:
    """Topics of the forum; with words, those that have them in the title or in a post that is not hidden.

    ``hidden`` is for moderators: those too that nobody else sees any more.
    """
    rows = Topic.objects.filter(board=board, level__in=readable(level))
    rows = rows if hidden else rows.filter(hidden_at=None)
    for word in words.split()[:5]:
        said = Post.objects.filter(topic=OuterRef("pk"), hidden_at=None, text__icontains=word)
        rows = rows.filter(Q(title__icontains=word) | Exists(said))
    counted = Count("posts", filter=Q(posts__hidden_at=None))
    return rows.select_related("term__customer", "user").annotate(many=counted).order_by("-pinned", "-last_at", "-pk")


def points_of(customer: Customer) -> int:
    return points.balance(customer).available


def to_do(term: Term, level: Level) -> list[ActionItem]:
    """What a member has promised; nothing of items and meetings that they may not see."""
    rows = ActionItem.objects.filter(owner_term=term, state=ActionItem.State.OPEN)
    rows = rows.filter(Q(item=None) | Q(item__level__in=readable(level)))
    rows = rows.filter(Q(meeting=None) | Q(meeting__level__in=readable(level)))
    return list(rows.order_by("due_on", "pk"))


def wish_of(term: Term) -> str:
    found = Follow.objects.filter(term=term).values_list("wish", flat=True).first()
    return found or Follow.Wish.MENTIONS


def event(meeting: Meeting) -> icalendar.Event:
    """A meeting in a feed. What is confidential stays out of other people's calendars."""
    assert meeting.starts_at is not None
    assert meeting.ends_at is not None
    plain = meeting.level <= Level.BOARD
    return icalendar.Event(
        uid=meeting.uid, sequence=meeting.sequence, zone=meeting.zone,
        stamped_at=meeting.scheduled_at or timezone.now(),
        summary=f"{meeting.board.name}: {meeting.title}" if plain else meeting.board.name,
        starts_at=meeting.starts_at, ends_at=meeting.ends_at,
        location=", ".join(filter(None, [meeting.place, meeting.video_url])),
    )  # fmt: skip

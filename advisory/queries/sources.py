"""Where evidence for a recommendation may come from: what customers answered to surveys, and what members said."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from advisory.models import Asked, Quote, Recommendation
from feedback.models import Answer, Invitation

SHOWN = 20
WORDS = 300


@dataclass(frozen=True)
class Source:
    """An answer or a quote in its words, with where it comes from; ``there`` where it is evidence already."""

    pk: int
    words: str
    where: str
    score: int | None = None
    presented: bool = False
    there: bool = False


def answers(recommendation: Recommendation, words: str) -> list[Source]:
    """Answers in words that were sent off: those that members of this board presented first, then the newest."""
    rows = Answer.objects.filter(invitation__state=Invitation.State.ANSWERED).exclude(text="")
    rows = rows.filter(text__icontains=words) if words else rows
    mine = Asked.objects.filter(
        invitation=OuterRef("invitation"), presented_at__isnull=False, term__board=recommendation.board_id
    )
    rows = rows.annotate(presented=Exists(mine), there=Exists(recommendation.evidence.filter(answer=OuterRef("pk"))))
    rows = rows.select_related("invitation__survey").order_by("-presented", "-pk")
    return [
        Source(
            row.pk, row.text, str(row.invitation.survey), row.invitation.score, row.presented, row.there
        )
        for row in rows[:SHOWN]
    ]  # fmt: skip


def quotes(recommendation: Recommendation, words: str) -> list[Source]:
    """What members said in meetings of this board; nothing from an item that fewer may know of."""
    there = set(recommendation.evidence.values_list("words", flat=True))
    rows = quotable(recommendation).filter(Q(text__icontains=words) if words else Q()).order_by("-pk")
    return [Source(row.pk, row.text, row.item.meeting.title, there=quoted(row) in there) for row in rows[:SHOWN]]


def quotable(recommendation: Recommendation) -> QuerySet[Quote]:
    most = recommendation.level
    rows = Quote.objects.filter(
        item__meeting__board=recommendation.board_id, item__level__lte=most, item__meeting__level__lte=most
    )
    return rows.select_related("item__meeting")


def quoted(quote: Quote) -> str:
    """A quote as evidence: the words and where they were said; never the name, which an erasure could not find."""
    where = f" ({_('a member')}, {quote.item.meeting.title})"
    room = WORDS - len(where) - 2
    words = quote.text if len(quote.text) <= room else quote.text[: room - 1] + "…"
    return f"“{words}”{where}"

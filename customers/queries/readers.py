"""How far the readers of the timeline have come. Places in the order say it; only facts without one are counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Max, QuerySet

from customers.models import Bookmark, Fact, SetAside

LATE, STUCK = timedelta(minutes=5), timedelta(hours=1)
COUNTED = 10_000  # facts without a place: more are "more than"; they lie in an index of their own


@dataclass(frozen=True)
class Progress:
    """One reader. ``behind`` is how many facts it has not read, ``more`` that there are more than that; ``oldest`` is
    when the first of them was recorded, None where it has read all.
    """

    reader: str
    lanes: int
    behind: int
    more: bool
    oldest: datetime | None
    moved_at: datetime
    failing: bool
    set_aside: bool

    def state(self, now: datetime) -> str:
        """``current``, ``late`` or ``stuck``."""
        age = now - self.oldest if self.oldest else timedelta()
        return "stuck" if age > STUCK else "late" if age > LATE else "current"


def progress() -> list[Progress]:
    """All readers by name, in seven statements however many there are."""
    marks = list(Bookmark.objects.order_by("reader", "lane"))
    highest = Fact.objects.aggregate(highest=Max("position"))["highest"] or 0
    places = {mark.position + 1 for mark in marks if mark.position < highest}
    recorded = dict(Fact.objects.filter(position__in=places).values_list("position", "recorded_at"))
    waiting = Fact.objects.filter(position=None).order_by("pk")[: COUNTED + 1].count()
    newest = Fact.objects.filter(position=None).order_by("pk").values_list("recorded_at", flat=True).first()
    failing = set(SetAside.objects.filter(next_try_at__isnull=False).values_list("reader", flat=True).distinct())
    aside = set(SetAside.objects.filter(set_aside_at__isnull=False).values_list("reader", flat=True).distinct())
    answer = []
    for reader, lanes in groupby(marks, key=lambda mark: mark.reader):
        rows = list(lanes)
        lowest = min(mark.position for mark in rows)
        answer.append(
            Progress(
                reader=reader,
                lanes=len(rows),
                behind=highest - lowest + min(waiting, COUNTED),
                more=waiting > COUNTED,
                oldest=recorded.get(lowest + 1, newest),
                moved_at=max(mark.moved_at for mark in rows),
                failing=reader in failing,
                set_aside=reader in aside,
            )
        )
    return answer


def set_aside() -> QuerySet[SetAside]:
    """What readers have set aside and nobody has settled."""
    return SetAside.objects.filter(set_aside_at__isnull=False).select_related("fact__customer")

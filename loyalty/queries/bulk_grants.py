"""What a bulk grant would do, and how far it is."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from customers.models import Customer
from customers.queries import segments
from loyalty.models import BulkGrant, BulkGrantRow

FIRST = 10


@dataclass(frozen=True)
class Preview:
    """Whom it would reach if it were started now."""

    count: int
    points: int
    first: list[Customer]


def preview(grant: BulkGrant, *, at: datetime | None = None) -> Preview:
    chosen = segments.members(grant.segment, at)
    count = chosen.count()
    return Preview(count, count * grant.points, list(chosen.order_by("pk")[:FIRST]))


@dataclass(frozen=True)
class Progress:
    waiting: int
    granted: int
    refused: int
    undone: int
    codes: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return self.waiting + self.granted + self.refused + self.undone

    @property
    def percent(self) -> int:
        return 100 * (self.total - self.waiting) // self.total if self.total else 0

    @property
    def undone_percent(self) -> int:
        both = self.granted + self.undone
        return 100 * self.undone // both if both else 100


def progress(grant: BulkGrant) -> Progress:
    rows = BulkGrantRow.objects.filter(grant=grant)
    count = dict(rows.values("state").annotate(n=Count("*")).values_list("state", "n"))
    codes = rows.filter(state="refused").values("code").annotate(n=Count("*")).order_by("-n", "code")
    return Progress(
        count.get("waiting", 0),
        count.get("granted", 0),
        count.get("refused", 0),
        count.get("undone", 0),
        list(codes.values_list("code", "n")),
    )

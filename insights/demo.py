"""What the invented shop has to show of figures: all of them, taken, and some remarks on days."""

from collections.abc import Callable
from datetime import date

from customers.actions import readers
from insights.actions import annotations, belongings, rows, snapshots
from insights.metrics.cohorts import later
from insights.models import Annotation, Snapshot
from insights.queries.asked import months_before

REMARKS = (
    (14, 5, "Shipping is free from 50 EUR on"),
    (8, 12, "Prices went up by 4 %"),
    (3, 20, "Spring fair in the shop"),
)


def fill(customers: int, *, today: date, tell: Callable[[str], None]) -> None:
    if Snapshot.objects.exists():
        return
    first = today.replace(day=1)
    for months, day, text in REMARKS:
        annotations.write(months_before(first, months).replace(day=day), text)
    readers.catch_up("insights", belongings.react, verbs=belongings.VERBS, seconds=60)
    rows.refresh()
    taken = snapshots.take_all()
    tell(f"{taken:,} figures up to {later(first, 0):%B %Y}, {Annotation.objects.count()} remarks")

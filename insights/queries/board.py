"""Kept figures as pages want them: one with its past, many at a glance, one by groups. Reads snapshots only."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Q

from customers.models import Segment
from insights.definitions import DEFINITIONS, Definition
from insights.models import Snapshot
from insights.queries.asked import months_before

TREND = 13  # months of a small line


@dataclass(frozen=True)
class Past:
    """A figure with what it was: periods that are over in order, and the one under way, if any."""

    definition: Definition
    points: list[Snapshot]
    open: Snapshot | None = None

    @property
    def now(self) -> Snapshot | None:
        """The last period that is over; where none is, the one under way."""
        return self.points[-1] if self.points else self.open

    def at(self, as_of: date) -> Snapshot | None:
        return next((point for point in self.points if point.as_of == as_of), None)

    def earlier(self, months: int) -> Snapshot | None:
        return self.at(months_before(self.now.as_of, months)) if self.now and self.now.finished else None

    @property
    def all(self) -> list[Snapshot]:
        """With the period under way, where it is later than the last."""
        late = self.open and (not self.points or self.open.as_of > self.points[-1].as_of)
        return [*self.points, self.open] if late and self.open else self.points


def label(point: Snapshot) -> str:
    """The month that it is of."""
    return f"{point.as_of - timedelta(days=1):%Y-%m}"


def pasts(
    metrics: Collection[str], *, since: date | None = None, until: date | None = None, currency: str = ""
) -> dict[str, Past]:
    """These figures of everybody, those in money in the given currency or the business's. One query."""
    found: dict[str, list[Snapshot]] = defaultdict(list)
    rows = Snapshot.objects.filter(metric__in=metrics, dimension="")
    rows = rows.filter(Q(currency="") | Q(currency=currency or settings.BUSINESS_CURRENCY))
    if since:
        rows = rows.filter(as_of__gt=since)
    if until:
        rows = rows.filter(as_of__lte=until)
    for row in rows.order_by("as_of"):
        found[row.metric].append(row)
    return {key: _past(key, found.get(key, [])) for key in metrics}


def _past(key: str, rows: Iterable[Snapshot]) -> Past:
    rows = list(rows)
    open_ = [row for row in rows if not row.finished]
    return Past(DEFINITIONS[key], [row for row in rows if row.finished], open_[-1] if open_ else None)


def currencies() -> list[str]:
    found = Snapshot.objects.filter(metric="orders", dimension="").values_list("currency", flat=True)
    return sorted(set(found.order_by("currency").distinct()))


@dataclass(frozen=True)
class Part:
    """One group: now, a period earlier, a year earlier."""

    name: str
    member: str
    now: Snapshot
    before: Snapshot | None
    year: Snapshot | None


def parts(metric: str, dimension: str, *, currency: str = "") -> list[Part]:
    """A figure by groups, for the last period that is over; the largest groups first. Two queries at most."""
    rows = Snapshot.objects.filter(metric=metric, dimension=dimension, finished=True)
    rows = rows.filter(Q(currency="") | Q(currency=currency or settings.BUSINESS_CURRENCY))
    by_day: dict[date, dict[str, Snapshot]] = defaultdict(dict)
    for row in rows:
        by_day[row.as_of][row.member] = row
    if not by_day:
        return []
    last = max(by_day)
    before, year = by_day.get(months_before(last, 1), {}), by_day.get(months_before(last, 12), {})
    names = names_of(dimension)
    found = [
        Part(names.get(member, member) or "-", member, now, before.get(member), year.get(member))
        for member, now in by_day[last].items()
    ]
    if dimension == "cohort":
        return sorted(found, key=lambda part: part.member)
    return sorted(found, key=lambda part: (-part.now.denominator, part.name))


def names_of(dimension: str) -> dict[str, str]:
    """What groups are called whose key says nothing to people."""
    if dimension != "segment":
        return {}
    return {str(pk): name for pk, name in Segment.objects.values_list("pk", "name")}


def cells(metric: str) -> dict[tuple[date, date], int]:
    """What the matrix of cohorts is made of: how many, by cohort and month."""
    rows = Snapshot.objects.filter(metric=metric, dimension="cohort").values_list("member", "as_of", "numerator")
    return {
        (date.fromisoformat(f"{member}-01"), (as_of - timedelta(days=1)).replace(day=1)): n or 0
        for member, as_of, n in rows
    }


def latest(metric: str, dimension: str) -> list[Snapshot]:
    """What is known of now only: the cells of recency, frequency and money; the stages."""
    rows = Snapshot.objects.filter(metric=metric, dimension=dimension).order_by("-as_of")
    first = rows.first()
    return list(rows.filter(as_of=first.as_of).order_by("member")) if first else []

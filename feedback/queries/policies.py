"""Policies as they hold, read once: each version never changes, so a process keeps it in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, QuerySet

from customers.models import Segment
from customers.queries import segments
from feedback.models import Policy, PolicyVersion, Step, Target
from feedback.promises import Rung

MOST_KEPT = 512
_known: dict[int, "Held"] = {}


@dataclass(frozen=True, slots=True)
class Promise:
    """A target as it is written: ``target`` and ``calendar`` are ids."""

    target: int
    amount: int
    unit: str
    calendar: int | None
    pauses: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a case is like, as far as conditions ask for it."""

    kind: str
    priority: int
    channel: str
    team: int | None
    tier: str = ""
    customer: int | None = None


@dataclass(frozen=True)
class Held:
    """One version of a policy."""

    version: int
    kinds: frozenset[str]
    priorities: frozenset[int]
    channels: frozenset[str]
    tiers: frozenset[str]
    segment: int | None
    team: int | None
    warn_percent: int
    promises: dict[tuple[str, int], Promise]
    rungs: tuple[Rung, ...]

    def fits(self, asked: Asked, members: dict[int, set[int]]) -> bool:
        return (
            (not self.kinds or asked.kind in self.kinds)
            and (not self.priorities or asked.priority in self.priorities)
            and (not self.channels or asked.channel in self.channels)
            and (not self.tiers or asked.tier in self.tiers)
            and (self.team is None or asked.team == self.team)
            and (self.segment is None or self.segment in members.get(asked.customer or 0, ()))
        )


def in_order() -> QuerySet[Policy]:
    return Policy.objects.filter(retired_at=None).order_by("order", "pk")


def versions_that_hold() -> QuerySet[PolicyVersion]:
    """What is promised now, with targets and steps, in the order in which it is asked."""
    held = PolicyVersion.objects.filter(policy__retired_at=None, number=F("policy__version"))
    rows = held.select_related("policy", "segment", "team").prefetch_related(
        Prefetch("targets", Target.objects.select_related("calendar")), "steps__to"
    )
    return rows.order_by("policy__order", "policy")


def holding() -> list[Held]:
    """The versions that hold, the first to be asked first. One query beyond what is in memory."""
    rows = PolicyVersion.objects.filter(policy__retired_at=None, number=F("policy__version"))
    return held(list(rows.order_by("policy__order", "policy").values_list("pk", flat=True)))


def held(versions: Sequence[int]) -> list[Held]:
    """These versions, in this order."""
    missing = [pk for pk in versions if pk not in _known]
    if missing:
        if len(_known) > MOST_KEPT:
            _known.clear()
            missing = list(versions)
        rows = PolicyVersion.objects.filter(pk__in=missing).prefetch_related("targets", "steps")
        _known.update({row.pk: read(row, row.targets.all(), row.steps.all()) for row in rows})
    return [_known[pk] for pk in versions]


def read(version: PolicyVersion, targets: Iterable[Target], steps: Iterable[Step]) -> Held:
    """A version with its rows, saved or only thought of."""
    return Held(
        version=version.pk or 0,
        kinds=frozenset(version.kinds),
        priorities=frozenset(version.priorities),
        channels=frozenset(version.channels),
        tiers=frozenset(version.tiers),
        segment=version.segment_id,
        team=version.team_id,
        warn_percent=version.warn_percent,
        promises={
            (one.metric, one.priority): Promise(
                one.pk or 0, one.amount, one.unit, one.calendar_id, frozenset(one.pauses)
            )
            for one in targets
        },
        rungs=tuple(
            Rung(one.number, one.metric, one.basis, one.amount, one.action, one.to_id, one.at_any_hour)
            for one in steps
        ),
    )


def forget() -> None:
    """Read all versions again."""
    _known.clear()


def members(book: Iterable[Held], customers: Iterable[int], at: datetime) -> dict[int, set[int]]:
    """Of these customers: which of the segments that a policy asks for each is in."""
    asked = {held.segment for held in book if held.segment is not None}
    return segments.memberships(customers, Segment.objects.filter(pk__in=asked), at) if asked else {}


def choose(book: Iterable[Held], asked: Asked, members: dict[int, set[int]]) -> Held | None:
    """The first policy that fits."""
    return next((held for held in book if held.fits(asked, members)), None)

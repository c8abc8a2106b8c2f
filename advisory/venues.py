"""Where and when a board meets, from where its members live. Pure; no database.

Real places are ranked, by the mean way to them or by the longest one: a point in the middle may lie in the sea, and
longitudes cannot be averaged across the date line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from zoneinfo import ZoneInfo

EARTH = 6371.0  # km, mean radius
HALF_HOUR = dt.timedelta(minutes=30)
DAY = dt.timedelta(days=1)
WEEKEND = 4
COSTS = ((9, 17, 0), (8, 19, 1), (7, 21, 2), (6, 22, 4))  # local hours, from and to; what is left is night
NIGHT = 8


@dataclass(frozen=True)
class Place:
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Ways:
    """The ways to a venue, in km. ``farthest`` is the place of who travels the longest one."""

    venue: Place
    mean: float
    longest: float
    farthest: str


@dataclass(frozen=True)
class Radii:
    """Of the charter, in km: what is local, what people travel for; and the share of locals that makes a hybrid."""

    local: float = 50.0
    travel: float = 300.0
    hybrid_share: float = 0.6


@dataclass(frozen=True)
class Proposal:
    """``mode`` is ``office``, ``in_person``, ``hybrid`` or ``video``; of ``members`` so many are ``located``."""

    mode: str
    ways: Ways | None
    located: int
    members: int


def kilometres(one: Place, other: Place) -> float:
    """Along the great circle (haversine).

    >>> round(kilometres(Place("Seoul", 37.566, 126.9784), Place("Busan", 35.1796, 129.0756)))
    325
    """
    south, north = radians(one.latitude), radians(other.latitude)
    half = sin((north - south) / 2) ** 2
    half += cos(south) * cos(north) * sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * EARTH * asin(sqrt(min(1.0, half)))


def ways(venue: Place, homes: Sequence[Place]) -> Ways:
    """Raises ValueError where nobody travels."""
    if not homes:
        raise ValueError("Somebody must live somewhere.")
    lengths = [(kilometres(venue, home), home.name) for home in homes]
    longest, farthest = max(lengths)
    return Ways(venue, sum(length for length, _ in lengths) / len(lengths), longest, farthest)


def ranked(venues: Iterable[Place], homes: Sequence[Place], *, fair: bool = False) -> list[Ways]:
    """Venues, the best first: by the mean way, or with ``fair`` by the longest one; then by name."""
    found = [ways(venue, homes) for venue in venues]
    if fair:
        return sorted(found, key=lambda way: (way.longest, way.mean, way.venue.name))
    return sorted(found, key=lambda way: (way.mean, way.longest, way.venue.name))


def propose(
    homes: Sequence[Place | None], *, offices: Iterable[Place], venues: Iterable[Place] = (), radii: Radii = Radii()
) -> Proposal:
    """The office where all are near one; a venue in reach of all; both ways where enough are near; else by video."""
    known = [home for home in homes if home is not None]
    if not known:
        return Proposal("video", None, 0, len(homes))
    at_offices = ranked(offices, known, fair=True)
    if at_offices and at_offices[0].longest <= radii.local:
        return Proposal("office", at_offices[0], len(known), len(homes))
    anywhere = [*ranked([*(way.venue for way in at_offices), *venues], known, fair=True)]
    within = [way for way in anywhere if way.longest <= radii.travel]
    if within:
        best = min(within, key=lambda way: (way.mean, way.venue.name))
        return Proposal("in_person", best, len(known), len(homes))
    for way in sorted(at_offices, key=lambda way: way.mean):
        near = sum(kilometres(way.venue, home) <= radii.local for home in known)
        if near >= radii.hybrid_share * len(known):
            return Proposal("hybrid", way, len(known), len(homes))
    return Proposal("video", None, len(known), len(homes))


@dataclass(frozen=True)
class Slot:
    """A time, and what it costs each member: nothing in the working day, most at night."""

    starts_at: dt.datetime
    costs: Mapping[str, int]


def cost(zone: ZoneInfo, starts_at: dt.datetime, length: dt.timedelta) -> int:
    """The worst half hour of a meeting by somebody's own clock; four more at the weekend.

    >>> at = dt.datetime(2027, 3, 30, 14, tzinfo=dt.UTC)
    >>> [cost(ZoneInfo(zone), at, HALF_HOUR) for zone in ("Europe/London", "Asia/Seoul", "America/Los_Angeles")]
    [0, 8, 2]
    """
    worst, at = 0, starts_at
    while at < starts_at + length:
        local = at.astimezone(zone)
        hour = local.hour + local.minute / 60
        mine = next((price for begins, ends, price in COSTS if begins <= hour < ends), NIGHT)
        worst = max(worst, mine + (WEEKEND if local.weekday() > 4 else 0))
        at += HALF_HOUR
    return worst


def fair_slots(
    zones: Mapping[str, str],
    day: dt.date,
    length: dt.timedelta,
    *,
    clock: dt.tzinfo = dt.UTC,
    carried: Mapping[str, int] | None = None,
    most: int = 5,
) -> list[Slot]:
    """The best times of a day, as ``clock`` has it, to meet: nobody's burden too heavy first, then the least in all.

    ``carried`` is what earlier meetings cost each member: added, so that the burden goes round.
    """
    before = carried or {}
    known = {member: ZoneInfo(zone) for member, zone in zones.items()}
    at, midnight = (
        dt.datetime.combine(one, dt.time(), clock).astimezone(dt.UTC) for one in (day, day + dt.timedelta(days=1))
    )
    slots = []
    while at < midnight:
        slots.append(Slot(at, {member: cost(zone, at, length) for member, zone in known.items()}))
        at += HALF_HOUR
    return sorted(slots, key=lambda slot: _burden(slot, before))[:most]


def _burden(slot: Slot, carried: Mapping[str, int]) -> tuple[int, int, dt.datetime]:
    loads = [carried.get(member, 0) + price for member, price in slot.costs.items()]
    return max(loads, default=0), sum(slot.costs.values()), slot.starts_at

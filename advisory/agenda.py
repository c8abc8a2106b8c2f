"""The clock of an agenda: when each item begins, by how much it overruns, how much of it the host speaks. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    minutes: int
    by_host: bool = False


@dataclass(frozen=True)
class Timed:
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True)
class Agenda:
    """``over`` is by how many minutes the items exceed the meeting; ``host_share`` is of all minutes."""

    items: tuple[Timed, ...]
    over: int
    host_share: float


def timed(items: Sequence[Item], *, starts_at: dt.datetime, length: int) -> Agenda:
    """Items one after another in a meeting of ``length`` minutes. Elapsed time: clocks may change in between."""
    at, found = starts_at.astimezone(dt.UTC), []
    for item in items:
        ends = at + dt.timedelta(minutes=item.minutes)
        found.append(Timed(at, ends))
        at = ends
    total = sum(item.minutes for item in items)
    host = sum(item.minutes for item in items if item.by_host)
    return Agenda(tuple(found), max(0, total - length), host / total if total else 0.0)

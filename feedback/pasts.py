"""What a file says of a case and of what has happened in it. Pure; no database.

A *state* is one of ``received``, ``acknowledged``, ``investigating``, ``customer`` and ``third`` (whom it waits for)
and ``closed``. A past is told moment by moment, so that its clocks can be judged as if they had run.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from feedback.promises import CLOSED, Facts, Stop

WAITING = ("customer", "third")
STANDING = (*WAITING, CLOSED)
EVER = datetime.max.replace(tzinfo=UTC)
CUSTOMER, US, NOTE = ("customer", "us", "note")


class Change(NamedTuple):
    at: datetime
    state: str


class Said(NamedTuple):
    """A message after the first one; ``by`` is ``customer``, ``us`` or, for an internal one, ``note``."""

    at: datetime
    by: str
    text: str
    author: str = ""


class Moment(NamedTuple):
    """Everything that clocks ask for, as it was just then."""

    at: datetime
    facts: Facts
    stops: list[Stop]


@dataclass(frozen=True, slots=True)
class Past:
    """``changes`` are in order, each to another state than the one before, the first when it was received."""

    number: str
    at: datetime
    changes: tuple[Change, ...]
    kind: str
    channel: str
    subject: str
    text: str = ""
    customer: str = ""
    name: str = ""
    email: str = ""
    language: str = "en"
    theme: tuple[str, ...] = ()
    root_cause: tuple[str, ...] = ()
    product: str = ""
    store: str = ""
    severity: int = 2
    impact: int = 1
    outcome: str = ""
    outcome_reason: str = ""
    acknowledged_at: datetime | None = None
    answered_at: datetime | None = None
    kept: bool | None = None  # what the file itself says of its promise
    messages: tuple[Said, ...] = ()  # in order, what came after ``text``

    @property
    def state(self) -> str:
        return self.changes[-1].state

    @property
    def closed_at(self) -> datetime | None:
        return self.changes[-1].at if self.state == CLOSED else None

    @property
    def reopenings(self) -> int:
        return sum(change.state == CLOSED for change in self.changes[:-1])

    @property
    def stage(self) -> str:
        """Where the case stands among the steps of its kind: waiting is no step."""
        if self.state == CLOSED:
            return CLOSED
        if self.reopenings:
            return "reopened"
        steps = [change.state for change in self.changes if change.state not in WAITING]
        return steps[-1] if steps and self.kind == "complaint" else "received"

    @property
    def stops(self) -> list[Stop]:
        """When it stood still, the last without an end where it still does."""
        ends = [change.at for change in self.changes[1:]] + [None]
        return [
            Stop(change.state, change.at, end)
            for change, end in zip(self.changes, ends, strict=True)
            if change.state in STANDING
        ]

    def moments(self, now: datetime) -> Iterator[Moment]:
        """Each time at which something happened that clocks know of, and now where it is not over. It begins with the
        case as it came in: what was done in the same minute kept its promise.
        """
        yield Moment(self.at, Facts(since=self.at), [])
        times = {change.at for change in self.changes} | {self.acknowledged_at, self.answered_at}
        times |= {one.at for one in self.messages if one.by != NOTE}
        if self.closed_at is None:
            times.add(now)
        stops = self.stops
        for at in sorted(time for time in times if time is not None):
            yield Moment(at, self._facts(at), [self._until(stop, at) for stop in stops if stop.begins <= at])

    def unanswered_since(self, at: datetime) -> datetime | None:
        """Since when the customer waits for an answer at that moment; what is closed waits for none."""
        last = [change for change in self.changes if change.at <= at][-1]
        ours = [one.at for one in self.messages if one.by == US and one.at <= at]
        closed = [change.at for change in self.changes if change.state == CLOSED and change.at <= at]
        begins = max([time for time in (*ours, *closed, _by(self.answered_at, at)) if time], default=None)
        theirs = [self.at] if self.text else []
        theirs += [one.at for one in self.messages if one.by == CUSTOMER and one.at <= at]
        waiting = [time for time in theirs if begins is None or time > begins]
        return min(waiting, default=None) if last.state != CLOSED else None

    def _until(self, stop: Stop, at: datetime) -> Stop:
        return stop if stop.ends is not None and stop.ends <= at else Stop(stop.reason, stop.begins, None)

    def _facts(self, at: datetime) -> Facts:
        so_far = [change for change in self.changes if change.at <= at]
        last = so_far[-1]
        spoke_at = max((one.at for one in self.messages if one.by == US and one.at <= at), default=None)
        return Facts(
            since=self.at,
            acknowledged_at=_by(self.acknowledged_at, at),
            answered_at=_by(self.answered_at, at),
            spoke_at=spoke_at or _by(self.answered_at, at),
            unanswered_since=self.unanswered_since(at) if self.messages else None,
            closed_at=last.at if last.state == CLOSED else None,
            reopenings=sum(change.state == CLOSED for change in so_far[:-1]),
        )


def _by(when: datetime | None, at: datetime) -> datetime | None:
    return when if when is not None and when <= at else None


def in_order(at: datetime, said: Sequence[Change]) -> tuple[Change, ...]:
    """The changes of a case that was received at ``at``: only those that change something, none before it came in.

    >>> from datetime import UTC
    >>> day = [datetime(2026, 3, n, tzinfo=UTC) for n in range(1, 5)]
    >>> said = [Change(day[2], "closed"), Change(day[1], "customer"), Change(day[3], "closed")]
    >>> [(change.at.day, change.state) for change in in_order(day[0], said)]
    [(1, 'received'), (2, 'customer'), (3, 'closed')]
    """
    found = [Change(at, "received")]
    for change in sorted(said, key=lambda change: change.at):
        moment = max(change.at, at)
        if moment == found[-1].at:
            found[-1] = Change(moment, change.state)
        elif change.state != found[-1].state:
            found.append(Change(moment, change.state))
    return tuple(found)

"""The words that clocks are told in, and when a promise is due. Pure: no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from calendars.hours import Calendar as Hours
from calendars.hours import NeverOpens
from calendars.targets import Unit

SECONDS = {Unit.MINUTES: 60, Unit.HOURS: 3600}
HELD = {15: 35}  # business days: what a final response may take once a holding letter went out (FCA DISP 1.6.2A)
CLOSED = "closed"
BREACHED = "breached"


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder; those that tell people wait for the next opening unless they are for any hour."""

    number: int
    metric: str
    basis: str
    amount: int
    action: str
    to: int | None = None
    at_any_hour: bool = False

    @property
    def telling(self) -> bool:
        return self.action.startswith("tell")

    @property
    def key(self) -> str:
        return f"step:{self.number}"


@dataclass(frozen=True, slots=True)
class Goal:
    """What is promised of one metric, and by which opening hours. ``target`` and ``calendar_version`` are ids."""

    target: int
    amount: int
    unit: str
    pauses: frozenset[str]
    calendar_version: int
    hours: Hours
    warn_percent: int = 0
    rungs: tuple[Rung, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """A time at which a case stood still."""

    reason: str
    begins: datetime
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What has happened in a case, as far as promises ask for it. ``since`` is the earliest start of all merged in."""

    since: datetime
    acknowledged_at: datetime | None = None
    answered_at: datetime | None = None
    spoke_at: datetime | None = None
    unanswered_since: datetime | None = None
    final_at: datetime | None = None
    held_at: datetime | None = None
    closed_at: datetime | None = None
    reopenings: int = 0
    gone: str = ""  # "merged" or "cancelled": another case goes on, or it was spam


@dataclass(frozen=True, slots=True)
class Want:
    """One promise: since when, and when it was kept, if it was."""

    metric: str
    since: datetime
    done: datetime | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A clock as it is kept."""

    metric: str
    cycle: int
    started_at: datetime
    state: str = "running"
    target: int = 0
    calendar_version: int = 0
    judged_at: datetime | None = None
    due_at: datetime | None = None
    warn_at: datetime | None = None
    remaining: int | None = None
    fulfilled_at: datetime | None = None
    taken: int | None = None
    breached_at: datetime | None = None
    ended_at: datetime | None = None
    next_at: datetime | None = None
    told: tuple[str, ...] = ()
    moved_to: datetime | None = None
    pk: int = field(default=0, compare=False)

    @property
    def judged(self) -> bool:
        return self.state in ("met", "missed")

    @property
    def breaks_at(self) -> datetime | None:
        """It is broken when this is over: the due instant, or when that was decided, if that was later."""
        return max(self.due_at, self.judged_at) if self.due_at and self.judged_at else None


def with_holding_letter(metric: str, goal: Goal, facts: Facts) -> Goal:
    """A final response within fifteen business days may take thirty-five where the customer was told in time that it
    takes longer, as regulation has it for complaints about payments. No other deadline of regulation moves."""
    longer = HELD.get(goal.amount)
    if metric != "final_response" or goal.unit != Unit.BUSINESS_DAYS or longer is None or facts.held_at is None:
        return goal
    due, _remaining = reckon(goal.hours, facts.since, goal.amount, goal.unit)
    return replace(goal, amount=longer) if due and facts.held_at <= due else goal


def stops_of(metric: str, goal: Goal, stops: Iterable[Stop], until: datetime | None = None) -> list[Stop]:
    """Those that count for this promise; what came after ``until`` is cut away."""
    found = []
    for stop in stops:
        if stop.reason not in goal.pauses and not (stop.reason == CLOSED and metric == "resolution"):
            continue
        if until is not None:
            if stop.begins >= until:
                continue
            found.append(replace(stop, ends=min(stop.ends or until, until)))
        else:
            found.append(stop)
    return found


def reckon(
    hours: Hours, since: datetime, amount: int, unit: str, stops: Sequence[Stop] = (), percent: int = 100
) -> tuple[datetime | None, int | None]:
    """(due, None), or (None, open seconds still to go) while it stands still. ``percent``: that part of the target.

    Business days end at closing time and get back the open time of pauses; calendar days end at midnight and never
    pause. A calendar that will not open any more counts as always open: a promise is never lost.
    """
    pauses = [(stop.begins, stop.ends) for stop in stops]
    try:
        if unit == Unit.CALENDAR_DAYS:
            due = hours.end_of_calendar_day(since, amount)
            return (due if percent == 100 else since + (due - since) * percent / 100), None
        if unit == Unit.BUSINESS_DAYS:
            due = hours.close_of_business_day(since, amount)
            if not pauses and percent == 100:
                return due, None
            since = since.replace(microsecond=0)
            seconds = hours.elapsed(since, due)
        else:
            seconds = amount * SECONDS[Unit(unit)]
        return hours.due_with_pauses(since, seconds * percent // 100, pauses)
    except NeverOpens:
        length = timedelta(seconds=amount * SECONDS.get(Unit(unit), 86400))
        return since + length * percent / 100, None


def taken(hours: Hours, since: datetime, until: datetime, stops: Sequence[Stop]) -> int:
    """Open seconds from one to the other, without pauses (which do not overlap)."""
    still = sum(hours.elapsed(max(stop.begins, since), stop.ends or until) for stop in stops)
    return max(0, hours.elapsed(since, until) - still)


def breach_key(clock: State) -> str:
    """Each breach has a name of its own: a deadline may be moved on and be broken again."""
    before = sum(step.startswith(BREACHED) for step in clock.told)
    return BREACHED if not before else f"{BREACHED}:{before + 1}"

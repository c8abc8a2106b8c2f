"""What is promised of a case, when it is due, and how it ended. Pure: no database.

``wants`` says which promises a case has by what has happened in it. ``reckon`` says when one is due, ``judge`` what a
clock is at a moment: both from the original start with all pauses, so that the same facts always give the same clock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from calendars.hours import Calendar as Hours
from calendars.hours import NeverOpens
from calendars.targets import Unit

SECONDS = {Unit.MINUTES: 60, Unit.HOURS: 3600}
CLOSED = "closed"
ONCE = ("acknowledge", "first_response", "resolution", "final_response")
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


def _first(*instants: datetime | None) -> datetime | None:
    return min((at for at in instants if at is not None), default=None)


def wants(facts: Facts) -> list[Want]:
    """The promises of a case. Whatever is open is kept by closing it; nothing is asked of what is gone."""
    if facts.gone:
        return []
    closed = facts.closed_at
    found = [
        Want("acknowledge", facts.since, _first(facts.acknowledged_at, facts.answered_at, closed)),
        Want("first_response", facts.since, _first(facts.answered_at, closed)),
        Want("resolution", facts.since, closed),
        Want("final_response", facts.since, _first(facts.final_at, closed)),
    ]
    if closed is None:
        if facts.unanswered_since and (facts.answered_at or facts.reopenings):
            found.append(Want("next_response", facts.unanswered_since))
        if facts.spoke_at:
            found.append(Want("update", facts.spoke_at))
    return found


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


def follow(existing: Sequence[State], facts: Facts, at: datetime) -> list[tuple[State | None, Want]]:
    """Which clock each promise belongs to: one of the existing, or none yet.

    What was judged stays, except a resolution of a case that was opened again. A round of next answers or updates that
    is over is kept by our last word; the next round gets a clock of its own. Of what was done before anything was
    promised there is no clock.
    """
    wanted = {want.metric: want for want in wants(facts)}
    pairs: list[tuple[State | None, Want]] = []
    for clock in existing:
        want = wanted.get(clock.metric)
        if clock.metric in ONCE:
            wanted.pop(clock.metric, None)
            if want and _goes_on(clock, want):
                pairs.append((clock, want))
        elif want and (clock.started_at == want.since or (not clock.judged and _began_earlier(clock, want, facts))):
            del wanted[clock.metric]
            if not clock.judged:
                pairs.append((clock, want))
        elif clock.state in ("running", "paused") and not facts.gone:
            over = max(_over(clock, facts) or at, clock.started_at)
            pairs.append((clock, Want(clock.metric, clock.started_at, over)))
    return pairs + [(None, want) for want in wanted.values() if want.done is None]


def _goes_on(clock: State, want: Want) -> bool:
    """Of what is only promised once."""
    if clock.state in ("running", "paused"):
        return True
    return want.done is None and (clock.metric == "resolution" or not clock.judged)


def _began_earlier(clock: State, want: Want, facts: Facts) -> bool:
    """An older message that came in late belongs to the same round, if we have not said anything since."""
    silent = facts.spoke_at is None or facts.spoke_at < clock.started_at
    return clock.metric == "next_response" and want.since < clock.started_at and silent


def _over(clock: State, facts: Facts) -> datetime | None:
    """When a round came to its end: by our next word, or by closing."""
    spoke = facts.spoke_at
    if spoke and (spoke < clock.started_at or (clock.metric == "update" and spoke == clock.started_at)):
        spoke = None
    return _first(spoke, facts.closed_at)


def judge(clock: State, want: Want, goal: Goal, stops: Sequence[Stop], at: datetime) -> State:
    """The clock as it is at ``at``: what is due, what was broken, how it ended.

    First by what held until now: what was broken by that is told of, whatever holds from now on.
    """
    if clock.state == "running":
        clock = _broken(clock, want.done or at)
    held = (clock.target, clock.calendar_version, clock.started_at)
    fresh = clock.judged_at is None or held != (goal.target, goal.calendar_version, want.since)
    since, until = want.since, want.done
    due: datetime | None
    remaining: int | None
    counted = stops_of(want.metric, goal, stops, until)
    if clock.moved_to:
        due, remaining = clock.moved_to, None
    else:
        due, remaining = reckon(goal.hours, since, goal.amount, goal.unit, counted)
    judged_at = max(at, since) if fresh else clock.judged_at
    now = replace(
        clock, started_at=since, target=goal.target, calendar_version=goal.calendar_version, judged_at=judged_at,
        due_at=due, remaining=remaining, warn_at=None, next_at=None, fulfilled_at=until, ended_at=None,
        state="running" if remaining is None else "paused",
    )  # fmt: skip
    now = _broken(now, until or at)
    if until is not None:
        return replace(now, state="missed" if now.breached_at else "met")
    if remaining is not None:
        return now
    now = replace(now, warn_at=_warning(now, goal, counted))
    return replace(now, next_at=next_moment(now, goal, counted))


def _broken(clock: State, at: datetime) -> State:
    """Broken once the deadline is over, and told of once; not any more where the deadline was put off since."""
    limit = clock.breaks_at
    if clock.breached_at is not None:
        stands = clock.due_at is not None and clock.due_at < at
        return clock if stands else replace(clock, breached_at=None)
    if limit is None or limit >= at:
        return clock
    return replace(clock, breached_at=limit, told=(*clock.told, breach_key(clock)))


def breach_key(clock: State) -> str:
    """Each breach has a name of its own: a deadline may be moved on and be broken again."""
    before = sum(step.startswith(BREACHED) for step in clock.told)
    return BREACHED if not before else f"{BREACHED}:{before + 1}"


def _warning(clock: State, goal: Goal, stops: Sequence[Stop]) -> datetime | None:
    return _part(clock, goal, stops, goal.warn_percent) if goal.warn_percent else None


def _part(clock: State, goal: Goal, stops: Sequence[Stop], percent: int) -> datetime | None:
    if clock.moved_to:
        return clock.started_at + (clock.moved_to - clock.started_at) * percent / 100
    return reckon(goal.hours, clock.started_at, goal.amount, goal.unit, stops, percent)[0]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something to do about a clock at a time. ``rung`` is None for a warning and for the breach."""

    at: datetime
    key: str
    rung: Rung | None = None


def moments(clock: State, goal: Goal, stops: Sequence[Stop]) -> list[Moment]:
    """What is still to be done about a running clock, in order."""
    assert clock.due_at is not None
    assert clock.judged_at is not None
    found: list[Moment] = []
    if clock.warn_at and "warned" not in clock.told:
        found.append(Moment(_opening(goal.hours, max(clock.warn_at, clock.judged_at)), "warned"))
    if clock.breached_at is None:
        found.append(Moment(max(clock.due_at, clock.judged_at), breach_key(clock)))
    for rung in goal.rungs:
        if rung.metric not in ("", clock.metric) or rung.key in clock.told:
            continue
        planned = _planned(rung, clock, goal, stops)
        if planned is None or (rung.basis == "before" and planned <= clock.started_at):
            continue  # longer before than the whole target takes
        planned = max(planned, clock.judged_at)
        if rung.telling and not rung.at_any_hour:
            planned = _opening(goal.hours, planned)
        found.append(Moment(planned, rung.key, rung))
    return sorted(found, key=lambda moment: (moment.at, moment.rung is not None, moment.key))


def next_moment(clock: State, goal: Goal, stops: Sequence[Stop]) -> datetime | None:
    return min((moment.at for moment in moments(clock, goal, stops)), default=None)


def _planned(rung: Rung, clock: State, goal: Goal, stops: Sequence[Stop]) -> datetime | None:
    assert clock.due_at is not None
    try:
        if rung.basis == "percent":
            return _part(clock, goal, stops, rung.amount)
        if rung.basis == "before":
            return goal.hours.before(clock.due_at, rung.amount * 60)
        return goal.hours.due(clock.due_at, rung.amount * 60) if rung.amount else clock.due_at
    except NeverOpens:
        minutes = timedelta(minutes=rung.amount)
        return clock.due_at - minutes if rung.basis == "before" else clock.due_at + minutes


def _opening(hours: Hours, at: datetime) -> datetime:
    try:
        return hours.next_open(at)
    except NeverOpens:
        return at.astimezone(UTC)


def end(clock: State, state: str, at: datetime) -> State:
    """Nobody asks any more: merged into another case, or no longer promised. Neither kept nor missed."""
    if clock.state == state:
        return clock
    return replace(clock, state=state, ended_at=at, warn_at=None, next_at=None, remaining=None)

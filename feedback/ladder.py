"""What is to be done about a clock, and when: the warning, the breach, the steps of the ladder. Pure: no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from calendars.hours import Calendar as Hours
from calendars.hours import NeverOpens
from feedback.promises import Goal, Rung, State, Stop, breach_key, reckon


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


def warning(clock: State, goal: Goal, stops: Sequence[Stop]) -> datetime | None:
    return _part(clock, goal, stops, goal.warn_percent) if goal.warn_percent else None


def _part(clock: State, goal: Goal, stops: Sequence[Stop], percent: int) -> datetime | None:
    if clock.moved_to:
        return clock.started_at + (clock.moved_to - clock.started_at) * percent / 100
    return reckon(goal.hours, clock.started_at, goal.amount, goal.unit, stops, percent)[0]

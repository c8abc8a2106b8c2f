"""What people see of the clocks of a case: what is due when, what was kept, and what it was judged by."""

from dataclasses import dataclass
from datetime import datetime

from calendars import queries as calendars
from calendars.hours import NeverOpens
from feedback.models import Case, Clock, ClockEvent, Pause


@dataclass(frozen=True)
class Shown:
    """A clock for a page. ``seconds_left`` is open time: what counts while it runs, and what is kept while it stands.

    ``wall_seconds_left`` is by the clock on the wall, for a countdown; below zero it is overdue.
    """

    clock: Clock
    label: str
    state: str
    state_label: str
    due_at: datetime | None
    seconds_left: int | None
    wall_seconds_left: int | None
    percent: int
    paused: bool
    breached: bool
    judged_by: str

    @property
    def kind(self) -> str:
        """How it looks: good, bad, warn, info or nothing (see components/badge.html)."""
        if self.breached:
            return "bad"
        if self.state == Clock.State.MET:
            return "good"
        if self.paused:
            return "info"
        warned = self.clock.warn_at and self.wall_seconds_left is not None and self.percent >= 75
        return "warn" if self.state == Clock.State.RUNNING and warned else ""


def of_case(case: Case, *, at: datetime) -> list[Shown]:
    """The clocks of a case: those that go first, by what is due first; then the others, the latest first."""
    rows = Clock.objects.filter(case=case).select_related("target__version__policy", "moved_by")
    shown = [show(row, at) for row in rows]
    going = [one for one in shown if one.state in Clock.GOING]
    ended = [one for one in shown if one.state not in Clock.GOING]
    far = datetime.max.replace(tzinfo=at.tzinfo)
    going.sort(key=lambda one: (one.due_at or far, one.clock.pk))
    ended.sort(key=lambda one: (one.clock.fulfilled_at or one.clock.ended_at or far, one.clock.pk), reverse=True)
    return going + ended


def show(clock: Clock, at: datetime) -> Shown:
    until = clock.fulfilled_at or at
    left = wall = None
    percent = 100
    if clock.state == Clock.State.PAUSED:
        left = clock.remaining
        percent = _percent(clock, left or 0, until)
    elif clock.due_at is not None:
        if clock.state == Clock.State.RUNNING:
            wall = int((clock.due_at - at).total_seconds())
        left = _open_seconds(clock, until, clock.due_at)
        percent = _percent(clock, left, until)
    policy = clock.target.version
    return Shown(
        clock=clock,
        label=clock.get_metric_display() if clock.cycle == 1 else f"{clock.get_metric_display()} {clock.cycle}",
        state=clock.state,
        state_label=clock.get_state_display(),
        due_at=clock.due_at,
        seconds_left=left,
        wall_seconds_left=wall,
        percent=percent,
        paused=clock.state == Clock.State.PAUSED,
        breached=clock.breached_at is not None or (clock.state == Clock.State.RUNNING and (wall or 0) < 0),
        judged_by=f"{policy.policy.name} · {policy.number}",
    )


def _open_seconds(clock: Clock, at: datetime, due: datetime) -> int:
    hours = calendars.hours_of(clock.calendar_version_id)
    return hours.elapsed(at, due) if due >= at else -hours.elapsed(due, at)


def _percent(clock: Clock, left: int, at: datetime) -> int:
    """How much of the target is used up, from 0; more than 100 is overdue."""
    try:
        hours = calendars.hours_of(clock.calendar_version_id)
        if clock.state == Clock.State.PAUSED:
            used = hours.elapsed(clock.started_at, at)
            whole = max(used, 0) + left  # at the least: what was paused before is in it too
        else:
            whole = hours.elapsed(clock.started_at, clock.due_at) if clock.due_at else 0
    except NeverOpens:  # it will not open again: promises go by the clock on the wall
        return 100
    return max(0, round(100 * (whole - left) / whole)) if whole else 100


def history(case: Case) -> list[ClockEvent]:
    """What its clocks led to, in order: when it was due and when it was done."""
    events = ClockEvent.objects.filter(clock__case=case).select_related("clock")
    return list(events.order_by("due_at", "pk"))


def pauses(case: Case) -> list[Pause]:
    """When it stood still, and why."""
    return list(Pause.objects.filter(case=case).select_related("by").order_by("starts_at", "pk"))

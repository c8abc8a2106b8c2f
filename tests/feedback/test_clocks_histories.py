"""Whatever happens in a case, and in whichever order: its clocks are what its whole history says."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calendars import queries as calendars_queries
from feedback import priorities
from feedback.actions import cases, clocks, complaints, conversation, policies, reopenings, sweeping
from feedback.actions.policies import Goal, Terms
from feedback.models import Case, Clock, ClockEvent
from tests.examples import examples
from tests.factories import calendars, feedback

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
PAUSES = {"first_response": (), "next_response": (), "update": ("customer",), "resolution": ("customer", "third")}
HOURS = {"first_response": 8, "next_response": 6, "update": 10, "resolution": 20}  # of the lowest priority

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reply", "receive", "customer", "third", "us", "severity", "close", "hear", "sweep"]),
        st.integers(1, 60 * 30),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=12,
)


def allowed(metric: str, priority: int) -> int:
    """Hours."""
    return max(1, HOURS[metric] // priority)


@dataclass
class Round:
    metric: str
    cycle: int
    start: datetime
    priority: int
    since: datetime  # when this priority was judged
    done: datetime | None = None
    broken: datetime | None = None


class History:
    """The same, told by a plain walk over what happened."""

    def __init__(self, hours, start: datetime, priority: int) -> None:
        self.hours, self.priority = hours, priority
        self.stops: list[list] = []  # reason, from, to
        self.rounds = [Round(m, 1, start, priority, start) for m in ("first_response", "resolution")]
        self.answered, self.closed, self.reopened = False, False, False

    def open_round(self, metric: str) -> Round | None:
        return next((one for one in self.rounds if one.metric == metric and one.done is None), None)

    def begin(self, metric: str, at: datetime) -> None:
        cycle = 1 + sum(one.metric == metric for one in self.rounds)
        self.rounds.append(Round(metric, cycle, at, self.priority, at))

    def end(self, metric: str, at: datetime) -> None:
        if one := self.open_round(metric):
            self.look(one, at)
            one.done = at

    def stand(self, reason: str, at: datetime) -> None:
        if self.stops and self.stops[-1][2] is None:
            self.stops[-1][2] = at
        if reason:
            self.stops.append([reason, at, None])

    def waiting(self) -> str:
        return self.stops[-1][0] if self.stops and self.stops[-1][2] is None else ""

    def due(self, one: Round) -> tuple[datetime | None, int | None]:
        counted = []
        for reason, begins, ends in self.stops:
            if reason in PAUSES[one.metric] or (reason == "closed" and one.metric == "resolution"):
                if one.done and begins >= one.done:
                    continue
                counted.append((begins, min(ends or one.done, one.done) if one.done else ends))
        return self.hours.due_with_pauses(one.start, allowed(one.metric, one.priority) * 3600, counted)

    def look(self, one: Round, at: datetime) -> None:
        """Whether it is broken by now."""
        due, _left = self.due(one)
        if one.broken is None and due is not None and max(due, one.since) < at:
            one.broken = max(due, one.since)

    def happens(self, step: str, at: datetime, level: int) -> None:
        for one in self.rounds:
            if one.done is None:
                self.look(one, at)
        if step == "reply":
            for metric in ("first_response", "next_response", "update"):
                self.end(metric, at)
            self.answered = True
            self.begin("update", at)
        elif step in ("receive", "hear"):
            if self.closed:
                self.closed, self.reopened = False, True
                self.stand("", at)
                one = next(one for one in self.rounds if one.metric == "resolution")
                one.done = None
            if self.waiting() == "customer":
                self.stand("", at)
            if (self.answered or self.reopened) and not self.open_round("next_response"):
                self.begin("next_response", at)
        elif step in ("customer", "third", "us"):
            reason = "" if step == "us" else step
            if self.waiting() != reason:
                self.stand(reason, at)
        elif step == "severity":
            self.priority = priorities.priority(level, 2)
            for one in self.rounds:
                if one.done is None and one.priority != self.priority:
                    one.priority, one.since = self.priority, at
                    due, _left = self.due(one)
                    if one.broken and (due is None or due >= at):
                        one.broken = None
        elif step == "close":
            for metric in HOURS:
                self.end(metric, at)
            self.closed = True
            self.stand("closed", at)

    def told(self, at: datetime) -> list[tuple]:
        found = []
        for one in self.rounds:
            if one.done is None:
                self.look(one, at)
            due, left = self.due(one)
            state = ("missed" if one.broken else "met") if one.done else ("paused" if due is None else "running")
            found.append((one.metric, one.cycle, one.start, state, due, left, one.done, one.broken))
        return sorted(found)


def act(case: Case, step: str, at: datetime, level: int, agent) -> None:
    case = Case.objects.get(pk=case.pk)
    if step == "reply":
        conversation.reply(case, "So it is.", by=agent, at=at)
    elif step in ("receive", "hear"):
        reopenings.hear(case, text="But?", channel="email", at=at)
    elif step in ("customer", "third", "us"):
        cases.wait(case, on="" if step == "us" else step, by=agent, at=at)
    elif step == "severity":
        cases.change(case, severity=level, by=agent, at=at)
    elif step == "close":
        complaints.close(case, by=agent, at=at)


def possible(case: Case, step: str) -> bool:
    closed = Case.objects.values_list("closed_at", flat=True).get(pk=case.pk) is not None
    return step in ("hear", "sweep") if closed else True


@pytest.mark.django_db
@settings(max_examples=examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_stored_clocks_are_what_the_whole_history_says(agent, steps):
    with transaction.atomic():
        office = calendars.calendar()
        goals = [
            Goal(metric, priority, allowed(metric, priority), "hours", pauses=PAUSES[metric])
            for metric in HOURS
            for priority in Case.Priority.values
        ]
        policies.create("All", Terms(goals, warn_percent=0))
        case = feedback.case("question", severity=1, impact=2, customer=None, at=MONDAY)
        history = History(calendars_queries.ready(office.pk).hours, MONDAY, case.priority)
        now = MONDAY
        for step, minutes, level in steps:
            now += timedelta(minutes=minutes)
            if not possible(case, step):
                continue
            if step == "sweep":
                sweeping.sweep(at=now)
            else:
                act(case, step, now, level, agent)
                history.happens(step, now, level)
        now += timedelta(minutes=1)
        sweeping.sweep(at=now)

        fields = ("metric", "cycle", "started_at", "state", "due_at", "remaining", "fulfilled_at", "breached_at")
        stored = Clock.objects.filter(case=case)
        assert sorted(stored.values_list(*fields)) == history.told(now)
        assert clocks.judge([case.pk], at=now)[0] == 0  # told again, nothing changes
        running = stored.filter(state="running").order_by("due_at").values_list("due_at", flat=True)
        assert Case.objects.get(pk=case.pk).due_at == running.first()
        broken = ClockEvent.objects.filter(clock__case=case, step__startswith="breached")
        assert {event.due_at for event in broken} >= set(
            stored.exclude(breached_at=None).values_list("breached_at", flat=True)
        )
        transaction.set_rollback(True)

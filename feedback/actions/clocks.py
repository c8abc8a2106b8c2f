"""Keep the clocks of cases as what has happened in them says: one case or a thousand, by the same statements."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from calendars.actions import calendars
from calendars.models import Calendar
from customers.models import Verb
from feedback.actions import history, pauses, telling
from feedback.actions.refusals import NotOpen
from feedback.actions.telling import Told
from feedback.models import Case, Clock, ClockEvent, Metric
from feedback.promises import State
from feedback.queries import facts, policies
from feedback.queries.facts import Book, Changes, Picture
from people.models import User

UPDATE = """
UPDATE feedback_clock AS clock SET
    state = new.state, started_at = new.started_at, target_id = new.target,
    calendar_version_id = new.calendar_version, judged_at = new.judged_at, due_at = new.due_at,
    warn_at = new.warn_at, remaining = new.remaining, fulfilled_at = new.fulfilled_at,
    taken = new.taken, breached_at = new.breached_at, ended_at = new.ended_at, next_at = new.next_at, told = new.told
FROM jsonb_to_recordset(%s) AS new(
    pk bigint, state text, started_at timestamptz, target bigint, calendar_version bigint, judged_at timestamptz,
    due_at timestamptz, warn_at timestamptz, remaining integer, fulfilled_at timestamptz, taken integer,
    breached_at timestamptz, ended_at timestamptz, next_at timestamptz, told text[])
WHERE clock.id = new.pk
"""
UPDATED = (
    "pk", "state", "started_at", "target", "calendar_version", "judged_at", "due_at", "warn_at", "remaining",
    "fulfilled_at", "taken", "breached_at", "ended_at", "next_at", "told",
)  # fmt: skip
DUE = """
UPDATE feedback_case AS one SET due_at = new.due_at, due_metric = new.metric,
    unanswered_since = CASE WHEN one.closed_at IS NULL THEN one.unanswered_since END
FROM jsonb_to_recordset(%s) AS new(pk bigint, due_at timestamptz, metric text)
WHERE one.id = new.pk
"""


Due = tuple[datetime | None, str]
Settled = Sequence[tuple[Picture, Changes]]


class ClockRefused(ValidationError):
    """A deadline that is not moved."""

    def __init__(self, message: Any, code: str, field: str | None = None) -> None:
        super().__init__(message, code=code)
        self.field = field


def follow(case: Case, *, at: datetime, by: User | None = None) -> Case:
    """Bring the clocks of a case to what it says now. Whoever has locked and changed it ends with this call.

    From the original start with all pauses: told again, nothing changes. What was kept or missed stays.
    """
    [(case.due_at, case.due_metric)] = judge([case.pk], at=at, by=by)[1] or [(case.due_at, case.due_metric)]
    if case.closed_at is not None:
        case.unanswered_since = None
    return case


def judge(cases: Sequence[int], *, at: datetime, by: User | None = None) -> tuple[int, list[Due]]:
    """The same for many cases that are locked. How many clocks changed, and what is next due of each case."""
    pictures = facts.pictures(cases)
    pauses.follow(pictures, at=at, by=by)
    book = book_of(pictures, at)
    settled = [(one, facts.judged(one, book, at)) for one in pictures]
    _write(settled, at)
    return sum(len(changes) for _one, changes in settled), _next_due(settled)


def book_of(pictures: Sequence[Picture], at: datetime) -> Book:
    """What these cases are judged by now. The main calendar is made where there is none yet."""
    held = policies.holding()
    try:
        return Book(held, pictures, at)
    except Calendar.DoesNotExist:
        calendars.main()
        return Book(held, pictures, at)


def numbered(clock: State, number: int) -> State:
    """A clock that is not kept yet, told apart from others of its case."""
    return replace(clock, pk=number)


def show_next(case: Case, kept: Iterable[State]) -> None:
    """Which of its clocks is due first, on a case that is still to be saved."""
    case.due_at, case.due_metric = _first_due(kept)


def bring_in(fresh: Sequence[tuple[int, State]], *, at: datetime) -> None:
    """Keep clocks that ran somewhere else, each with its case."""
    made = Clock.objects.bulk_create([_row(case, now) for case, now in fresh], batch_size=2_000)
    _note([(clock.pk, now, now.told) for clock, (_case, now) in zip(made, fresh, strict=True)], at)


def _write(settled: Settled, at: datetime) -> None:
    fresh = [(one.case, now) for one, changes in settled for now, before in changes if before is None]
    made = Clock.objects.bulk_create([_row(case, now) for case, now in fresh])
    kept = [(one.case, now, before) for one, changes in settled for now, before in changes if before is not None]
    if kept:
        rows = [{name: _plain(getattr(now, name)) for name in UPDATED} for _case, now, _before in kept]
        with connection.cursor() as cursor:
            cursor.execute(UPDATE, [json.dumps(rows)])
    told = [(case, now.pk, now, now.told[len(before.told) :]) for case, now, before in kept]
    told += [(case, clock.pk, now, now.told) for clock, (case, now) in zip(made, fresh, strict=True)]
    _note([each[1:] for each in told], at)
    _tell([each for each in told if each[3] and each[2].breached_at], at)


def _tell(broken: Sequence[tuple[int, int, State, Sequence[str]]], at: datetime) -> None:
    """Tell the customers' timelines and other systems which promises were broken just now."""
    cases = Case.objects.select_related("customer").in_bulk([each[0] for each in broken]) if broken else {}
    telling.tell_many(
        Told(
            cases[case], Verb.CASE_OVERDUE, now.breached_at or at, f"case_overdue:{pk}:{steps[-1]}",
            {"metric": now.metric},
        )
        for case, pk, now, steps in broken
    )  # fmt: skip


def _note(told: Iterable[tuple[int, State, Sequence[str]]], at: datetime) -> None:
    """Write down what was broken."""
    done_at = max(at, timezone.now())
    ClockEvent.objects.bulk_create(
        [
            ClockEvent(clock_id=pk, step=step, due_at=now.breached_at, done_at=done_at)
            for pk, now, steps in told
            for step in steps
            if now.breached_at
        ]
    )


def _row(case: int, now: State) -> Clock:
    row = Clock(
        case_id=case, metric=now.metric, cycle=now.cycle, target_id=now.target,
        calendar_version_id=now.calendar_version, told=list(now.told),
    )  # fmt: skip
    for name in UPDATED:
        if name not in ("pk", "target", "calendar_version", "told"):
            setattr(row, name, getattr(now, name))
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _next_due(settled: Settled) -> list[Due]:
    """Keep with each case which of its clocks is due first."""
    found, rows = [], []
    for one, changes in settled:
        clocks = {clock.pk: clock for clock in one.clocks} | {now.pk: now for now, before in changes if before}
        now = [*clocks.values(), *(clock for clock, before in changes if before is None)]
        due = _first_due(now)
        found.append(due)
        if one.due != due or one.forgotten:
            rows.append({"pk": one.case, "due_at": _plain(due[0]), "metric": due[1]})
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(DUE, [json.dumps(rows)])
    return found


def _first_due(clocks: Iterable[State]) -> Due:
    running = [(clock.due_at, clock.metric) for clock in clocks if clock.state == "running" and clock.due_at]
    return min(running) if running else (None, "")


@transaction.atomic
def move(clock: Clock, *, to: datetime, reason: str, by: User, at: datetime | None = None) -> Clock:
    """Set a deadline by hand: nothing but a person moves it again. Raises NotOpen and ClockRefused (``regulatory``,
    ``reason_missing``, ``in_the_past``, ``clock_ended``)."""
    at = at or timezone.now()
    case, clock = _locked(clock)
    if clock.metric == Metric.FINAL_RESPONSE:
        raise ClockRefused(_("Regulation sets this deadline; it cannot be moved."), "regulatory")
    if not reason.strip():
        raise ClockRefused(_("Say why the deadline is moved."), "reason_missing", "reason")
    if to <= at:
        raise ClockRefused(_("The new deadline lies in the past."), "in_the_past", "to")
    before = clock.due_at
    clock.moved_to, clock.moved_by, clock.moved_because = to, by, reason.strip()[:300]
    clock.save(update_fields=["moved_to", "moved_by", "moved_because"])
    history.note(
        case, "deadline_moved", at=at, by=by, metric=clock.metric, to=to.isoformat(), was=_plain(before)
    )  # fmt: skip
    follow(case, at=at, by=by)
    return Clock.objects.get(pk=clock.pk)


@transaction.atomic
def give_back(clock: Clock, *, by: User, at: datetime | None = None) -> Clock:
    """Let the policy say again when it is due. Raises NotOpen and ClockRefused (``not_moved``, ``clock_ended``)."""
    at = at or timezone.now()
    case, clock = _locked(clock)
    if clock.moved_to is None:
        raise ClockRefused(_("This deadline was not moved."), "not_moved")
    clock.moved_to, clock.moved_by, clock.moved_because = None, None, ""
    clock.judged_at = at
    clock.save(update_fields=["moved_to", "moved_by", "moved_because", "judged_at"])
    history.note(case, "deadline_given_back", at=at, by=by, metric=clock.metric)
    follow(case, at=at, by=by)
    return Clock.objects.get(pk=clock.pk)


def _locked(clock: Clock) -> tuple[Case, Clock]:
    case = Case.objects.select_for_update().get(pk=clock.case_id)
    if not case.is_open:
        raise NotOpen(case)
    clock = Clock.objects.get(pk=clock.pk)
    if clock.state not in Clock.GOING:
        raise ClockRefused(_("This clock has ended."), "clock_ended")
    return case, clock

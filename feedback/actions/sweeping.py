"""Do what the time has come for: warnings, breaches, steps of the ladder. Late perhaps, but never silent.

Any number of workers. A clock says itself when it has to be looked at next: nothing due costs nothing. Cases that
somebody else has locked are left to the next round. What is done and that it was done are one transaction: a worker
that is killed has done nothing, and the next one does it.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from feedback import ladder
from feedback.actions import clocks, escalations
from feedback.models import Case, Clock, ClockEvent
from feedback.promises import Goal, Rung, State, stops_of
from feedback.queries import facts
from feedback.queries.facts import Picture

log = logging.getLogger(__name__)
AT_ONCE = 50  # cases
AGAIN_IN = timedelta(minutes=10)  # after an error


def sweep(*, at: datetime | None = None, most: int | None = None) -> int:
    """Do everything that was due before ``at``, of so many batches at most. Returns how many cases were looked at."""
    done, batches = 0, 0
    while most is None or batches < most:
        count = _batch(at or timezone.now())
        if not count:
            break
        done, batches = done + count, batches + 1
    return done


@transaction.atomic
def _batch(at: datetime) -> int:
    due = Case.objects.filter(clocks__next_at__lt=at).order_by("clocks__next_at")
    found = due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
    cases = list(dict.fromkeys(found[:AT_ONCE]))
    if not cases:
        return 0
    try:
        with transaction.atomic():
            _settle(cases, at)
    except Exception:
        log.exception("a batch of %s cases could not be swept, they are tried one by one", len(cases))
        for case in cases:
            _alone(case, at)
    return len(cases)


def _alone(case: int, at: datetime) -> None:
    """One case that cannot be swept does not stop the others: it is tried again later."""
    try:
        with transaction.atomic():
            _settle([case], at)
    except Exception:
        log.exception("case %s could not be swept", case)
        Clock.objects.filter(case=case, next_at__lt=at).update(next_at=at + AGAIN_IN)


def _settle(cases: Sequence[int], at: datetime) -> None:
    clocks.judge(cases, at=at)  # what is broken is broken from here on
    pictures = facts.pictures(cases)
    book = clocks.book_of(pictures, at)
    rows = {case.pk: case for case in Case.objects.filter(pk__in=cases).select_related("assignee", "customer")}
    for one in pictures:
        goals, taken = book.goals(one), []
        for clock in one.clocks:
            if clock.state == "running" and clock.next_at and clock.next_at < at:
                taken += [(clock, rung) for rung in _clock(rows[one.case], one, clock, goals[clock.metric], at)]
        for clock, rung in taken:
            escalations.take(Case.objects.get(pk=one.case), clock, rung, at=at)


def _clock(case: Case, one: Picture, clock: State, goal: Goal, at: datetime) -> list[Rung]:
    """Do the steps of one clock that are due. Returns those that change the case: they come last."""
    stops = stops_of(clock.metric, goal, one.stops)
    due = [moment for moment in ladder.moments(clock, goal, stops) if moment.at < at]
    for moment in due:
        escalations.tell(case, clock, moment, at=at)
    done = max(at, timezone.now())
    ClockEvent.objects.bulk_create(
        [ClockEvent(clock_id=clock.pk, step=moment.key, due_at=moment.at, done_at=done) for moment in due]
    )
    told = [*clock.told, *(moment.key for moment in due)]
    left = ladder.next_moment(replace(clock, told=tuple(told)), goal, stops)
    Clock.objects.filter(pk=clock.pk).update(told=told, next_at=left)
    return [moment.rung for moment in due if moment.rung and not moment.rung.telling]

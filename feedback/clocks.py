"""What is promised of a case, when it is due, and how it ended. Pure: no database.

``wants`` says which promises a case has by what has happened in it. ``reckon`` says when one is due, ``judge`` what a
clock is at a moment: both from the original start with all pauses, so that the same facts always give the same clock.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from feedback import ladder
from feedback.promises import Facts, Goal, State, Stop, Want, breach_key, reckon, stops_of, taken

ONCE = ("acknowledge", "first_response", "resolution", "final_response")


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
        due_at=due, remaining=remaining, warn_at=None, next_at=None, fulfilled_at=until, taken=None, ended_at=None,
        state="running" if remaining is None else "paused",
    )  # fmt: skip
    now = _broken(now, until or at)
    if until is not None:
        took = taken(goal.hours, since, until, counted)
        return replace(now, state="missed" if now.breached_at else "met", taken=took)
    if remaining is not None:
        return now
    now = replace(now, warn_at=ladder.warning(now, goal, counted))
    return replace(now, next_at=ladder.next_moment(now, goal, counted))


def _broken(clock: State, at: datetime) -> State:
    """Broken once the deadline is over, and told of once; not any more where the deadline was put off since."""
    limit = clock.breaks_at
    if clock.breached_at is not None:
        stands = clock.due_at is not None and clock.due_at < at
        return clock if stands else replace(clock, breached_at=None)
    if limit is None or limit >= at:
        return clock
    return replace(clock, breached_at=limit, told=(*clock.told, breach_key(clock)))


def end(clock: State, state: str, at: datetime) -> State:
    """Nobody asks any more: merged into another case, or no longer promised. Neither kept nor missed."""
    if clock.state == state:
        return clock
    return replace(clock, state=state, ended_at=at, warn_at=None, next_at=None, remaining=None)

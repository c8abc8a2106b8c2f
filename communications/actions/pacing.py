"""When something that is due may go: not yet in quiet hours, not on this day, not over a cap or a limit.

What is put off says by what and until when; what would come too late then is left out.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from communications import branches, schedule, timing
from communications.actions import planning
from communications.actions.planning import Recipe
from communications.models import PlanVersion, Step, Touchpoint
from communications.queries import pressure, situations
from communications.queries.judging import Candidate
from communications.queries.pressure import Cap, Heard
from communications.schedule import Due, Skipped

ROUNDS = 50


@dataclass(frozen=True)
class Decided:
    """A touchpoint that does not go now: left out for a ``reason``, or ``deferred`` by something until ``due_at``."""

    id: int
    reason: str = ""
    deferred: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True)
class Going:
    """A touchpoint that goes now, with its step and version."""

    candidate: Candidate
    step: Step
    recipe: Recipe


@dataclass
class Limits:
    """How many may still go today: of each plan that has a limit, and of all together (0 is the key of all)."""

    left: dict[int, int]
    tomorrow: datetime

    def take(self, plan: int) -> bool:
        keys = [key for key in (plan, 0) if key in self.left]
        if any(self.left[key] < 1 for key in keys):
            return False
        for key in keys:
            self.left[key] -= 1
        return True


@dataclass
class Pace:
    """What holds for a batch: recipes by version, caps, what each customer heard, limits of the day."""

    at: datetime
    recipes: dict[int, Recipe]
    steps: dict[int, Step]
    caps: list[Cap]
    heard: Heard
    limits: Limits
    allowed: dict[tuple[int, str, str], tuple[datetime | None, tuple[str, ...]]] = field(default_factory=dict)

    def spec(self, one: Candidate) -> schedule.Step:
        return self.recipes[one.version_id].timing(self.steps[one.step_id], one.variant)

    def first_allowed(self, one: Candidate, at: datetime) -> tuple[datetime | None, tuple[str, ...]]:
        """The same for everybody in a zone: asked once for each."""
        if at != self.at:
            return schedule.allowed(at, self.spec(one), timing.living(one.zone))
        key = (one.step_id, one.variant, one.zone)
        if key not in self.allowed:
            self.allowed[key] = schedule.allowed(at, self.spec(one), timing.living(one.zone))
        return self.allowed[key]


def paced(free: Collection[Candidate], *, at: datetime) -> tuple[list[Going], list[Decided]]:
    """Those of the candidates that go now, in their order, and what becomes of the others."""
    if not free:
        return [], []
    pace = _pace(free, at)
    waiting = situations.waited_for(free, pace.steps)
    known = situations.known(free, pace.steps, at)
    going: list[Going] = []
    later: list[Decided] = []
    for one in free:
        step = pace.steps[one.step_id]
        decided = _waits(one, step, at) if one.id in waiting else None
        if decided is None and one.id in known and not branches.all_hold(step.only_if, known[one.id]):
            decided = Decided(one.id, reason="branch")
        decided = decided or _paced(one, pace)
        if decided is None:
            going.append(Going(one, step, pace.recipes[one.version_id]))
        else:
            later.append(decided)
    return going, later


def after(at: datetime, seconds: int) -> datetime:
    return at + timedelta(seconds=seconds)


def _pace(free: Collection[Candidate], at: datetime) -> Pace:
    versions = PlanVersion.objects.select_related("plan").in_bulk({one.version_id for one in free})
    recipes = {pk: planning.recipe(version) for pk, version in versions.items()}
    steps = {step.pk: step for recipe in recipes.values() for step in recipe.steps}
    caps = pressure.caps()
    heard = pressure.heard({one.customer_id for one in free if one.marketing}, caps, at)
    return Pace(at, recipes, steps, caps, heard, _limits(versions.values(), at))


def _limits(versions: Iterable[PlanVersion], at: datetime) -> Limits:
    begins, tomorrow = timing.business_day(at)
    wanted = {version.plan_id: version.daily_limit for version in versions if version.daily_limit is not None}
    most = {key: limit for key, limit in wanted.items() if limit is not None}
    if (limit := pressure.settings().daily_limit) is not None:
        most[0] = limit
    if not most:
        return Limits({}, tomorrow)
    today = Touchpoint.objects.filter(queued_at__gte=begins, queued_at__lt=tomorrow)
    today = today if 0 in most else today.filter(plan__in=list(most))
    went = Counter(today.values_list("plan_id", flat=True))
    return Limits({key: limit - (went.total() if key == 0 else went[key]) for key, limit in most.items()}, tomorrow)


def _waits(one: Candidate, step: Step, at: datetime) -> Decided | None:
    """It waits for a task, until its patience with people is over; then it goes on as if there were none."""
    if at >= (one.wanted_at or one.due_at) + timedelta(hours=step.waits_hours):
        return None
    return Decided(one.id, deferred="waiting_for_task", due_at=after(at, 900))


def _paced(one: Candidate, pace: Pace) -> Decided | None:
    """Quiet hours and days first, then the caps, then the limits of the day."""
    allowed, moved = pace.first_allowed(one, pace.at)
    if allowed is None:
        return Decided(one.id, reason="no_day_allowed")
    if allowed > pace.at:
        return _put_off(one, allowed, moved[-1], late="expired")
    if one.marketing and (decided := _capped(one, pace)):
        return decided
    if not pace.limits.take(one.plan_id):
        until, _ = pace.first_allowed(one, pace.limits.tomorrow)
        return _put_off(one, until or pace.limits.tomorrow, "daily_limit", late="expired")
    if one.marketing:
        pace.heard.setdefault(one.customer_id, {}).setdefault(one.channel, []).append(pace.at)
    return None


def _capped(one: Candidate, pace: Pace) -> Decided | None:
    """The first instant at which no cap is exceeded any more; each may move what another one had settled."""
    due: Due | Skipped = Due(pace.at, one.wanted_at or one.due_at)
    for _ in range(ROUNDS):
        before = due
        for cap in pace.caps:
            if isinstance(due, Due) and cap.counts(one.channel):
                sent = pressure.of(pace.heard, one.customer_id, cap)
                due = schedule.under_cap(
                    due, sent, pace.spec(one), timing.living(one.zone), cap=cap.most, window=cap.window
                )
        if due == before:
            break
    if isinstance(due, Skipped):
        return Decided(one.id, reason="frequency_cap" if due.reason == "frequency_cap" else due.reason)
    return _put_off(one, due.at, "frequency_cap", late="frequency_cap") if due.at > pace.at else None


def _put_off(one: Candidate, until: datetime, why: str, *, late: str) -> Decided:
    if one.expires_at is not None and until > one.expires_at:
        return Decided(one.id, reason=late)
    return Decided(one.id, deferred=why, due_at=until)

"""Replay purchases of the past by a design and by the programme as it is. Nothing is posted, nothing is used up.

A replay that was killed begins again: it writes nothing but its own progress and, at the end, its result.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from time import monotonic
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty import arithmetic
from loyalty.models import Programme, Simulation
from loyalty.qualification import months_before
from loyalty.queries import simulations as read
from loyalty.queries.simulations import Life, ShopAverages
from loyalty.simulation import design as designs
from loyalty.simulation.design import Design
from loyalty.simulation.figures import Books, Moves, month_starts
from loyalty.simulation.history import Bought
from loyalty.simulation.replay import Member
from people.models import User

State = Simulation.State
FORGOTTEN_AFTER = timedelta(minutes=5)
MOST_MONTHS = 60
Progress = Callable[[int], None]


class DesignRefused(ValidationError):
    """A design that cannot be replayed; ``code`` is ``wrong_value``, ``no_span`` or ``too_long``."""


class NotUnderWay(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("This replay has ended already."), code="not_under_way")


class Stopped(Exception):
    """Somebody has cancelled the replay, or another process has begun it again."""


def ask(
    programme: Programme,
    design: Design,
    *,
    name: str,
    begins_at: datetime,
    ends_at: datetime,
    lead_in_months: int = 12,
    by: User | None = None,
) -> Simulation:
    """Ask for a replay of the purchases of a span. Raises DesignRefused."""
    _check(design, begins_at, ends_at, lead_in_months)
    since = months_before(begins_at, lead_in_months, programme.zone)
    return Simulation.objects.create(
        programme=programme,
        name=name.strip()[:100] or _("Design"),
        design=design.as_json(),
        today=read.current(programme).as_json(),
        begins_at=begins_at,
        ends_at=ends_at,
        lead_in_months=lead_in_months,
        total=read.counted(programme, since, ends_at),
        asked_by=by,
    )


def _check(design: Design, begins_at: datetime, ends_at: datetime, lead_in_months: int) -> None:
    if ends_at <= begins_at:
        raise DesignRefused(_("The end comes after the beginning."), code="no_span")
    longest = arithmetic.add_months(begins_at.date(), MOST_MONTHS)
    if ends_at.date() > longest or not 0 <= lead_in_months <= MOST_MONTHS:
        raise DesignRefused(
            _("A replay goes over at most %(most)s months."), code="too_long", params={"most": MOST_MONTHS}
        )
    habit, known = design.habit, [ladder.steps for ladder in design.ladders]
    right = (
        design.rate_points >= 0
        and design.rate_money > 0
        and design.reward_points > 0
        and design.reward_cost >= 0
        and 0 <= habit.takers <= 100
        and 0 <= habit.spent <= 100
        and (design.expiry_months is None or 0 < design.expiry_months <= 1200)
        and all(
            steps and sorted({step.threshold for step in steps}) == [s.threshold for s in steps] for steps in known
        )
    )
    if not right:
        raise DesignRefused(_("A figure of the design is out of its bounds."), code="wrong_value")


def cancel(simulation: Simulation) -> Simulation:
    """Stop a replay that waits or is under way. Raises NotUnderWay."""
    going = Simulation.objects.filter(pk=simulation.pk, state__in=[State.WAITING, State.RUNNING])
    if not going.update(state=State.CANCELLED):
        raise NotUnderWay
    return Simulation.objects.get(pk=simulation.pk)


def go_on(*, seconds: float = 50) -> int:
    """Run the replays that wait, and those whose process was killed. Returns how many were run."""
    until, done = monotonic() + seconds, 0
    while monotonic() < until:
        killed = Q(state=State.RUNNING, moved_at__lt=timezone.now() - FORGOTTEN_AFTER)
        found = Simulation.objects.filter(Q(state=State.WAITING) | killed).order_by("pk").first()
        if found is None:
            break
        run(found)
        done += 1
    return done


def run(simulation: Simulation) -> Simulation:
    """Run a replay from its beginning, unless another process has taken it. What goes wrong is said in it."""
    mine = Simulation.objects.filter(pk=simulation.pk)
    killed = Q(state=State.RUNNING, moved_at__lt=timezone.now() - FORGOTTEN_AFTER)
    taken = mine.filter(Q(state=State.WAITING) | killed)
    if taken.update(state=State.RUNNING, moved_at=timezone.now(), done=0, run=F("run") + 1):
        taken_as = Simulation.objects.select_related("programme").get(pk=simulation.pk)
        mine = mine.filter(state=State.RUNNING, run=taken_as.run)
        try:
            result = replay(taken_as, tell=lambda done: _tell(taken_as, done))
            mine.update(state=State.DONE, done=F("total"), result=result, moved_at=timezone.now())
        except Stopped:
            pass
        except Exception as error:
            mine.update(state=State.FAILED, error=str(error)[:1000] or type(error).__name__)
            raise
    return Simulation.objects.get(pk=simulation.pk)


def _tell(simulation: Simulation, done: int) -> None:
    mine = Simulation.objects.filter(pk=simulation.pk, state=State.RUNNING, run=simulation.run)
    if not mine.update(done=min(done, simulation.total), moved_at=timezone.now()):
        raise Stopped


def replay(simulation: Simulation, *, tell: Progress) -> dict[str, Any]:
    """The result of a replay; ``tell`` hears how many purchases are done, and may raise Stopped."""
    programme, ends = simulation.programme, simulation.ends_at
    pair = (designs.read(simulation.today), designs.read(simulation.design))
    since = months_before(simulation.begins_at, simulation.lead_in_months, programme.zone)
    starts = month_starts(simulation.begins_at, ends, programme.zone)
    today, then = (Books(design, starts, ends) for design in pair)
    averages, moves = ShopAverages(programme, pair, since, ends), Moves()
    wanted = read.wanted(pair, since, ends)
    purchases = customers = done = 0
    for batch in read.lives(wanted):
        for life in batch:
            before, after = (_live(books, life, averages) for books in (today, then))
            many = _bought(life, simulation.begins_at)
            purchases, customers = purchases + many, customers + bool(many)
            if many:
                values = ((before, today.design.value), (after, then.design.value))
                moves.add(life.customer, *values, life.segments)
            done += _bought(life, since)
        tell(done)
    return {
        "purchases": purchases,
        "customers": customers,
        "today": today.as_json(),
        "then": then.as_json(),
        "moves": moves.as_json(),
        "segments": {str(segment.pk): segment.name for segment in wanted.segments},
    }


def _live(books: Books, life: Life, averages: Callable[[Any], Fraction | None]) -> int:
    """Let a customer live by a design. Returns the points earned in the span, less what returns took back."""
    own = [0]
    books.live(Member(books.design, life.somebody, books.ear(own), averages), life.events)
    return own[0]


def _bought(life: Life, since: datetime) -> int:
    return sum(isinstance(event, Bought) and event.at >= since for event in life.events)

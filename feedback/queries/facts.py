"""What clocks are judged by: of one case or of a thousand, in the same few statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Subquery

from calendars import queries as calendars
from calendars.queries import Ready
from feedback import clocks
from feedback.models import Case, CaseEvent, Clock, Entry, LetterTemplate, Pause
from feedback.promises import Facts, Goal, State, Stop, with_holding_letter
from feedback.queries import policies
from feedback.queries.policies import Asked, Held

Purpose = LetterTemplate.Purpose
CLOCK_FIELDS = (
    "metric", "cycle", "started_at", "state", "target", "calendar_version", "judged_at", "due_at", "warn_at",
    "remaining", "fulfilled_at", "taken", "breached_at", "ended_at", "next_at", "told", "moved_to", "pk",
)  # fmt: skip
TOLD = CLOCK_FIELDS.index("told")
Changes = list[tuple[State, State | None]]  # what each clock is now, and what it was


@dataclass
class Picture:
    """A case with everything that its clocks depend on."""

    case: int
    asked: Asked
    facts: Facts
    stands: str  # what it should be standing still for now: a reason of a pause, or ""
    due: tuple[datetime | None, str]
    calendar: int | None
    forgotten: bool = False  # closed, and still said to be waiting for an answer
    took_in: bool = False  # others were merged into it
    stops: list[Stop] = field(default_factory=list)
    clocks: list[State] = field(default_factory=list)


class Book:
    """The policies and opening hours to judge by, and who of the customers is in which segment."""

    def __init__(self, book: Sequence[Held], pictures: Iterable[Picture], at: datetime) -> None:
        pictures = list(pictures)
        self.held = book
        self.members = policies.members(book, {one.asked.customer for one in pictures if one.asked.customer}, at)
        wanted: set[int | None] = {promise.calendar for held in book for promise in held.promises.values()}
        if None in wanted:
            wanted |= {one.calendar for one in pictures}
        named = {pk for pk in wanted if pk is not None}
        self.ready: dict[int | None, Ready] = {}
        if named:
            self.ready |= calendars.ready_all(named).items()
        if None in wanted and any(one.calendar is None for one in pictures):
            self.ready[None] = calendars.main()

    def goals(self, picture: Picture) -> dict[str, Goal]:
        """What is promised of this case, by metric."""
        held = policies.choose(self.held, picture.asked, self.members)
        if held is None:
            return {}
        priority, goals = picture.asked.priority, {}
        for (metric, level), promise in held.promises.items():
            if level == priority:
                ready = self.ready[promise.calendar or picture.calendar]
                goal = Goal(
                    promise.target, promise.amount, promise.unit, promise.pauses, ready.version_id, ready.hours,
                    held.warn_percent, held.rungs,
                )  # fmt: skip
                goals[metric] = with_holding_letter(metric, goal, picture.facts)
        return goals


def pictures(cases: Sequence[int]) -> list[Picture]:
    """What is known of these cases now, in three statements."""
    spoke = Entry.objects.filter(case=OuterRef("pk"), kind=Entry.Kind.REPLY, automatic=False).order_by("-at", "-pk")
    final, holding = (_first_letter(purpose) for purpose in (Purpose.FINAL, Purpose.HOLDING))
    rows = Case.objects.filter(pk__in=cases).order_by("pk").annotate(
        spoke_at=Subquery(spoke.values("at")[:1]), tier=F("customer__profile__tier"), hours=F("team__calendar"),
        final_at=Subquery(final), held_at=Subquery(holding),
        took_in=Exists(Case.objects.filter(merged_into=OuterRef("pk"))),
    )  # fmt: skip
    found = [_picture(row) for row in rows]
    if not found:
        return []
    stops: dict[int, list[Stop]] = defaultdict(list)
    known: dict[int, list[State]] = defaultdict(list)
    held_up = Pause.objects.filter(case__in=cases).order_by("starts_at", "pk")
    for case, why, begins, ends in held_up.values_list("case", "reason", "starts_at", "ends_at"):
        stops[case].append(Stop(why, begins, ends))
    held = Clock.objects.filter(case__in=cases).order_by("case", "metric", "cycle")
    for case, *clock in held.values_list("case", *CLOCK_FIELDS):
        clock[TOLD] = tuple(clock[TOLD])
        known[case].append(State(*clock))
    for one in found:
        one.stops, one.clocks = stops[one.case], known[one.case]
    _with_merged([one for one in found if one.took_in])
    return found


def _first_letter(purpose: str) -> Any:
    sent = CaseEvent.objects.filter(case=OuterRef("pk"), what="letter", about__purpose=str(purpose))
    return sent.order_by("at", "pk").values("at")[:1]


def _picture(case: Case) -> Picture:
    gone = "merged" if case.merged_into_id else "cancelled" if case.spam else ""
    stands = "" if gone else Pause.Reason.CLOSED.value if case.closed_at else case.waiting
    return Picture(
        case=case.pk,
        asked=Asked(
            case.kind, case.priority, case.channel, case.team_id, getattr(case, "tier", "") or "", case.customer_id
        ),
        facts=Facts(
            since=case.received_at, acknowledged_at=case.acknowledged_at, answered_at=case.answered_at,
            spoke_at=getattr(case, "spoke_at", None), unanswered_since=case.unanswered_since,
            final_at=getattr(case, "final_at", None), held_at=getattr(case, "held_at", None),
            closed_at=case.closed_at, reopenings=case.reopenings, gone=gone,
        ),
        stands=stands, due=(case.due_at, case.due_metric), calendar=getattr(case, "hours", None),
        forgotten=bool(case.closed_at and case.unanswered_since), took_in=getattr(case, "took_in", False),
    )  # fmt: skip


def _with_merged(found: list[Picture]) -> None:
    """Who survives a merge keeps the earliest start of all that were merged in, however deep."""
    roots = {one.case: one.case for one in found}
    earliest: dict[int, datetime] = {}
    while roots:
        rows = Case.objects.filter(merged_into__in=list(roots)).values_list("pk", "merged_into", "received_at")
        below = {}
        for pk, into, received_at in rows:
            root = below[pk] = roots[into or 0]
            earliest[root] = min(earliest.get(root, received_at), received_at)
        roots = below
    for one in found:
        if one.case in earliest:
            one.facts = replace(one.facts, since=min(one.facts.since, earliest[one.case]))


def judged(one: Picture, book: Book, at: datetime) -> Changes:
    """The clocks of a case that are not as they were, each with what it was."""
    goals, going = book.goals(one), {clock.pk for clock in one.clocks}
    found: list[tuple[State, State | None]] = []
    cycles = {clock.metric: clock.cycle for clock in one.clocks}
    for clock, want in clocks.follow(one.clocks, one.facts, at):
        goal = goals.get(want.metric)
        if goal is None:
            continue
        if clock is None:
            cycles[want.metric] = cycle = cycles.get(want.metric, 0) + 1
            found.append((clocks.judge(State(want.metric, cycle, want.since), want, goal, one.stops, at), None))
            continue
        going.discard(clock.pk)
        now = clocks.judge(clock, want, goal, one.stops, at)
        if now != clock:
            found.append((now, clock))
    state = one.facts.gone or "cancelled"
    for clock in one.clocks:
        if clock.pk in going and clock.state in ("running", "paused"):
            found.append((clocks.end(clock, state, at), clock))
    return found

"""A board at a glance: its seats, what is due, and whether the next meeting is ready."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisory.models import ActionItem, Board, Charter, Meeting, Minutes, Recommendation, Seat, Term
from advisory.queries import charters
from advisory.queries.planner import Happening, happenings
from communications import timing

SOON = timedelta(days=60)


@dataclass(frozen=True)
class Place:
    """A seat, who holds it today, and who is on the way to it."""

    seat: Seat
    holder: Term | None
    coming: Term | None
    renewal_on: date | None
    renewal_due: bool


@dataclass(frozen=True)
class Check:
    """One line of the list for the next meeting."""

    name: str | Promise
    done: bool
    until: date | None
    note: str = ""


@dataclass(frozen=True)
class Glance:
    charter: Charter | None
    places: list[Place]
    meeting: Meeting | None
    checks: list[Check] = field(default_factory=list)
    minutes: list[Meeting] = field(default_factory=list)
    actions: list[ActionItem] = field(default_factory=list)
    unanswered: int = 0
    unpublished: int = 0

    @property
    def filled(self) -> int:
        return sum(place.holder is not None for place in self.places)

    @property
    def cohorts(self) -> list[tuple[str, int]]:
        """Of each cohort of which somebody is due: how many are asked together."""
        due = sorted({place.seat.cohort for place in self.places if place.renewal_due and place.seat.cohort})
        waiting = [place.seat.cohort for place in self.places if place.holder and place.coming is None]
        return [(cohort, waiting.count(cohort)) for cohort in due]

    @property
    def to_renew(self) -> int:
        return sum(place.renewal_due for place in self.places)


def boards() -> QuerySet[Board]:
    """All of them, with how many seats they have and how many are held or on the way."""
    today = timing.business_date(timezone.now())
    held = Q(terms__state__in=Term.SEATED, terms__starts_on__lte=today, terms__ends_on__gte=today)
    return Board.objects.annotate(
        filled=Count("terms__seat", filter=held, distinct=True),
        seats_in_all=Count("seats", filter=Q(seats__removed_at=None), distinct=True),
        asked=Count("terms", filter=Q(terms__state=Term.State.INVITED), distinct=True),
    ).order_by("closed_at", "name")


def of(board: Board, at: datetime) -> Glance:
    today = timing.business_date(at)
    charter = charters.current(board)
    meeting = coming(board, at)
    undecided = Recommendation.objects.filter(board=board, answer_by__lt=today)
    decided = Recommendation.objects.filter(board=board, state__in=Recommendation.DECIDED)
    return Glance(
        charter,
        places(board, charter, today),
        meeting,
        checks(meeting, charter, at) if meeting else [],
        list(overdue_minutes(board, today)),
        list(overdue_actions(board, today)),
        undecided.filter(state__in=["proposed", "under_review"]).count(),
        sum(one.published != one.state for one in decided.only("published", "state")),
    )


def places(board: Board, charter: Charter | None, today: date) -> list[Place]:
    notice = charter.renewal_notice_days if charter else 42
    terms: dict[int, list[Term]] = {}
    for term in Term.objects.filter(board=board).open().select_related("customer").order_by("starts_on"):
        terms.setdefault(term.seat_id, []).append(term)
    answer = []
    for seat in board.seats.filter(removed_at=None).order_by("number"):
        there = terms.get(seat.pk, [])
        holder = next(
            (one for one in there if one.state in Term.SEATED and one.starts_on <= today <= one.ends_on), None
        )
        next_ = next((one for one in there if one is not holder), None)
        renewal = holder.renewal_on(notice) if holder else None
        due = bool(renewal and renewal <= today and next_ is None)
        answer.append(Place(seat, holder, next_, renewal, due))
    return answer


def coming(board: Board, at: datetime) -> Meeting | None:
    """The next meeting: running, scheduled, or being planned."""
    rows = Meeting.objects.filter(board=board, state__in=["draft", "polling", "scheduled", "in_progress"])
    running = Q(state=Meeting.State.IN_PROGRESS)
    return rows.filter(running | Q(starts_at=None) | Q(ends_at__gte=at)).order_by("starts_at", "pk").first()


def checks(meeting: Meeting, charter: Charter | None, at: datetime) -> list[Check]:
    """What has to be there before a meeting, and until when, as the charter says."""
    starts = meeting.starts_at
    agenda_days, schedule_days = (charter.agenda_days, charter.schedule_days) if charter else (7, 35)

    def before(days: int) -> date | None:
        return timing.business_date(starts - timedelta(days=days)) if starts else None

    invited = meeting.invitees.filter(term__isnull=False, removed_at=None)
    asked = invited.count()
    answered = invited.exclude(answer="needs_action").count()
    items = list(meeting.items.all())
    return [
        Check(_("A date is set"), starts is not None, before(schedule_days)),
        Check(_("A place or a video link"), bool(meeting.place or meeting.video_url), before(schedule_days)),
        Check(_("Members are invited"), asked > 0, before(schedule_days)),
        Check(_("Members have answered"), asked > 0 and answered == asked, before(agenda_days), f"{answered}/{asked}"),
        Check(_("The agenda is final"), bool(items), before(agenda_days), str(len(items))),
        Check(_("Somebody facilitates"), meeting.facilitator_id is not None, before(agenda_days)),
    ]


def overdue_minutes(board: Board | None, today: date) -> QuerySet[Meeting]:
    rows = Meeting.objects.filter(state=Meeting.State.CLOSED, minutes_due_on__lt=today)
    rows = rows.exclude(minutes__in=Minutes.objects.filter(state__in=["approved", "published"]))
    return (rows.filter(board=board) if board else rows).order_by("minutes_due_on")


def overdue_actions(board: Board | None, today: date) -> QuerySet[ActionItem]:
    rows = ActionItem.objects.filter(state=ActionItem.State.OPEN, due_on__lt=today)
    rows = rows.select_related("owner", "owner_term__customer")
    return (rows.filter(board=board) if board else rows).order_by("due_on")


def year(year_: int, boards_: list[Board]) -> list[list[Happening]]:
    """What falls into each month of a year."""
    months: list[list[Happening]] = [[] for _month in range(12)]
    for one in happenings(boards_, date(year_, 1, 1), date(year_, 12, 31)):
        months[one.on.month - 1].append(one)
    return months

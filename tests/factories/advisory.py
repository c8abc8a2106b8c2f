"""Boards for tests: twelve months, changed by keyword."""

from datetime import date, timedelta
from itertools import count

from django.utils import timezone

from advisory.actions import attendance, meetings
from advisory.models import Board, Charter, Invitee, Meeting, Nda, Seat, Signature, Term
from communications.timing import business_date
from tests.factories import customers

codes = count(1)


def board(*, charter: bool = True, seats: int = 0, **changes) -> Board:
    """A board with a published charter."""
    number = next(codes)
    made = Board.objects.create(**{"code": f"board-{number}", "name": f"Board {number}", "zone": "UTC"} | changes)
    if charter:
        published(made, size=seats or 12)
    for _ in range(seats):
        seat(made)
    return made


def published(board: Board, **changes) -> Charter:
    """The next version of the board's charter."""
    usual = {"number": board.charters.count() + 1, "mission": "Say what customers need."}
    return Charter.objects.create(board=board, published_at=timezone.now(), **usual | changes)


def nda(board: Board, text: str = "I keep it to myself.") -> Nda:
    return Nda.objects.create(board=board, number=board.ndas.count() + 1, text=text)


def seat(board: Board, **changes) -> Seat:
    return Seat.objects.create(board=board, **{"number": board.seats.count() + 1} | changes)


def term(board: Board, *, signed: bool = True, **changes) -> Term:
    """A member whose term began 30 days ago, on a seat of its own; charter and NDA are signed."""
    today = business_date(timezone.now())
    usual = {
        "state": Term.State.ACTIVE, "route": Term.Route.DRAW, "starts_on": today - timedelta(days=30),
        "ends_on": today + timedelta(days=335), "invited_at": timezone.now(), "accepted_at": timezone.now(),
        "answer_by": timezone.now() + timedelta(days=14),
    }  # fmt: skip
    if "customer" not in changes:
        changes["customer"] = customers.customer(email=f"member{next(codes)}@example.org")
    if "seat" not in changes:
        changes["seat"] = seat(board)
    made = Term.objects.create(board=board, **usual | changes)
    if signed:
        sign(made)
    return made


def sign(term: Term) -> None:
    """The current charter and NDA, where there are any."""
    for key, rows in (("charter", term.board.charters.exclude(published_at=None)), ("nda", term.board.ndas.all())):
        if (current := rows.order_by("-number").first()) is not None:
            Signature.objects.get_or_create(term=term, **{key: current}, defaults={"name": str(term.customer)})


def day(text: str) -> date:
    return date.fromisoformat(text)


def meeting(board: Board | None = None, *, members: int = 2, scheduled: bool = True, **changes) -> Meeting:
    """A scheduled meeting by video in eight days, for two hours, with members."""
    board = board or globals()["board"]()
    for _ in range(members):
        term(board)
    made = meetings.plan(board, changes.pop("title", "What customers need"), **changes)
    if scheduled:
        starts_at = timezone.now().replace(microsecond=0) + timedelta(days=8)
        made = meetings.schedule(made, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    return made


def running(board: Board | None = None, *, members: int = 2, present: int | None = None, **changes) -> Meeting:
    """A meeting that has begun; all members are there, or the first ``present`` of them."""
    made = meetings.open(meeting(board, members=members, **changes))
    for invitee in invitees(made)[: members if present is None else present]:
        attendance.come(invitee)
    return made


def invitees(meeting: Meeting) -> list[Invitee]:
    """The members who are asked, in the order of their seats."""
    return list(meeting.invitees.filter(term__isnull=False).select_related("term__customer").order_by("pk"))

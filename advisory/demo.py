"""Advisory boards of the invented company: one at home, one around the world, with members by every route."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from advisory.actions import boards, charters, draws, elections, invitations, pools, seats, terms
from advisory.models import Board, Charter, Officer, Term
from advisory.queries import charters as current
from advisory.queries import eligibility
from advisory.queries import pools as queries
from customers.demo.company import Tell
from customers.models import Customer, Segment
from people.models import User

MISSION = (
    "Twelve customers tell us what to change: what annoys you, what you miss, and what must stay as it is. "
    "What you recommend is answered within four weeks, with a reason."
)
DUTIES = "Come to four meetings a year.\nAsk other customers before, and speak for them, not only for yourself."
NDA = "What is marked confidential I keep to myself until it is public. I may say that I am a member."
TERM_BEGAN = 240  # days ago
BOARDS: tuple[dict[str, Any], ...] = (
    {
        "code": "home", "name": "Home board", "zone": "Europe/Berlin", "size": 8, "seed": "6 aus 49: 4-17-23-31-40-48",
        "office": "Teahouse, Bonn", "office_latitude": "50.73743", "office_longitude": "7.09821",
    },
    {
        "code": "world", "name": "World board", "zone": "UTC", "size": 6, "seed": "EuroMillions 5-12-27-33-44-2-9",
        "about": ["region", "spend"],
    },
)  # fmt: skip


def fill(count: int, *, today: date, tell: Tell) -> None:
    """Two boards with charters, seats, and members who were appointed, drawn and invited."""
    if Board.objects.exists():
        return
    by = User.objects.filter(groups__name="Board managers").order_by("pk").first()
    with transaction.atomic():
        made = [_board(dict(plan), today=today, by=by) for plan in BOARDS]
        _election(made[0], today=today, by=by)
        terms.move_on()
    members = Term.objects.filter(state__in=Term.SEATED).count()
    tell(f"{len(made)} boards, {members} members")


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _board(plan: dict[str, Any], *, today: date, by: User | None) -> Board:
    size, seed, about = plan.pop("size"), plan.pop("seed"), plan.pop("about", ["tier", "spend", "tenure"])
    began = today - timedelta(days=TERM_BEGAN)
    at = _noon(began - timedelta(days=30))
    board = boards.open(**plan, points_joining=200, points_attending=100, points_surveying=50, by=by)
    charter = charters.draft(board, mission=MISSION, duties=DUTIES, confidentiality=NDA, size=size, by=by)
    charters.publish(charter, by=by, at=at)
    charters.issue_nda(board, NDA, by=by, at=at)
    for seat in board.seats.all():
        boards.describe(seat, cohort="spring" if seat.number % 2 else "autumn", label="", by=by)
    first = _appointed(board, charter, began, at, by)
    pool = pools.freeze(board, about=about, by=by, at=at)
    total = len(seats.free(board)) + (1 if first else 0)
    quotas = {feature: _loose(values, total) for feature, values in queries.proposed(pool.base, total).items()}
    draws.draw(pool, seed=seed, quotas=quotas, starts_on=began, by=by, at=at)
    _answers(board, at=at, by=by)
    chair = Term.objects.filter(board=board, state__in=Term.SEATED).order_by("seat__number").first()
    if chair:
        boards.name_officer(board, Officer.Duty.CHAIR, chair, by=by, on=began)
    if by:
        boards.name_officer(board, Officer.Duty.FACILITATOR, by, by=by, on=began)
    return board


def _loose(values: dict[str, tuple[int, int]], total: int) -> dict[str, tuple[int, int]]:
    """Small companies have few of everything: nobody has to come, but nobody crowds the others out."""
    return {value: (0, min(total, most + 1)) for value, (_least, most) in values.items()}


def _appointed(board: Board, charter: Charter, began: date, at: datetime, by: User | None) -> Term | None:
    """The best customer of all who may be one: chosen by name, with a reason."""
    for customer in Customer.objects.standing().order_by("-profile__gross", "pk")[:40]:
        if not eligibility.why_not(board, charter, customer, at):
            reason = "Runs a tea room and hears a hundred guests a day."
            return seats.appoint(seats.free(board)[0], customer, reason=reason, starts_on=began, by=by, at=at)
    return None


def _answers(board: Board, *, at: datetime, by: User | None) -> None:
    """All but one accept; the second declines, so that the draw goes on; the last one was asked only lately."""
    charter, nda = current.current(board), current.current_nda(board)
    assert charter
    assert nda
    rows = list(Term.objects.filter(board=board, state="shortlisted").order_by("seat__number"))
    asked_lately = rows.pop() if board.code == "world" and len(rows) > 3 else None
    for term in rows:
        invitations.invite(term, by=by, at=at)
    later = at + timedelta(days=3)
    if len(rows) > 2:
        invitations.decline(rows[1], reason="Too much to do at the shop this year.", at=later)
    waiting = Term.objects.filter(board=board, state="invited").select_related("customer").order_by("seat__number")
    for term in list(waiting):
        invitations.accept(term, name=str(term.customer), charter=charter.pk, nda=nda.pk, at=later)
    if asked_lately:
        invitations.invite(asked_lately, by=by)
    _nearly_over(board, at=later)


def _nearly_over(board: Board, *, at: datetime) -> None:
    """One who is to be asked soon whether they stay: the term is shorter than the others'."""
    one = Term.objects.filter(board=board, state__in=Term.SEATED).order_by("-seat__number").first()
    if one:
        one.ends_on = one.starts_on + timedelta(days=TERM_BEGAN + 30)
        one.save(update_fields=["ends_on"])


def _election(board: Board, *, today: date, by: User | None) -> None:
    """Nominees are being looked for, for the seats of the next year."""
    segment = Segment.objects.order_by("pk").first()
    if segment is not None:
        elections.call(
            board, "Two seats of the coming year", seats=2, segment=segment, starts_on=today + timedelta(days=60),
            closes_at=_noon(today + timedelta(days=30)), by=by,
        )  # fmt: skip

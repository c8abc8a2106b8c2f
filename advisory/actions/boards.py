"""Boards are opened and closed; chair, facilitator and observers are named."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory.actions.refusals import BoardRefused
from advisory.models import Board, Officer, Seat, Term
from communications import timing
from people.models import User

CHANGEABLE = (
    "name", "level", "zone", "calendar", "office", "office_latitude", "office_longitude",
    "points_joining", "points_attending", "points_surveying",
)  # fmt: skip
MOST_DEGREES = {"office_latitude": 90, "office_longitude": 180}


@transaction.atomic
def open(code: str, name: str, *, zone: str, by: User | None = None, **settings: Any) -> Board:
    """A new board, without charter and seats yet. Raises BoardRefused (``code_taken``, ``zone_unknown``, …)."""
    if Board.objects.filter(code=code).exists():
        raise BoardRefused(_("There is a board with this code."), "code_taken", "code")
    board = Board(code=code, opened_by=by)
    _set(board, {"name": name, "zone": zone} | settings)
    board.save()
    return board


@transaction.atomic
def change(board: Board, *, by: User | None = None, **changes: Any) -> Board:
    """Other settings; ``changes`` are of ``CHANGEABLE``. Raises BoardRefused."""
    board = locked(board)
    _set(board, changes)
    board.save()
    return board


def _set(board: Board, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        if name not in CHANGEABLE:
            raise TypeError(name)
        setattr(board, name, value)
    if not board.name.strip():
        raise BoardRefused(_("Give it a name."), "name_missing", "name")
    if (board.office_latitude is None) != (board.office_longitude is None):
        raise BoardRefused(_("A place has both coordinates or none."), "half_a_place", "office_latitude")
    for name, most in MOST_DEGREES.items():
        if abs(Decimal(getattr(board, name) or 0)) > most:
            raise BoardRefused(_("There is no such place on earth."), "no_place", name)
    try:
        ZoneInfo(board.zone)
    except (KeyError, ValueError, OSError) as error:
        raise BoardRefused(_("No such time zone."), "zone_unknown", "zone") from error


@transaction.atomic
def close(board: Board, *, by: User | None = None, at: datetime | None = None) -> Board:
    """No more meetings. Raises BoardRefused (``members_left``) while somebody holds a seat."""
    board = locked(board)
    if board.terms.open().exists():
        raise BoardRefused(_("Somebody still holds a seat or is invited to one."), "members_left")
    if board.closed_at is None:
        board.closed_at = at or timezone.now()
        board.save(update_fields=["closed_at"])
    return board


@transaction.atomic
def seat(board: Board, count: int, *, cohort: str = "", by: User | None = None) -> list[Seat]:
    """Have ``count`` seats that can be filled: new ones are added; those left over go, where nobody is on them.

    Raises BoardRefused (``seat_taken``).
    """
    board = locked(board)
    there = list(board.seats.filter(removed_at=None).order_by("number"))
    for spare in reversed(there[count:]):
        if spare.terms.open().exists():
            raise BoardRefused(_("Somebody is on seat %(number)s."), "seat_taken", "size", number=spare.number)
        spare.removed_at = timezone.now()
        spare.save(update_fields=["removed_at"])
    for gone in board.seats.exclude(removed_at=None).order_by("number")[: max(0, count - len(there))]:
        gone.removed_at = None
        gone.save(update_fields=["removed_at"])
        there.append(gone)
    last = board.seats.count()
    missing = count - len(there)
    Seat.objects.bulk_create(Seat(board=board, number=last + n, cohort=cohort) for n in range(1, missing + 1))
    return list(board.seats.filter(removed_at=None).order_by("number"))


@transaction.atomic
def describe(seat: Seat, *, cohort: str, label: str, by: User | None = None) -> Seat:
    """Which cohort a seat belongs to, and whom it is kept for. Empty is none, nobody."""
    locked(seat.board)
    seat = Seat.objects.select_for_update().get(pk=seat.pk)
    seat.cohort, seat.label = cohort.strip()[:20], label.strip()[:60]
    seat.save(update_fields=["cohort", "label"])
    return seat


@transaction.atomic
def name_officer(
    board: Board, duty: str, who: Term | User | str, *, by: User | None = None, on: date | None = None
) -> Officer:
    """Name a chair (a member's term), a facilitator (one of the staff) or an observer (staff, or a guest's name).

    The chair and the facilitator before are relieved. Raises BoardRefused (``not_a_member``, ``wrong_person``).
    """
    on = on or timing.business_date(timezone.now())
    board = locked(board)
    kind = Term if duty == Officer.Duty.CHAIR else (User if duty == Officer.Duty.FACILITATOR else User | str)
    if not isinstance(who, kind) or who == "":
        raise BoardRefused(_("A chair is a member, a facilitator one of the staff."), "wrong_person", "who")
    if isinstance(who, Term) and (who.board_id != board.pk or who.state not in Term.SEATED):
        raise BoardRefused(_("The chair is a member of the board."), "not_a_member", "who")
    if duty != Officer.Duty.OBSERVER:
        for before in board.officers.filter(duty=duty, ends_on=None):
            relieve(before, on=on)
    return Officer.objects.create(
        board=board, duty=duty, starts_on=on, named_by=by,
        term=who if isinstance(who, Term) else None,
        user=who if isinstance(who, User) else None,
        guest=who.strip()[:200] if isinstance(who, str) else "",
    )  # fmt: skip


@transaction.atomic
def relieve(officer: Officer, *, on: date | None = None) -> Officer:
    """The duty ends; it is kept who had it."""
    if officer.ends_on is None:
        officer.ends_on = max(on or timing.business_date(timezone.now()), officer.starts_on)
        officer.save(update_fields=["ends_on"])
    return officer


def locked(board: Board) -> Board:
    """Whoever fills or empties seats locks the board first."""
    return Board.objects.select_for_update(no_key=True).get(pk=board.pk)

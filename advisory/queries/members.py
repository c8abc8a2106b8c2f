"""Who sits on a board, where they live, what their clocks show, and how they are written to."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from advisory.models import Board, Term, Voter
from advisory.venues import Place
from communications import timing
from customers.models import Customer, EmailAddress
from customers.places import zone_of


def holders(board: Board, *, on: date | None = None) -> QuerySet[Term]:
    """Who holds a seat of the board on a day."""
    terms = Term.objects.holding(on or timing.business_date(timezone.now())).filter(board=board)
    return terms.select_related("customer", "seat").order_by("seat__number")


def filled(board: Board, *, on: date | None = None) -> tuple[int, int]:
    """All seats of a board, and how many of them are held on a day."""
    return board.seats.filter(removed_at=None).count(), holders(board, on=on).count()


def clock(term: Term) -> ZoneInfo:
    """By which a member lives: their own, their country's, else the board's."""
    return clock_of(term.customer, term.board)


def clock_of(customer: Customer, board: Board) -> ZoneInfo:
    try:
        return ZoneInfo(customer.zone or zone_of(customer.country) or board.zone)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(board.zone)


def home(customer: Customer) -> Place | None:
    if customer.latitude is None or customer.longitude is None:
        return None
    return Place(customer.city or str(customer), float(customer.latitude), float(customer.longitude))


def addresses(terms: Iterable[Term]) -> dict[int, str]:
    """The e-mail address of each, by the id of the term; who has none is left out."""
    by_customer = {term.customer_id: term.pk for term in terms}
    rows = EmailAddress.objects.filter(customer__in=by_customer).order_by("primary", "-pk")
    return {by_customer[row.customer_id]: row.address for row in rows}


def local(at: datetime, where: ZoneInfo) -> str:
    """A time as a member's clock shows it, with the zone's name: 2027-03-30 15:00 (Europe/London)."""
    return f"{at.astimezone(where):%Y-%m-%d %H:%M} ({where.key})"


def until(voter: Voter) -> str:
    """How long somebody may vote, by their own clock."""
    return local(voter.election.closes_at, clock_of(voter.customer, voter.election.board))

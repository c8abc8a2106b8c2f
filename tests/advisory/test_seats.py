from datetime import date

import pytest

from advisory.actions import pools, seats
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.actions.seats import NotEligible
from advisory.models import Term
from tests.factories import advisory
from tests.factories.choosing import willing

pytestmark = pytest.mark.django_db
DAY = date(2026, 7, 1)


def test_a_quarter_of_the_seats_may_be_appointed_each_with_a_reason(board_manager):
    board = advisory.board(charter=False)
    advisory.published(board, size=12, appointed_percent=25)
    rows = [advisory.seat(board) for _ in range(12)]

    for seat in rows[:3]:
        term = seats.appoint(seat, willing(), reason="Knows every parcel shop.", starts_on=DAY, by=board_manager)
    assert (term.state, term.route, term.ends_on) == ("shortlisted", "appointment", date(2027, 6, 30))
    for reason, code in ((" ", "reason_missing"), ("As well.", "appointed_enough")):
        with pytest.raises(BoardRefused) as refusal:
            seats.appoint(rows[3], willing(), reason=reason, starts_on=DAY)
        assert refusal.value.code == code
    seats.withdraw(term)
    with pytest.raises(BoardRefused) as refusal:
        seats.appoint(rows[0], willing(), reason="As well.", starts_on=DAY)
    assert refusal.value.code == "seat_taken"
    assert len(seats.free(board)) == 10


def test_who_cannot_be_a_member_is_not_appointed_either():
    board = advisory.board(seats=4)
    customer = willing()
    pools.exclude(customer, "competitor")

    with pytest.raises(NotEligible) as refusal:
        seats.appoint(board.seats.first(), customer, reason="Knows us.", starts_on=DAY)

    assert refusal.value.messages == ["This customer cannot be a member: works for a competitor."]


@pytest.mark.parametrize(
    ("starts", "months", "ends"),
    [
        (date(2026, 7, 1), 12, date(2027, 6, 30)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2026, 12, 15), 18, date(2028, 6, 14)),
    ],
)
def test_a_term_ends_the_day_before_the_same_day(starts, months, ends):
    assert seats.last_day(starts, months) == ends


def test_a_nominee_comes_to_the_short_list_and_can_be_taken_back_until_the_seat_is_held():
    board = advisory.board(seats=1)
    term = seats.nominate(board.seats.get(), willing(), route=Term.Route.DRAW, starts_on=DAY)

    term = seats.shortlist(term)
    assert term.state == "shortlisted"
    with pytest.raises(WrongState):
        seats.shortlist(term)
    term = seats.withdraw(term, reason="Moved abroad.")
    assert (term.state, term.end_reason, term.access) == ("withdrawn", "Moved abroad.", 2)
    with pytest.raises(WrongState):
        seats.withdraw(advisory.term(board))
    with pytest.raises(BoardRefused, match="Publish a charter"):
        seats.nominate(advisory.seat(advisory.board(charter=False)), willing(), route=Term.Route.DRAW, starts_on=DAY)

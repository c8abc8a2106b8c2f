from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from advisory.actions import boards, charters
from advisory.actions.refusals import BoardRefused
from advisory.confidentiality import Level, readable
from advisory.models import Officer, Term
from advisory.queries import access
from tests.factories import advisory, customers

pytestmark = pytest.mark.django_db


def test_a_board_is_opened_with_a_charter_and_gets_its_seats(board_manager):
    board = boards.open("home", "Home board", zone="Asia/Seoul", by=board_manager, points_joining=200)
    charter = charters.draft(board, mission="Say what families need.", size=3, by=board_manager)

    charters.publish(charter, by=board_manager)

    assert [seat.number for seat in board.seats.all()] == [1, 2, 3]
    with pytest.raises(BoardRefused) as refusal:
        boards.open("home", "Another", zone="UTC")
    assert refusal.value.code == "code_taken"
    with pytest.raises(BoardRefused) as refusal:
        boards.change(board, zone="Mars/Olympus")
    assert refusal.value.code == "zone_unknown"
    with pytest.raises(BoardRefused) as refusal:
        boards.change(board, office="Nowhere", office_latitude=100, office_longitude=7)
    assert (refusal.value.code, refusal.value.field) == ("no_place", "office_latitude")


def test_seats_come_and_go_with_the_size_but_not_from_under_a_member():
    board = advisory.board(seats=3)
    advisory.term(board, seat=board.seats.get(number=3))

    assert len(boards.seat(board, 5)) == 5
    assert [seat.number for seat in boards.seat(board, 3)] == [1, 2, 3]
    assert [seat.number for seat in boards.seat(board, 4)] == [1, 2, 3, 4]
    with pytest.raises(BoardRefused) as refusal:
        boards.seat(board, 2)
    assert refusal.value.code == "seat_taken"


def test_two_holders_of_one_seat_never_overlap_also_by_raw_sql():
    board = advisory.board(seats=1)
    held = advisory.term(
        board, seat=board.seats.get(), starts_on=date(2026, 7, 1), ends_on=date(2027, 6, 30), state=Term.State.ENDED,
        over_at=timezone.now(),
    )  # fmt: skip
    advisory.term(board, seat=held.seat, starts_on=date(2027, 7, 1), ends_on=date(2028, 6, 30))

    with pytest.raises(IntegrityError, match="seat_has_one_holder_at_a_time"), transaction.atomic():
        advisory.term(board, seat=held.seat, starts_on=date(2027, 6, 30), ends_on=date(2027, 6, 30))
    with pytest.raises(IntegrityError, match="seat_has_one_holder_at_a_time"), connection.cursor() as cursor:
        cursor.execute("UPDATE advisory_term SET ends_on = '2027-07-01' WHERE id = %s", [held.pk])


def test_a_board_has_one_chair_who_is_a_member_and_one_facilitator(manager, board_manager):
    board, other = advisory.board(), advisory.board()
    first, second = advisory.term(board), advisory.term(board)

    boards.name_officer(board, Officer.Duty.CHAIR, first)
    boards.name_officer(board, Officer.Duty.CHAIR, second)
    boards.name_officer(board, Officer.Duty.FACILITATOR, manager)
    boards.name_officer(board, Officer.Duty.OBSERVER, "Prof. Guest")

    assert [one.who for one in board.officers.filter(ends_on=None).order_by("pk")] == [
        str(second.customer), str(manager), "Prof. Guest"
    ]  # fmt: skip
    for duty, who, code in (
        ("chair", advisory.term(other), "not_a_member"), ("chair", manager, "wrong_person"),
        ("facilitator", "Prof. Guest", "wrong_person"), ("observer", "", "wrong_person"),
    ):  # fmt: skip
        with pytest.raises(BoardRefused) as refusal:
            boards.name_officer(board, duty, who)
        assert refusal.value.code == code


def test_a_board_is_closed_when_nobody_is_on_it_any_more():
    board = advisory.board()
    term = advisory.term(board)

    with pytest.raises(BoardRefused, match="still holds a seat"):
        boards.close(board)
    Term.objects.filter(pk=term.pk).update(state=Term.State.ENDED, over_at=timezone.now())

    assert boards.close(board).closed_at is not None


def test_a_link_opens_one_purpose_until_the_seat_ends_or_it_is_revoked():
    board = advisory.board()
    term = advisory.term(board, starts_on=date(2026, 7, 1), ends_on=date(2027, 6, 30))
    token = access.link(term, "portal", 7)
    day = date(2026, 11, 1)

    assert access.by_link(token, "portal", on=day) == (term, 7)
    assert access.by_link(token, "vote", on=day) is None
    assert access.by_link(token.replace("portal", "vote"), "vote", on=day) is None
    assert access.by_link(token, "portal", on=date(2027, 7, 1)) is None
    assert access.by_link(token, "portal", on=date(2026, 6, 30)) is None
    Term.objects.filter(pk=term.pk).update(access=2)
    assert access.by_link(token, "portal", on=day) is None


def test_who_signed_an_older_nda_sees_nothing_confidential():
    board = advisory.board()
    advisory.nda(board)
    term = advisory.term(board)
    day = term.starts_on + timedelta(days=1)

    assert access.clearance(term, day) == Level.CONFIDENTIAL
    charters.issue_nda(board, "And I show it to nobody.")

    assert access.clearance(term, day) == Level.BOARD
    assert not access.has_access(term, Level.CONFIDENTIAL, day)
    assert access.clearance(term, term.ends_on + timedelta(days=1)) == Level.PUBLIC
    assert readable(Level.BOARD) == [0, 1]


def test_an_erased_member_is_a_former_member():
    term = advisory.term(advisory.board(), customer=customers.customer(name="Kim Minji"))

    assert term.who == "Kim Minji"
    term.customer.status = "erased"
    assert term.who == "former member"

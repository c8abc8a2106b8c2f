from datetime import date, timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from advisory.actions import invitations, seats
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Term
from advisory.queries import access
from advisory.tasks import move_seats
from communications.models import Message
from communications.timing import business_date
from customers.models import Fact, Verb
from loyalty.models import Transfer
from tests.factories import advisory, customers
from tests.factories.choosing import willing

pytestmark = pytest.mark.django_db


def invited(**changes) -> Term:
    board = advisory.board(seats=1, **changes)
    advisory.nda(board)
    customer = willing(name="Kim Minji", language="ko", email="minji@example.org")
    day = business_date(timezone.now()) + timedelta(days=20)
    term = seats.appoint(board.seats.get(), customer, reason="Knows every parcel shop.", starts_on=day)
    return invitations.invite(term)


@pytest.fixture(autouse=True)
def one_seat_may_be_appointed(monkeypatch):
    monkeypatch.setattr("advisory.models.Charter.most_appointed", property(lambda charter: charter.size))


def test_a_seat_is_taken_by_signing_what_holds_today():
    term = invited(points_joining=200)
    charter, nda = term.board.charters.get(), term.board.ndas.get()

    for name, signed, code in (
        ("", {"charter": charter.pk, "nda": nda.pk}, "name_missing"), ("Kim", {"charter": charter.pk}, "not_signed"),
        ("Kim Minji", {"charter": charter.pk, "nda": nda.pk + 1}, "not_signed"),
    ):  # fmt: skip
        with pytest.raises(BoardRefused) as refusal:
            invitations.accept(term, name=name, **signed)
        assert refusal.value.code == code
    term = invitations.accept(term, name="Kim Minji", charter=charter.pk, nda=nda.pk)

    assert (term.state, term.signatures.count(), term.remind_at) == ("accepted", 2, None)
    assert Transfer.objects.filter(points=200).count() == 1
    assert list(Fact.objects.filter(verb__startswith="seat").order_by("pk").values_list("verb", flat=True)) == [
        Verb.SEAT_INVITED, Verb.SEAT_ACCEPTED
    ]  # fmt: skip
    with pytest.raises(WrongState):
        invitations.accept(term, name="Kim Minji")


def test_the_invitation_is_in_the_language_of_the_customer_and_leads_to_the_seat():
    term = invited()
    message = Message.objects.get()

    assert (message.to_address, message.customer, message.purpose) == ("minji@example.org", term.customer, "advisory")
    assert "초대" in message.subject
    token = message.text.partition("/board/seat/")[2].split("/")[0]
    assert access.by_link(token, "seat") == (term, 0)


def test_who_does_not_answer_is_reminded_once_and_then_the_time_is_over():
    term = invited()
    Term.objects.update(remind_at=timezone.now() - timedelta(minutes=1))

    assert (move_seats(), move_seats()) == (1, 0)
    assert Message.objects.count() == 2
    Term.objects.update(answer_by=F("invited_at"))
    with pytest.raises(BoardRefused) as refusal:
        invitations.accept(term, name="Kim Minji")
    assert refusal.value.code == "answer_late"
    assert (move_seats(), move_seats()) == (1, 0)
    term.refresh_from_db()
    assert (term.state, term.access) == ("expired", 2)
    with pytest.raises(WrongState):
        invitations.expire(term)


def test_who_declines_because_of_the_nda_is_not_asked_again():
    term = invitations.decline(invited(), reason="My lawyer says no.", refused_nda=True)

    assert (term.state, term.refused_nda, term.end_reason) == ("declined", True, "My lawyer says no.")
    with pytest.raises(WrongState):
        invitations.decline(term)


def test_a_seat_that_somebody_left_today_is_taken_from_tomorrow():
    board = advisory.board(seats=1)
    today = business_date(timezone.now())
    advisory.term(board, seat=board.seats.get(), state=Term.State.RESIGNED, over_at=timezone.now(), ends_on=today)
    term = seats.nominate(board.seats.get(), willing(), route=Term.Route.DRAW, starts_on=today)

    term = invitations.accept(invitations.invite(term), name="Kim Minji", charter=board.charters.get().pk)

    assert (term.starts_on, term.state) == (today + timedelta(days=1), "accepted")


def test_who_cannot_be_written_to_is_not_invited():
    board = advisory.board(seats=1)
    term = seats.nominate(board.seats.get(), customers.customer(), route=Term.Route.DRAW, starts_on=date(2027, 1, 1))

    with pytest.raises(BoardRefused) as refusal:
        invitations.invite(term)

    assert refusal.value.code == "no_address"

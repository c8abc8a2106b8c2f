import pytest

from advisory.actions import recognition, terms
from advisory.actions.refusals import BoardRefused, WrongState
from communications.models import Message
from customers.models import Fact, Verb
from loyalty.actions import wallets
from loyalty.models import Transfer
from tests.factories import advisory, customers

pytestmark = pytest.mark.django_db


def test_attending_earns_points_once_per_member_and_meeting():
    term = advisory.term(advisory.board(points_attending=50, points_surveying=30))

    assert [recognition.attended(term, 7), recognition.attended(term, 7), recognition.attended(term, 8)] == [50] * 3
    recognition.surveyed(term, 7)

    assert sorted(Transfer.objects.values_list("points", flat=True)) == [30, 50, 50]


def test_a_board_without_points_gives_none_and_a_blocked_wallet_stops_nothing(manager):
    assert recognition.attended(advisory.term(advisory.board()), 7) == 0
    term = advisory.term(advisory.board(points_attending=50))
    wallets.freeze(term.customer, reason="dispute", by=manager)

    assert recognition.attended(term, 7) == 0


def test_a_member_is_thanked_once(board_manager):
    term = advisory.term(advisory.board())

    recognition.thank(term, "Without you there would be no refill.", by=board_manager)

    assert "no refill" in Message.objects.get().text
    for one, text, code in (
        (term, "Again.", "thanked"), (term, " ", "text_missing"),
        (advisory.term(advisory.board(), customer=customers.customer()), "Thanks.", "no_address"),
    ):  # fmt: skip
        with pytest.raises(BoardRefused) as refusal:
            recognition.thank(one, text)
        assert refusal.value.code == code


def test_who_has_left_may_be_named_emeritus():
    term = advisory.term(advisory.board())
    with pytest.raises(WrongState):
        recognition.name_emeritus(term)

    term = recognition.name_emeritus(terms.resign(term))

    assert term.state == "emeritus"
    assert Fact.objects.filter(verb=Verb.EMERITUS_NAMED).count() == 1

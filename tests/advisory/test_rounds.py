"""Survey rounds: each member asks a few customers, and shows what they choose of it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from advisory.actions import meetings, rounds
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.confidentiality import Level
from advisory.models import Asked
from advisory.pages import entrance
from advisory.queries import access
from advisory.queries import rounds as read
from customers.models import Customer, Fact
from feedback.actions import answers
from feedback.models import Invitation
from loyalty.queries import points
from tests.factories import advisory as make
from tests.factories import customers
from tests.factories.surveys import asked, survey, token

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    """Of a board with two members, in a business with six customers who may be asked and two who may not."""
    for _ in range(6):
        asked()
    for number in range(2):
        customers.customer(email=f"quiet{number}@example.org")
    return make.meeting(make.board(points_surveying=30), members=2)


def answered(one: Asked, score: str, words: str = "") -> None:
    link = token(one.invitation)
    answers.answer(link, "score", score)
    if words:
        answers.answer(link, "why", words)


def test_each_member_gets_a_small_group_and_nobody_is_asked_twice(meeting):
    made = rounds.open(meeting, survey(), size=3)

    found = list(Asked.objects.filter(round=made).select_related("invitation"))
    assert len({one.invitation.customer_id for one in found}) == len(found) == 6
    assert sorted(found.count(one) for one in found) == [1] * 6
    assert {Asked.objects.filter(term=invitee.term).count() for invitee in make.invitees(meeting)} == {3}
    assert not Invitation.objects.filter(customer__email_addresses__address__startswith="quiet").exists()
    with pytest.raises(BoardRefused, match="already"):
        rounds.open(meeting, survey())


def test_of_a_confidential_meeting_the_page_of_a_round_says_only_the_board_to_who_has_not_signed(meeting):
    rounds.open(meetings.reword(meeting, title="The new factory", level=Level.CONFIDENTIAL), survey(), size=1)
    member = make.invitees(meeting)[0].term
    address = reverse("portal_round", args=[access.link(member, "portal")])

    assert "The new factory" in Client().get(address).content.decode()
    make.nda(meeting.board)
    shown = Client().get(address).content.decode()
    assert "factory" not in shown
    assert meeting.board.name in shown


def test_a_customer_is_asked_once_over_all_members_and_members_are_not_asked(meeting):
    made = rounds.open(meeting, survey(), size=1)
    first, second = (invitee.term for invitee in make.invitees(meeting))
    there = Asked.objects.get(term=first).invitation.customer

    for customer, code in ((there, "asked_already"), (second.customer, "is_member")):
        with pytest.raises(BoardRefused) as refused:
            rounds.ask(made, second, customer)
        assert refused.value.code == code
    rounds.ask(made, second, asked())
    rounds.close(made)
    with pytest.raises(WrongState):
        rounds.ask(made, second, asked())


def test_a_round_needs_a_survey_that_is_live(meeting):
    for wrong in ({"survey": survey(live=False)}, {"survey": survey(), "size": 0}):
        with pytest.raises(BoardRefused):
            rounds.open(meeting, **wrong)


def test_a_member_chooses_what_is_shown_and_small_groups_have_no_mean(meeting):
    made = rounds.open(meeting, survey(), size=3)
    term = make.invitees(meeting)[0].term
    mine = list(Asked.objects.filter(term=term).select_related("invitation").order_by("pk"))
    answered(mine[0], "2", "Too late")
    answered(mine[1], "9")
    page = reverse("portal_round", args=[access.link(term, "portal")])

    shown = Client().get(page).content.decode()
    assert "2 of 3 have answered; you show 0." in shown
    assert str(mine[0].invitation.customer) not in shown
    Client().post(page, {"do": "present", "asked": mine[0].pk})
    with pytest.raises(BoardRefused, match="no answer"):
        rounds.present(mine[2])
    other = Asked.objects.exclude(term=term).first()
    assert Client().post(page, {"do": "present", "asked": other.pk}).status_code == 404
    part = next(one for one in read.presentation(made) if one.term == term)
    assert (part.asked, part.answered, [said.words for said in part.shown], part.mean) == (3, 2, [["Too late"]], None)
    part.scores.extend([5, 6, 8])
    assert part.mean == 6


def test_members_whose_customers_answered_have_their_points_once(meeting):
    made = rounds.open(meeting, survey(), size=1, at=timezone.now())
    first, second = (invitee.term for invitee in make.invitees(meeting))
    answered(Asked.objects.get(term=first), "9")

    rounds.close(made)
    assert [points.balance(term.customer).available for term in (first, second)] == [30, 0]
    assert Fact.objects.filter(verb="board_surveyed").count() == 1
    with pytest.raises(WrongState):
        rounds.close(made)


def test_staff_open_and_close_a_round_on_its_page(meeting, board_manager_client, agent_client):
    page = reverse("admin:meeting_round", args=[meeting.pk])
    made = survey()
    assert "Ask them" in board_manager_client.get(page).content.decode()
    over = meetings.cancel(make.meeting(meeting.board, members=0), reason="Snow")
    late = board_manager_client.get(reverse("admin:meeting_round", args=[over.pk])).content.decode()
    assert ("Ask them" in late, "A round is held before a meeting." in late) == (False, True)
    board_manager_client.post(page, {"survey": made.pk, "size": "2"})
    assert Asked.objects.count() == 4
    assert "under 5" in board_manager_client.get(page).content.decode()
    board_manager_client.post(page)
    assert Asked.objects.first().round.closed_at
    assert agent_client.get(page).status_code == 403
    member = make.invitees(make.meeting(members=1))[0].term
    assert Client().get(reverse("portal_round", args=[access.link(member, "portal")])).status_code == 404


def test_a_member_hands_on_a_link_by_which_customers_they_know_are_asked(meeting, monkeypatch, client):
    monkeypatch.setattr(entrance, "ANSWERS_AFTER", 0)
    monkeypatch.setattr(entrance, "ASKS_PER_MINUTE", 1000)  # other tests ask within the same minute
    made = rounds.open(meeting, survey(), size=1)
    term = make.invitees(meeting)[0].term
    page = client.get(reverse("portal_round", args=[access.link(term, "portal")])).content.decode()
    link = reverse("board_round", args=[access.link(term, "round", made.pk)])
    assert link in page
    there = Asked.objects.get(term=term).invitation.customer
    known = Customer.objects.filter(email_addresses__address__startswith="asked")
    fresh = known.exclude(pk__in=Asked.objects.values("invitation__customer")).first()

    answers_ = set()
    for address in ("nobody@example.org", "quiet0@example.org", there.email_addresses.get().address):
        answers_.add(client.post(link, {"email": address}).content)
    assert Asked.objects.filter(term=term).count() == 1
    answers_.add(client.post(link, {"email": fresh.email_addresses.get().address.upper()}).content)
    assert [one.invitation.customer for one in Asked.objects.filter(term=term).order_by("pk")] == [there, fresh]
    assert len(answers_) == 1
    more = known.exclude(pk__in=Asked.objects.values("invitation__customer")).first()
    assert rounds.ask_by_address(made, term, more.email_addresses.get().address) is None  # twice the size is enough
    assert "이메일" in client.get(link + "?language=ko").content.decode()

    rounds.close(made)
    assert client.get(link).status_code == 404
    assert client.get(reverse("board_round", args=[access.link(term, "portal", made.pk)])).status_code == 404

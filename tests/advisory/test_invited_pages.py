"""Pages by signed link: no account, the language of the customer, nothing told to who has no right."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from advisory import links
from advisory.actions import elections, invitations, seats
from advisory.models import Term
from advisory.queries import access
from communications.timing import business_date
from customers.models import Customer, Segment
from tests.factories import advisory
from tests.factories.choosing import willing

pytestmark = pytest.mark.django_db


def invited() -> Term:
    board = advisory.board(seats=1)
    advisory.nda(board)
    day = business_date(timezone.now()) + timedelta(days=20)
    term = seats.nominate(board.seats.get(), willing(name="Kim Minji"), route=Term.Route.DRAW, starts_on=day)
    return invitations.invite(term)


def test_a_seat_is_seen_signed_and_taken(client):
    term = invited()
    address = f"/board/seat/{access.link(term, 'seat')}/"
    charter, nda = term.board.charters.get(), term.board.ndas.get()

    page = client.get(address)
    assert "Say what customers need." in page.content.decode()
    assert (page.status_code, page["X-Robots-Tag"]) == (200, "noindex")
    assert "헌장" in client.get(address + "?language=ko").content.decode()
    refused = client.post(address, {"do": "accept", "name": "Kim Minji", "charter": charter.pk})
    assert refused.status_code == 400
    answer = client.post(
        address,
        {
            "do": "accept", "name": "Kim Minji", "charter": charter.pk, "nda": nda.pk, "interest": "supplier",
            "interest_text": "I sell you cups.",
        },
        follow=True,
    )  # fmt: skip
    assert "The seat is yours" in answer.content.decode()
    term.refresh_from_db()
    assert (term.state, term.declarations.get().text) == ("accepted", "I sell you cups.")


def test_a_seat_is_declined_and_then_the_link_leads_nowhere(client):
    term = invited()
    address = f"/board/seat/{access.link(term, 'seat')}/"

    assert (
        "Thank you for your answer" in client.post(address, {"do": "decline", "nda_refused": "yes"}).content.decode()
    )
    term.refresh_from_db()
    assert (term.state, term.refused_nda) == ("declined", True)
    gone = client.get(address)
    assert gone.status_code == 404
    assert gone.content == client.get("/board/seat/made~up/").content


def test_a_nominee_says_yes_and_a_voter_votes(client):
    segment = Segment.objects.create(name="Everybody", conditions={"groups": []})
    election = elections.call(
        advisory.board(seats=3), "Spring", seats=1, segment=segment, starts_on=date(2027, 1, 1),
        closes_at=timezone.now() + timedelta(days=7),
    )  # fmt: skip
    nominees = [elections.nominate(election, willing(name=name)) for name in ("Ann", "Ben")]
    for nominee in nominees:
        page = f"/board/nominee/{links.token(nominee.pk, 1, 'nominee')}/"
        assert "Will you stand" in client.get(page).content.decode()
        assert "You stand for election." in client.post(page, {"do": "stand"}).content.decode()
    election = elections.open(election)
    voter = election.voters.order_by("pk")[0]
    page = f"/board/election/{links.token(voter.pk, 1, 'election')}/"

    Customer.objects.filter(pk=voter.customer_id).update(zone="Asia/Seoul")
    shown = client.get(page).content.decode()
    assert "Ann" in shown
    assert f"{timezone.localtime(election.closes_at, ZoneInfo('Asia/Seoul')):%Y-%m-%d %H:%M} (Asia/Seoul)" in shown
    assert client.post(page, {}).status_code == 400
    said = client.post(page, {"nominee": nominees[0].pk}, follow=True).content.decode()
    assert "Your vote is counted" in said
    assert election.ballots.count() == 1
    assert client.get(f"/board/election/{links.token(voter.pk, 1, 'nominee')}/").status_code == 404

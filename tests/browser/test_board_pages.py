"""Every page of the boards at the desk: accessible, and no wider than its window, wide and light, small and dark."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from advisory import links
from advisory.actions import (
    action_items,
    agendas,
    ballots,
    boards,
    charters,
    draws,
    elections,
    evidence,
    invitations,
    meetings,
    minutes,
    notes,
    publications,
    recommendations,
)
from advisory.actions import pools as choosing
from advisory.models import Meeting, Term
from communications.timing import business_date
from tests.browser.conftest import PHONE
from tests.factories import advisory as make
from tests.factories import feedback
from tests.factories.choosing import QUOTAS, golden, willing
from tests.factories.surveys import segment

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Unternehmenskommunikationsabteilung " * 3


@pytest.fixture
def pages() -> dict[str, str]:
    """A board whose draw went on after a decline, with an election, a running and a past meeting, and advice."""
    today = business_date(timezone.now())
    board = make.board(name="Customer board", seats=4)
    charters.publish(charters.draft(board, host_percent=10, changes="We say less."))
    make.nda(board)
    pool = golden(board)
    first = draws.draw(pool, seed="2027-01-05: 4 8 15", quotas=QUOTAS, starts_on=today)
    gone = invitations.invite(first.terms.earliest("pk"))
    invitations.decline(gone, reason=LONG)
    for term in Term.objects.filter(state__in=["shortlisted", "invited"]).order_by("pk")[:2]:
        term = term if term.state == "invited" else invitations.invite(term)
        invitations.accept(
            term, name=str(term.customer), charter=board.charters.latest("number").pk,
            nda=board.ndas.get().pk,
        )  # fmt: skip
    ada = Term.objects.filter(state="active").earliest("pk")
    boards.name_officer(board, "chair", ada)
    empty = make.board(name=f"Another board {LONG}"[:100], seats=3)
    vote = elections.call(
        empty, "Three seats", segment=segment("country", "DE"), seats=2, starts_on=today,
        closes_at=timezone.now() + timedelta(days=9),
    )  # fmt: skip
    for name in ("Eve", LONG):
        elections.answer(elections.nominate(vote, willing(name=name)), stands=True, statement="Refills!")
    choosing.exclude(willing(name=LONG), "employee", reason=LONG)
    running, past = room(board, "What customers need"), room(board, "Last time")
    papers = minutes.publish(minutes.approve(minutes.circulate(minutes.draft(meetings.close(past)))))
    minutes.correct(papers, reason="A name is missing")
    advice = advised(board, ada)
    report = publications.report(board, today, today, words="Dear customers")
    at = {name: reverse(f"admin:{name}") for name in ("boards", "board_year", "recommendations")}
    at["plan_calendar"] = f"{reverse('admin:plan_calendar')}?day={running.starts_at:%Y-%m-%d}"
    rows = [
        ("board", board), ("choose_members", board), ("pool", pool), ("draw", first), ("election", vote),
        ("charter", board), ("term", gone), ("seat", ada.seat), ("board_impact", board), ("meeting", running),
        ("meeting_book", running), ("meeting_room", running), ("meeting_screen", running), ("meeting_minutes", past),
        ("recommendation", advice), ("evidence_sources", advice), ("board_report", report),
    ]  # fmt: skip
    return at | {name: reverse(f"admin:{name}", args=[row.pk]) for name, row in rows}


def room(board, title: str) -> Meeting:
    """A running meeting with notes, a quote, an action and a vote."""
    meeting = make.running(board, members=1, title=title)
    item = agendas.add(meeting, f"Prices {LONG}"[:150])
    notes.save(item, "Too high, say both.", version=0)
    notes.quote(item, "I would go elsewhere", invitee=make.invitees(meeting)[0])
    action_items.catch(board, LONG, meeting=meeting)
    ballots.close(ballots.open(ballots.prepare(meeting, "Lower them?", item=item)))
    return meeting


def advised(board, ada: Term):
    one = recommendations.propose(board, f"Refills {LONG}", term=ada)
    evidence.add(one, theme=feedback.theme("Bags"))
    evidence.link(one, evidence.plan_update("Bags"))
    recommendations.move(recommendations.move(one, "under_review"), "accepted", reason=LONG)
    other = recommendations.propose(board, "Cheaper cups")
    other = recommendations.move(recommendations.move(other, "under_review"), "declined", reason="No.")
    publications.publish(other)
    return one


def test_those_who_are_asked_to_stand_and_to_vote_can_do_it_by_keyboard_on_a_phone(
    open_browser, violations, scrolls_sideways
):
    board = make.board(seats=1)
    vote = elections.call(
        board, "One seat", segment=segment("country", "DE"), seats=1, starts_on=business_date(timezone.now()),
        closes_at=timezone.now() + timedelta(days=9),
    )  # fmt: skip
    for name in ("Eve", LONG):
        elections.nominate(vote, willing(name=name, country="TH", language="en"))
    for nominee in vote.nominees.all():
        phone = open_browser(size=PHONE, dark=nominee.customer.name == LONG)
        phone.goto(f"/board/nominee/{links.token(nominee.pk, 1, 'nominee')}/")
        phone.get_by_label("What you would like to change").fill("Refills")
        assert (violations(phone), scrolls_sideways(phone)) == ([], False)
        phone.get_by_role("button", name="I stand for election").press("Enter")
        phone.get_by_text("You stand for election.").wait_for()
    willing(name="Fay", country="DE")
    voter = elections.open(vote).voters.get()
    phone.goto(f"/board/election/{links.token(voter.pk, 1, 'election')}/")
    phone.get_by_label("Eve").press("Space")
    assert (violations(phone), scrolls_sideways(phone)) == ([], False)
    phone.get_by_role("button", name="Vote").press("Enter")
    phone.get_by_text("Your vote is counted.").wait_for()
    assert [row["votes"] for row in elections.close(vote).result] == [1, 0]


def test_every_page_of_a_board_is_accessible_and_fits(open_browser, board_manager, flaws, pages):
    page = open_browser(board_manager)

    assert [flaw for address in pages.values() for flaw in flaws(page, address)] == []

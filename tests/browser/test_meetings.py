"""A meeting with a manager and two members: dates, invitation, the room, votes from phones, minutes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from advisory.actions import agendas, attendance, meetings, minutes, notes, polls
from advisory.models import ActionItem, Ballot, Meeting, Note, Recommendation
from advisory.queries import access
from tests.browser.conftest import PHONE
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db(transaction=True)


def portal(term, name="portal", *args) -> str:
    return reverse(name, args=[access.link(term, "portal"), *args])


def room(meeting: Meeting) -> str:
    return reverse("admin:meeting_room", args=[meeting.pk])


def test_a_meeting_from_the_date_poll_to_the_minutes(open_browser, board_manager, violations, scrolls_sideways):
    board = make.board()
    ada, bo = make.term(board), make.term(board)
    meeting = meetings.plan(board, "What customers need", facilitator=board_manager)
    agendas.add(meeting, "Returns", minutes=30)
    soon = timezone.now() + timedelta(days=5)
    [option] = polls.offer(meeting, [(soon, soon + timedelta(hours=1))])

    for term in (ada, bo):
        phone = open_browser(size=PHONE, dark=term == bo)
        phone.goto(portal(term))
        phone.get_by_role("link", name="Say which dates suit you").click()
        phone.get_by_label("yes").check()
        phone.get_by_role("button", name="Save").click()
        phone.get_by_text("Saved. Thank you.").wait_for()
        assert violations(phone) == []
        assert not scrolls_sideways(phone)
    assert option.preferences.filter(says=2).count() == 2

    desk = open_browser(board_manager)
    desk.goto(reverse("admin:meeting", args=[meeting.pk]))
    assert violations(desk) == []
    desk.get_by_role("button", name="Take", exact=False).first.click()
    desk.get_by_text("Everybody is invited.").wait_for()
    assert violations(desk) == []
    phone = open_browser(size=PHONE)
    phone.goto(portal(ada, "portal_meeting", meeting.pk))
    phone.get_by_role("button", name="comes", exact=True).click()
    phone.get_by_text("Your answer").wait_for()

    desk = open_browser(board_manager)
    desk.goto(room(meeting))
    desk.get_by_role("button", name="Open the meeting").click()
    desk.get_by_text("quorum of 1 not met").wait_for()
    desk.get_by_role("button", name=str(ada.customer)).click()
    desk.get_by_text("1 of 2 members are there").wait_for()
    desk.get_by_role("button", name="Begin Returns").click()
    desk.get_by_label("Notes").fill("Free returns wanted by all")
    desk.get_by_label("Notes").press("Alt+r")
    desk.locator("#state").get_by_text("Free returns wanted by all").wait_for()
    desk.locator("h1, h2").first.click()
    desk.keyboard.press("a")
    desk.keyboard.type("Ask the carrier")
    desk.keyboard.press("Enter")
    desk.get_by_text("Ask the carrier").wait_for()
    assert (Recommendation.objects.get().title, ActionItem.objects.get().text) == (
        "Free returns wanted by all", "Ask the carrier",
    )  # fmt: skip
    desk.get_by_text("Put to the vote").click()
    desk.get_by_label("Question").fill("Shall returns be free?")
    desk.get_by_label("Secrecy").select_option("secret")
    desk.get_by_role("button", name="Open the vote").click()
    desk.get_by_text("0 of 2 have voted").wait_for()
    assert violations(desk) == []
    assert Note.objects.get().text == "Free returns wanted by all"

    for term in (ada, bo):
        phone = open_browser(size=PHONE)
        phone.goto(portal(term, "portal_meeting", meeting.pk))
        phone.get_by_role("button", name="Yes").click()
        phone.get_by_text("Your vote is in.").wait_for()
        assert violations(phone) == []

    desk = open_browser(board_manager)
    desk.goto(room(meeting))
    desk.get_by_text("2 of 2 have voted").wait_for()
    desk.get_by_role("button", name="Close the vote").click()
    desk.get_by_role("button", name="Show the members").click()
    desk.get_by_text("Advised.").first.wait_for()
    assert Ballot.objects.get().result == {"votes": 2, "few": True, "carried": True}
    desk.get_by_role("button", name="Close the meeting").click()
    desk.get_by_role("link", name="Minutes").first.click()
    desk.get_by_role("button", name="Make the draft").click()
    assert "Free returns wanted by all" in desk.get_by_label("Text").input_value()
    for step in ("Circulate", "Approve", "Publish"):
        desk.get_by_role("button", name=step).click()
    desk.get_by_text("SHA-256").wait_for()
    assert violations(desk) == []
    phone = open_browser(size=PHONE)
    phone.goto(portal(bo, "portal_minutes", meeting.pk, 1))
    phone.get_by_text("Free returns wanted by all").wait_for()
    assert violations(phone) == []


def test_the_room_hears_of_others_loses_no_notes_and_comes_back_when_the_connection_does(
    open_browser, board_manager, scrolls_sideways
):
    meeting = make.running(members=2, present=1)
    item = agendas.add(meeting, "Returns")
    desk = open_browser(board_manager, size=PHONE)
    desk.goto(room(meeting))
    desk.get_by_text("1 of 2 members are there").wait_for()
    assert not scrolls_sideways(desk)

    attendance.come(make.invitees(meeting)[1])
    desk.get_by_text("2 of 2 members are there").wait_for(timeout=6_000)
    notes.save(item, "Written by a colleague", version=0)
    desk.get_by_label("Notes").fill("Mine")
    desk.get_by_text("Somebody else has written here meanwhile").wait_for()
    desk.get_by_role("button", name="Keep both").click()
    desk.wait_for_function("document.getElementById('notes-state').textContent.includes(':')")
    for _ in range(50):
        if "Mine" in Note.objects.get().text:
            break
        desk.wait_for_timeout(100)
    assert Note.objects.get().text == "Written by a colleague\n\nMine"
    assert minutes.draft(meetings.close(meeting)).text.count("Mine") == 1

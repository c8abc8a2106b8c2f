"""The meeting room, open in a browser while others do something elsewhere."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from advisory.actions import agendas, attendance, ballots, meetings, minutes, notes
from advisory.models import Meeting, Note
from advisory.queries import access
from tests.browser.conftest import PHONE
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db(transaction=True)


def room(meeting: Meeting) -> str:
    return reverse("admin:meeting_room", args=[meeting.pk])


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
    desk.context.set_offline(True)
    desk.get_by_text("No connection.").wait_for()
    desk.get_by_label("Notes").fill("Written in the tunnel")
    desk.wait_for_timeout(1_500)
    assert Note.objects.get().text.endswith("Mine")
    desk.context.set_offline(False)
    expect(desk.get_by_text("No connection.")).to_be_hidden(timeout=6_000)
    for _ in range(50):
        if "tunnel" in Note.objects.get().text:
            break
        desk.wait_for_timeout(100)
    assert minutes.draft(meetings.close(meeting)).text.count("Written in the tunnel") == 1


def test_a_button_is_not_drawn_away_while_it_is_pressed(open_browser, board_manager):
    meeting = make.running(members=2, present=0)
    desk = open_browser(board_manager)
    desk.goto(room(meeting))
    first, second = make.invitees(meeting)
    box = desk.get_by_role("button", name=str(second.who)).bounding_box()
    desk.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    desk.mouse.down()
    attendance.come(first)
    for _look in range(2):  # what the first one brought has waited, so the second brings it again
        with desk.expect_response(lambda answer: "/room/state/" in answer.url and answer.status == 200):
            pass
    desk.mouse.up()
    desk.get_by_text("2 of 2 members are there").wait_for()


def test_on_a_phone_what_was_chosen_stays_chosen_and_a_lost_connection_is_said(open_browser):
    meeting = make.running(members=2)
    first, second = make.invitees(meeting)
    options = ["Refills", "Labels", "Returns"]
    ballot = ballots.open(ballots.prepare(meeting, "What first?", kind="ranked", options=options))
    phone = open_browser(size=PHONE)
    phone.goto(reverse("portal_meeting", args=[access.link(first.term, "portal"), meeting.pk]))
    phone.get_by_label("Labels").select_option("1")
    phone.get_by_label("Returns").select_option("1")
    phone.get_by_role("heading", level=1).click()

    ballots.cast(ballot, second, ["o1", "o2"])
    phone.get_by_text("1 of 2 have voted").wait_for(timeout=6_000)
    assert phone.get_by_label("Labels").input_value() == "1"
    phone.get_by_role("button", name="Vote").click()
    phone.get_by_text("Name each option once.").wait_for()
    assert [phone.get_by_label(name).input_value() for name in options] == ["", "1", "1"]

    phone.context.set_offline(True)
    phone.get_by_text("No connection.").wait_for()
    phone.context.set_offline(False)
    expect(phone.get_by_text("No connection.")).to_be_hidden(timeout=6_000)
    phone.get_by_label("Returns").select_option("2")
    phone.get_by_role("button", name="Vote").click()
    phone.get_by_text("Your vote is in.").wait_for()
    assert phone.get_by_label("Labels").input_value() == ""
    assert first.term.board.meetings.get().ballots.get().votes.count() == 2

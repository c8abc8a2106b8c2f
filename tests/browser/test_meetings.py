"""The meeting room, open in a browser while others do something elsewhere."""

import pytest
from django.urls import reverse

from advisory.actions import agendas, attendance, meetings, minutes, notes
from advisory.models import Meeting, Note
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
    assert minutes.draft(meetings.close(meeting)).text.count("Mine") == 1


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

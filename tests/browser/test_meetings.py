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

"""What one letter to one invitee says."""

import pytest
from django.utils import translation

from advisory.actions import moves
from advisory.models import Move
from communications.models import Message
from customers.models import Customer
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db


def test_a_member_reads_the_time_by_their_own_clock_and_the_same_letter_goes_once():
    board = make.board(zone="Europe/London")
    term = make.term(board)
    Customer.objects.filter(pk=term.customer_id).update(zone="Asia/Seoul")
    meeting = make.meeting(board, members=0)

    message = Message.objects.get(key__startswith="meeting:")
    hour = meeting.starts_at.astimezone(moves.members.clock(make.invitees(meeting)[0].term))
    assert f"{hour:%Y-%m-%d %H:%M} (Asia/Seoul)" in message.text
    assert "TZID=Europe/London" in message.attachments[0]["text"]
    again = moves.tell(meeting, make.invitees(meeting), Move.Method.REQUEST, by=None, at=meeting.made_at)
    assert [one.pk for one in again] == [message.pk]


def test_place_and_video_link_together_are_where_it_is():
    meeting = make.meeting(members=1, scheduled=False)
    meeting.place, meeting.video_url = "Room 1", "https://video.example/1"

    with translation.override("en"):
        assert moves.location(meeting) == "Room 1, https://video.example/1"

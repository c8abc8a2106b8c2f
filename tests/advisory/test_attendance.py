"""Who is there, whose turn it is, and what is on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from advisory.actions import agendas, attendance
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Presence, Speaking
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db


def test_who_comes_twice_is_there_once_and_who_comes_back_has_two_stretches():
    meeting = make.running(present=0)
    invitee = make.invitees(meeting)[0]

    first = attendance.come(invitee)
    assert attendance.come(invitee) == first
    attendance.leave(invitee)
    attendance.come(invitee, remotely=True)
    stretches = [(row.left_at is None, row.remotely) for row in Presence.objects.order_by("pk")]
    assert stretches == [(False, False), (True, True)]


def test_a_substitute_comes_only_where_the_charter_says_so():
    board = make.board()
    meeting = make.running(board, present=0)
    invitee = make.invitees(meeting)[0]
    with pytest.raises(BoardRefused, match="substitutes"):
        attendance.come(invitee, substitute="A colleague")

    make.published(board, substitutes=True)
    assert attendance.come(invitee, substitute="A colleague").substitute == "A colleague"


def test_one_side_speaks_at_a_time_and_the_item_says_who_begins():
    meeting = make.running()
    ours, theirs, rest = (
        agendas.add(meeting, title, **how)
        for title, how in (("News", {"by_host": True}), ("Prices", {}), ("Coffee", {"purpose": "break"}))
    )
    at = timezone.now()
    for minutes, item in ((0, ours), (10, theirs), (30, rest)):
        attendance.begin(item, at=at + timedelta(minutes=minutes))
    attendance.speak(meeting, "host", at=at + timedelta(minutes=40))
    attendance.speak(meeting, "host", at=at + timedelta(minutes=41))

    turns = [(turn.side, turn.ended_at and turn.ended_at - turn.begun_at) for turn in Speaking.objects.order_by("pk")]
    assert turns == [("host", timedelta(minutes=10)), ("members", timedelta(minutes=20)), ("host", None)]
    ours.refresh_from_db()
    assert ours.ended_at - ours.begun_at == timedelta(minutes=10)
    with pytest.raises(BoardRefused):
        attendance.speak(meeting, "nobody")


def test_nobody_comes_to_a_meeting_that_has_not_begun():
    meeting = make.meeting(members=1)

    with pytest.raises(WrongState):
        attendance.come(make.invitees(meeting)[0])

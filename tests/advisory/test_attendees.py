"""Who is asked to a meeting, and what they answer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from advisory.actions import attendees, meetings
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Officer, Term
from communications.models import Message
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db


def test_the_facilitator_and_observers_of_the_staff_are_asked_too(agent, marketer):
    board = make.board()
    today = timezone.localdate()
    Officer.objects.create(board=board, duty="facilitator", user=agent, starts_on=today)
    Officer.objects.create(board=board, duty="observer", user=marketer, starts_on=today)

    meeting = make.meeting(board, members=1)
    assert {invitee.user for invitee in meeting.invitees.filter(term=None)} == {agent, marketer}


def test_an_answer_can_change_until_the_meeting_is_over():
    meeting = make.meeting(members=1)
    [invitee] = make.invitees(meeting)

    assert attendees.answer(invitee, "declined", comment="On a journey").comment == "On a journey"
    assert attendees.answer(invitee, "accepted").answer == "accepted"
    for wrong in ("needs_action", "perhaps"):
        with pytest.raises(BoardRefused):
            attendees.answer(invitee, wrong)
    meetings.cancel(meeting, reason="Snow")
    with pytest.raises(WrongState):
        attendees.answer(invitee, "declined")


def test_who_is_excused_hears_it_alone():
    meeting = make.meeting(members=2)
    first, _second = make.invitees(meeting)

    attendees.excuse(first)
    cancelled = Message.objects.filter(key__endswith=":cancel")
    assert [message.customer for message in cancelled] == [first.term.customer]
    with pytest.raises(BoardRefused, match="not invited"):
        attendees.answer(first, "accepted")


def test_who_has_left_the_board_is_not_asked_to_the_new_time():
    meeting = make.meeting(members=2)
    first, second = make.invitees(meeting)
    Term.objects.filter(pk=first.term_id).update(ends_on=meeting.starts_at.date() + timedelta(days=1))

    meetings.move(
        meeting, starts_at=meeting.starts_at + timedelta(days=7), ends_at=meeting.ends_at + timedelta(days=7)
    )
    assert list(meeting.invitees.filter(removed_at=None)) == [second]
    assert Message.objects.filter(key__startswith=f"meeting:{meeting.pk}:{first.pk}:1:").count() == 0
    assert Message.objects.filter(key__startswith=f"meeting:{meeting.pk}:{second.pk}:1:").count() == 1

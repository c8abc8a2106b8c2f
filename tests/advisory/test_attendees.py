"""Who is asked to a meeting, and what they answer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from advisory.actions import attendees, invitations, meetings, reminders, terms
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Officer, Term
from communications.models import Message
from communications.timing import business_date
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db


def test_the_facilitator_and_observers_of_the_staff_are_asked_too(agent, marketer):
    board = make.board()
    today = business_date(timezone.now())
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
    told = Message.objects.get(key__startswith=f"meeting:{meeting.pk}:{first.pk}:1:")
    assert told.key.endswith(":cancel")
    assert "You are not invited to this meeting any more." in told.text
    assert Message.objects.filter(key__startswith=f"meeting:{meeting.pk}:{second.pk}:1:").count() == 1


def test_who_takes_a_seat_later_is_invited_to_what_is_scheduled_and_who_leaves_is_let_go():
    meeting = make.meeting(board := make.board(), members=1)
    new = invitations.accept(
        make.term(board, signed=False, state="invited", accepted_at=None), name="Ann", charter=board.charters.get().pk
    )
    invited = meeting.invitees.get(term=new)
    [letter] = Message.objects.filter(customer=new.customer, purpose="board_meeting")
    assert letter.key == f"meeting:{meeting.pk}:{invited.pk}:0:request"
    assert invited.burden is not None

    terms.resign(new)
    invited.refresh_from_db()
    assert invited.removed_at
    assert Message.objects.filter(customer=new.customer, key__endswith=":0:cancel").count() == 1
    sent = Message.objects.filter(customer=new.customer, purpose="board_meeting").count()
    reminders.send_due(at=meeting.starts_at - timedelta(hours=1))
    assert Message.objects.filter(customer=new.customer, purpose="board_meeting").count() == sent


def test_whose_term_is_to_come_is_taken_back_also_from_meetings():
    meeting = make.meeting(board := make.board(), members=1)
    day = business_date(timezone.now()) + timedelta(days=5)
    coming = make.term(board, signed=False, state="invited", accepted_at=None, starts_on=day)
    new = invitations.accept(coming, name="Ann", charter=board.charters.get().pk)
    assert (new.state, meeting.invitees.get(term=new).removed_at) == ("accepted", None)

    assert terms.withdraw(new, reason="Moved abroad").state == "withdrawn"
    assert meeting.invitees.get(term=new).removed_at


def test_who_takes_a_seat_is_not_invited_to_a_meeting_after_their_term():
    meeting = make.meeting(board := make.board(), members=1)
    last = meeting.starts_at.date() - timedelta(days=1)
    make_it = make.term(board, signed=False, state="invited", accepted_at=None, ends_on=last)
    new = invitations.accept(make_it, name="Ann", charter=board.charters.get().pk)
    assert not meeting.invitees.filter(term=new).exists()

"""Meetings are planned, scheduled, moved, cancelled, opened and closed; calendars hear of it."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from advisory.actions import action_items, attendance, attendees, ballots, meetings
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.confidentiality import Level
from advisory.models import ActionItem, Invitee, Meeting, Move
from communications.models import Message
from customers.models import Fact
from loyalty.queries import points
from tests.factories import advisory as make
from tests.factories import calendars as calendars_make

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def letters(meeting: Meeting) -> list[Message]:
    return list(Message.objects.filter(key__startswith=f"meeting:{meeting.pk}:").order_by("pk"))


def event(message: Message) -> icalendar.Component:
    return icalendar.Calendar.from_ical(message.attachments[0]["text"]).walk("VEVENT")[0]


def test_everybody_on_the_board_is_invited_and_each_invitation_shows_its_recipient_alone():
    meeting = make.meeting(members=3)

    sent = letters(meeting)
    assert meeting.state == Meeting.State.SCHEDULED
    assert len({message.to_address for message in sent}) == 3
    for message in sent:
        assert str(event(message)["ATTENDEE"]) == f"mailto:{message.to_address}"
        others = {other.to_address for other in sent} - {message.to_address}
        assert not any(address in message.attachments[0]["text"] + message.text for address in others)
        assert int(event(message)["SEQUENCE"]) == 0


def test_a_move_asks_again_under_the_next_number_and_other_words_do_not():
    meeting = make.meeting()
    first = make.invitees(meeting)[0]
    attendees.answer(first, Invitee.Answer.ACCEPTED)

    meeting = meetings.reword(meeting, title="What customers need now", purpose="Typing error mended")
    first.refresh_from_db()
    assert (meeting.sequence, first.answer) == (0, "accepted")
    assert meetings.move(meeting, starts_at=meeting.starts_at).sequence == 0

    meeting = meetings.move(meeting, starts_at=meeting.starts_at + HOUR)
    first.refresh_from_db()
    assert (meeting.sequence, first.answer, first.answered_at) == (1, "needs_action", None)
    meeting = meetings.cancel(meeting, reason="The office is closed.")
    told = [(int(event(one)["SEQUENCE"]), str(event(one)["STATUS"])) for one in letters(meeting)]
    assert sorted(set(told)) == [(0, "CONFIRMED"), (1, "CONFIRMED"), (2, "CANCELLED")]
    assert {str(event(one)["UID"]) for one in letters(meeting)} == {meeting.uid}
    assert list(meeting.moves.order_by("pk").values_list("sequence", "method")) == [
        (0, "request"), (1, "request"), (2, "cancel"),
    ]  # fmt: skip
    facts = Fact.objects.filter(customer=first.term.customer, verb__startswith="board_").order_by("pk")
    assert [(fact.verb, fact.about.get("sequence"), fact.about.get("answer")) for fact in facts] == [
        ("board_invited", 0, None), ("board_answered", None, "accepted"), ("board_invited", 1, None),
        ("board_cancelled", 2, None),
    ]  # fmt: skip


def test_what_was_not_sent_of_an_older_number_is_not_sent_any_more():
    meeting = make.meeting(members=1)
    meetings.move(meeting, place="Room 2")

    assert [message.state for message in letters(meeting)] == ["cancelled", "queued"]


def test_what_calendars_were_told_stays():
    move = make.meeting(members=1).moves.get()

    for statement in ("UPDATE advisory_move SET sequence = 9", "DELETE FROM advisory_move"):
        with pytest.raises(DatabaseError, match="stays"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Move.objects.get() == move


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ends_at": datetime(2020, 1, 4, 9, tzinfo=UTC)}, "ends_before_it_starts"),
        ({"starts_at": datetime(2020, 1, 4, 9, tzinfo=UTC)}, "starts_in_the_past"),
        ({"ends_at": datetime(2037, 1, 7, 9, tzinfo=UTC)}, "too_long"),
        ({"mode": "in_person"}, "place_missing"),
        ({"zone": "Mars/Olympus"}, "zone_unknown"),
        ({"starts_at": datetime(2036, 1, 5, 9, tzinfo=UTC), "ends_at": datetime(2036, 1, 5, 10, tzinfo=UTC)},
         "nobody_to_invite"),
    ],
)  # fmt: skip
def test_a_meeting_needs_a_time_and_a_place(changes, code):
    meeting = make.meeting(scheduled=False)
    soon = timezone.now() + timedelta(days=3)

    with pytest.raises(BoardRefused) as refused:
        meetings.schedule(meeting, **{"starts_at": soon, "ends_at": soon + HOUR} | changes)
    meeting.refresh_from_db()
    assert (refused.value.code, meeting.state) == (code, "draft")


def test_a_meeting_goes_one_way():
    meeting = make.meeting()
    with pytest.raises(WrongState):
        meetings.close(meeting)
    with pytest.raises(WrongState):
        meetings.schedule(meeting, starts_at=meeting.starts_at, ends_at=meeting.ends_at)
    with pytest.raises(BoardRefused, match="Say why"):
        meetings.cancel(meeting, reason=" ")
    meeting = meetings.open(meeting)
    with pytest.raises(WrongState):
        meetings.move(meeting, place="Elsewhere")
    meeting = meetings.close(meeting)
    for step in (lambda: meetings.cancel(meeting, reason="No"), lambda: meetings.open(meeting)):
        with pytest.raises(WrongState):
            step()


def test_it_is_not_closed_while_a_ballot_is_open():
    meeting = make.running()
    ballot = ballots.open(ballots.prepare(meeting, "Shall we?"))

    with pytest.raises(BoardRefused, match="ballot"):
        meetings.close(meeting)
    ballots.close(ballot)
    assert meetings.close(meeting).state == "closed"


def test_a_confidential_meeting_tells_calendars_nothing_but_that_the_board_meets():
    meeting = make.meeting(members=1, title="New factory", purpose="Secret plan", level=Level.CONFIDENTIAL)

    [message] = letters(meeting)
    said = message.subject + message.text + message.attachments[0]["text"]
    assert "New factory" not in said
    assert "Secret plan" not in said


def test_nobody_outside_is_asked_to_a_meeting_of_the_company():
    meeting = make.meeting(members=1, scheduled=False, level=Level.COMPANY)
    soon = timezone.now() + timedelta(days=3)

    with pytest.raises(BoardRefused, match="Nobody"):
        meetings.schedule(meeting, starts_at=soon, ends_at=soon + HOUR)


def test_members_who_were_there_have_attended_and_earn_once():
    board = make.board(points_attending=50)
    meeting = make.running(board, members=2, present=1)
    came, missing = (invitee.term.customer for invitee in make.invitees(meeting))
    attendance.leave(make.invitees(meeting)[0])
    attendance.come(make.invitees(meeting)[0])

    meeting = meetings.close(meeting)
    assert [points.balance(customer).available for customer in (came, missing)] == [50, 0]
    assert Fact.objects.filter(verb="board_attended").count() == 1


def test_a_meeting_does_not_end_while_a_ballot_is_open():
    meeting = make.running(members=1)
    ballot = ballots.open(ballots.prepare(meeting, "Shall we?"))

    with pytest.raises(BoardRefused, match="still open"):
        meetings.close(meeting)
    with pytest.raises(BoardRefused, match="still open"):
        meetings.cancel(meeting, reason="Fire alarm")
    ballots.close(ballot)
    assert meetings.cancel(meeting, reason="Fire alarm").state == "cancelled"


def test_minutes_are_due_by_the_business_days_of_the_board():
    calendar = calendars_make.calendar("Office", zone="UTC")
    meeting = make.running(make.board(calendar=calendar))
    today = datetime.now(UTC).replace(hour=15, minute=0)
    friday = today + timedelta(days=11 - today.weekday())  # that of the next week: nobody leaves before coming
    Meeting.objects.filter(pk=meeting.pk).update(started_at=friday)

    assert meetings.close(meeting, at=friday + HOUR).minutes_due_on == friday.date() + timedelta(days=4)


def test_open_actions_are_on_the_next_agenda_by_themselves():
    board = make.board()
    done = action_items.catch(board, "Send the figures")
    action_items.settle(done, ActionItem.State.DONE)
    assert not meetings.plan(board, "First").items.exists()
    action_items.catch(board, "Call the carrier")

    meeting = make.meeting(board)
    assert [item.title for item in meeting.items.all()] == ["Open actions"]
    assert meetings.open(meeting).items.count() == 1

"""Reminders stand before the start, whenever that is."""

from datetime import timedelta

import pytest

from advisory.actions import attendees, meetings, reminders
from communications.models import Message
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def sent() -> int:
    return Message.objects.filter(key__startswith="meeting-reminder:").count()


def test_reminders_move_with_the_meeting_and_come_once_for_a_start():
    meeting = make.meeting(members=2)
    was = meeting.starts_at
    assert reminders.send_due(at=was - 8 * DAY) == 0
    assert reminders.send_due(at=was - 6.9 * DAY) == 1
    assert reminders.send_due(at=was - 6.8 * DAY) == 0
    assert sent() == 2

    meeting = meetings.move(meeting, starts_at=was + 7 * DAY, ends_at=meeting.ends_at + 7 * DAY, at=was - 6 * DAY)
    assert reminders.send_due(at=was - DAY / 2) == 0  # the day before the old date is nothing any more
    assert reminders.send_due(at=was + DAY) == 1  # a week before the new one
    assert reminders.send_due(at=was + 6.5 * DAY) == 1  # and a day before
    assert reminders.send_due(at=was + 8 * DAY) == 0
    assert sent() == 6


def test_who_does_not_come_is_not_reminded_and_nothing_is_sent_of_what_was_due_before_the_invitation():
    meeting = make.meeting(members=2)
    attendees.answer(make.invitees(meeting)[0], "declined")
    reminders.set(meeting, [30 * 24 * 60, 24 * 60])

    assert reminders.send_due(at=meeting.starts_at - 7.5 * DAY) == 0
    assert reminders.send_due(at=meeting.starts_at - DAY / 2) == 1
    assert sent() == 1

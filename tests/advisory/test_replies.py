"""Replies from calendars: each once, and only those that count."""

from datetime import timedelta

import pytest
from django.utils import timezone

from advisory.actions import meetings, replies
from advisory.actions.refusals import BoardRefused
from advisory.models import Reply
from feedback.actions import mail
from tests.factories import advisory as make
from tests.factories import mails

pytestmark = pytest.mark.django_db


def reply(meeting, address, *, sequence=0, answer="ACCEPTED", at=None) -> bytes:
    at = at or timezone.now()
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Other//EN", "METHOD:REPLY", "BEGIN:VEVENT", f"UID:{meeting.uid}",
        f"SEQUENCE:{sequence}", f"DTSTAMP:{at:%Y%m%dT%H%M%SZ}", f"ATTENDEE;PARTSTAT={answer}:mailto:{address}",
        "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


@pytest.fixture
def invited():
    meeting = make.meeting(members=2)
    invitee = make.invitees(meeting)[0]
    return meeting, invitee, invitee.term.customer.email_addresses.get().address


def outcome(document, **said) -> str:
    [taken] = replies.take(document, **said)
    return taken.outcome


def test_a_reply_is_taken_once(invited):
    meeting, invitee, address = invited
    document = reply(meeting, address)

    assert outcome(document, sender=address) == "taken"
    assert outcome(document, sender=address) == "taken"
    invitee.refresh_from_db()
    assert (invitee.answer, invitee.way, Reply.objects.count()) == ("accepted", "calendar", 1)


def test_a_reply_to_an_older_version_changes_nothing(invited):
    meeting, invitee, address = invited
    meetings.move(meeting, starts_at=meeting.starts_at + timedelta(hours=1))

    assert outcome(reply(meeting, address)) == "older"
    invitee.refresh_from_db()
    assert invitee.answer == "needs_action"
    assert outcome(reply(meeting, address, sequence=1)) == "taken"


def test_a_stranger_and_who_writes_for_somebody_else_are_set_aside(invited):
    meeting, invitee, address = invited

    assert outcome(reply(meeting, "stranger@example.org")) == "stranger"
    assert outcome(reply(meeting, address), sender="stranger@example.org") == "stranger"
    invitee.refresh_from_db()
    assert invitee.answer == "needs_action"
    assert list(Reply.objects.values_list("invitee", flat=True)) == [None, None]


def test_what_was_said_later_holds(invited):
    meeting, invitee, address = invited
    now = timezone.now()

    assert outcome(reply(meeting, address, answer="DECLINED", at=now - timedelta(minutes=5))) == "taken"
    assert outcome(reply(meeting, address, answer="ACCEPTED", at=now - timedelta(minutes=9))) == "overtaken"
    invitee.refresh_from_db()
    assert invitee.answer == "declined"


def test_replies_of_other_meetings_and_of_cancelled_ones(invited):
    meeting, _invitee, address = invited
    document = reply(meeting, address)
    meetings.cancel(meeting, reason="Snow")

    assert outcome(document) == "over"
    meeting.uid = "unknown@example.org"
    assert outcome(reply(meeting, address)) == "unknown"
    with pytest.raises(BoardRefused) as refused:
        replies.take(b"hello")
    assert refused.value.code == "no_calendar"


def test_replies_that_came_by_mail_are_taken_and_a_forged_sender_is_a_stranger(invited, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    meeting, invitee, address = invited
    document = reply(meeting, address)
    forged = mails.with_files(
        ("invite.ics", "text/calendar", document), sender="mallory@example.org", message_id="<a@b>"
    )
    mine = mails.with_files(("invite.ics", "text/calendar", document), sender=address, message_id="<c@d>")
    other = mails.with_files(("notes.ics", "text/calendar", b"BEGIN:VCALENDAR"), sender=address, message_id="<e@f>")

    for number, message in enumerate((forged, other, mine), start=1):
        mail.take(message)
        replies.read_mail()
        assert Reply.objects.count() == (1, 1, 2)[number - 1]
    invitee.refresh_from_db()
    assert (invitee.answer, replies.read_mail(), Reply.objects.count()) == ("accepted", 2, 2)
    assert list(Reply.objects.order_by("pk").values_list("outcome", flat=True)) == ["stranger", "taken"]

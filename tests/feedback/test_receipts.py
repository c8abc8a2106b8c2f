"""What has come in is confirmed at once: to people, once, and never without end."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache

from communications.models import Message
from feedback.actions import mail, receipts
from tests.factories import calendars, feedback, mails

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(db):
    cache.clear()
    return feedback.mailbox(main=True)


def test_machines_that_write_to_each_other_end_it_by_themselves(mailbox):
    """Two that both confirm: ours writes a few times, then never again within the hour."""
    for number in range(receipts.MOST_AN_HOUR + 3):
        mail.take(mails.plain(f"Your ticket {number} was opened.", sender="desk@other.example"), mailbox=mailbox)
    assert Message.objects.count() == receipts.MOST_AN_HOUR

    mail.take(mails.plain("From ourselves.", sender="Support <support+x@shop.example>"), mailbox=mailbox)
    mail.take(mails.plain("Order sent.", sender="noreply@market.example"), mailbox=mailbox)
    assert Message.objects.count() == receipts.MOST_AN_HOUR


def test_the_confirmation_is_in_the_language_of_the_message_and_says_by_when_it_is_answered(mailbox):
    calendars.calendar()
    with time_machine.travel(datetime(2026, 11, 21, 12, tzinfo=UTC), tick=False):  # a Saturday
        mail.take(mails.korean(), mailbox=mailbox)
        mail.take(mails.plain(), mailbox=mailbox)
    with time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False):
        mail.take(mails.plain("During the day.", message_id="<day@example.org>"), mailbox=mailbox)

    korean, english, by_day = Message.objects.order_by("pk")
    assert korean.to_address == "minsu@example.org"
    assert korean.entry.case.language == "ko"
    assert "늦어도 2026년 11월 24일(화요일) 18:00(CET)까지" in korean.text
    assert "by Tuesday, 24 Nov 2026, 18:00 (CET) at the latest" in english.text  # 17:00 UTC, in Berlin
    assert "We are back on Monday, 23 Nov 2026, 10:00 (CET)" in english.text
    assert "by Friday, 27 Nov 2026" in by_day.text
    assert "We are back" not in by_day.text


def test_what_comes_in_after_it_was_due_is_not_promised_for_a_day_that_is_over(mailbox):
    calendars.calendar()
    read_at = datetime(2026, 11, 25, 12, tzinfo=UTC)
    with time_machine.travel(read_at, tick=False):
        mail.take(mails.plain(), mailbox=mailbox, at=read_at - timedelta(days=8))

    text = Message.objects.get().text
    assert "We have your message" in text
    assert "You have our answer by" not in text

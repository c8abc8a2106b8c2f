"""Answers that leave the house."""

import pytest
from django.utils import timezone

from communications.actions.outbox import WrongState
from communications.models import Message
from feedback.actions import conversation, replies
from feedback.actions.attachments import FileRefused
from feedback.actions.refusals import CaseRefused
from feedback.mail import File
from feedback.models import Entry
from tests.factories import customers, feedback

pytestmark = pytest.mark.django_db


def test_an_answer_is_queued_to_where_the_customer_wrote_from_and_stands_in_their_thread(agent):
    case = feedback.case(sender_address="kim@example.net", message_id="<one@example.net>")
    first = replies.send(case, "Tomorrow.", by=agent)
    conversation.receive(case, text="Thanks", channel="email", message_id="two@example.net")
    second = replies.send(case, "Gladly.", by=agent, then_wait=True)

    message = second.outgoing
    assert (message.to_address, message.subject) == ("kim@example.net", f"Re: Parcel late [#{case.pk}]")
    assert message.headers["In-Reply-To"] == "<two@example.net>"
    assert message.headers["References"].split() == [
        "<one@example.net>", first.outgoing.message_id, "<two@example.net>"
    ]  # fmt: skip
    assert (second.message_id, message.customer) == (message.message_id, case.customer)
    case.refresh_from_db()
    assert case.waiting == "customer"


def test_without_an_address_an_email_is_refused_and_a_call_is_only_written_down(agent):
    case = feedback.case(customer=None, sender_name="Kim", channel="phone")

    with pytest.raises(replies.NoAddress) as refused:
        replies.send(case, "Tomorrow.", by=agent)
    assert refused.value.code == "no_address"
    assert not Entry.objects.filter(kind="reply").exists()

    entry = replies.send(case, "Told her that it comes tomorrow.", by=agent, channel="phone")
    assert (entry.channel, entry.outgoing) == ("phone", None)
    assert not Message.objects.exists()


def test_a_stopped_answer_queues_nothing(agent):
    case = feedback.case(customer=customers.customer(email="kim@example.org"))
    seen = case.entries.get().pk
    conversation.receive(case, text="Never mind.", channel="email")

    with pytest.raises(conversation.NewerMessage):
        replies.send(case, "Tomorrow.", by=agent, seen=seen)
    assert not Message.objects.exists()


def test_what_was_not_taken_is_sent_again_and_what_was_never_mail_is_not(agent):
    case = feedback.case()
    entry = replies.send(case, "Tomorrow.", by=agent)
    with pytest.raises(WrongState):
        replies.send_again(entry, by=agent)

    Message.objects.update(state="failed", ended_at=timezone.now(), reason="refused", attempts=3)
    entry.outgoing.refresh_from_db()
    assert replies.send_again(entry, by=agent).state == "queued"

    spoken = replies.send(case, "Told her.", by=agent, channel="phone")
    with pytest.raises(CaseRefused) as refused:
        replies.send_again(spoken, by=agent)
    assert refused.value.code == "not_an_email"


def test_files_go_along_and_stand_with_the_answer(agent, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    case = feedback.case(sender_address="kim@example.net")

    entry = replies.send(case, "Here is the label.", by=agent, files=[File("label.txt", "", b"Name and street")])

    kept = entry.attachments.get()
    assert (kept.name, kept.kind, kept.size) == ("label.txt", "text/plain", 15)
    assert [one["path"] for one in entry.outgoing.attachments] == [kept.path]
    assert (tmp_path / kept.path).read_bytes() == b"Name and street"


def test_a_file_that_may_not_go_out_keeps_the_answer_back(agent, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    case = feedback.case(sender_address="kim@example.net")

    with pytest.raises(FileRefused):
        replies.send(case, "Run this.", by=agent, files=[File("setup.exe", "", b"MZ" + bytes(200))])

    assert not Message.objects.exists()
    assert not case.entries.filter(kind="reply").exists()

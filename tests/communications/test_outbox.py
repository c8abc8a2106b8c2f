"""Queueing: once by its key, with the caller's transaction, and nothing that would break out of an envelope."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from communications import attachments
from communications.actions import outbox, sending
from communications.attachments import Attachment
from communications.models import Message
from tests.factories.communications import message
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db
State = Message.State


def moved(one: Message, state: State, **changes) -> Message:
    """As the sender leaves it."""
    now = timezone.now()
    handed = {"handed_at": now, "attempts": 1}
    fields = {
        State.LEASED: {"worker": "w", "lease_until": now},
        State.IN_FLIGHT: {"worker": "w", "lease_until": now, **handed},
        State.SENT: {"sent_at": now, **handed},
        State.UNCERTAIN: {"ended_at": now, "reason": "worker_lost", **handed},
        State.FAILED: {"ended_at": now, "reason": "refused", **handed},
    }
    Message.objects.filter(pk=one.pk).update(state=state, **fields.get(state, {}) | changes)
    one.refresh_from_db()
    return one


def test_a_message_is_queued_once_by_its_key_whatever_is_rendered_the_second_time(agent):
    kim = customer(email="kim@example.com")

    first = message(customer=kim, key="reply:1", by=agent, purpose="complaint")
    again = message(customer=kim, key="reply:1", subject="Rendered anew")

    assert again.pk == first.pk
    assert (again.subject, again.state, again.by, again.kind) == (first.subject, "queued", agent, "transactional")
    assert first.message_id.endswith("@localhost>")
    with pytest.raises(outbox.IdempotencyConflict):
        message("lee@example.com", key="reply:1")


def test_many_are_queued_together_or_not_at_all():
    wishes = [outbox.Outgoing(to=f"p{n}@example.com", subject="S", text="T", key=f"k{n}") for n in (1, 2, 1)]

    assert [one.to_address for one in outbox.queue_many(wishes)] == [f"p{n}@example.com" for n in (1, 2, 1)]
    with pytest.raises(ValidationError):
        outbox.queue_many([outbox.Outgoing(to="p3@example.com", subject="S", text="T", key="k3"), wishes[0], BAD])
    assert Message.objects.count() == 2


BAD = outbox.Outgoing(to="nobody", subject="S", text="T", key="k4")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": "nobody"}, "address_invalid"),
        ({"to": "kim@example.com\r\nBcc: lee@example.com"}, "address_invalid"),
        ({"to": "kïm@example.com"}, "address_invalid"),
        ({"subject": "A\r\nBcc: y@z.example"}, "header_invalid"),
        ({"subject": "A\u2028B"}, "header_invalid"),
        ({"subject": "S" * 251}, "header_invalid"),
        ({"subject": " "}, "text_missing"),
        ({"text": "\n"}, "text_missing"),
        ({"text": "x" * (1024 * 1024 + 1)}, "message_too_large"),
        ({"headers": {"Bcc": "y@z.example"}}, "header_invalid"),
        ({"headers": {"Content-Type": "text/html"}}, "header_invalid"),
        ({"headers": {"X-A": "b\nBcc: y@z.example"}}, "header_invalid"),
        ({"headers": {"X A": "b"}}, "header_invalid"),
        ({"headers": {"X-A": "b", "x-a": "c"}}, "header_invalid"),
        ({"sender": "Shop\n <shop@example.com>"}, "header_invalid"),
        ({"reply_to": "nobody"}, "address_invalid"),
        ({"attachments": [Attachment("nowhere/at-all.pdf", "a.pdf")]}, "attachment_missing"),
        ({"attachments": [Attachment("../../manage.py", "a.py")]}, "attachment_missing"),
    ],
)
def test_what_would_break_out_of_the_envelope_is_refused(changes, code):
    with pytest.raises(ValidationError) as refused:
        message(**changes)

    assert refused.value.error_list[0].code == code
    assert Message.objects.count() == 0


def test_what_is_right_is_kept(tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path)
    path = default_storage.save("cases/letter.pdf", ContentFile(b"%PDF"))

    one = message(
        "Kim@BÜCHER.example",
        sender="Mainstay Müller <help@shop.example>",
        reply_to="case+1@shop.example",
        headers={"In-Reply-To": "<a@b>", "Auto-Submitted": "auto-replied"},
        attachments=[
            Attachment(path, "letter.pdf", "application/pdf"),
            Attachment("", "invite.ics", "text/calendar; method=REQUEST", text="BEGIN:VCALENDAR"),
        ],
    )

    assert one.to_address == "Kim@xn--bcher-kva.example"
    assert (one.from_name, one.from_address, one.reply_to) == (
        "Mainstay Müller",
        "help@shop.example",
        "case+1@shop.example",
    )
    assert one.headers == {"In-Reply-To": "<a@b>", "Auto-Submitted": "auto-replied"}
    invitation = {"path": "", "name": "invite.ics", "type": "text/calendar; method=request", "text": "BEGIN:VCALENDAR"}
    assert one.attachments == [{"path": path, "name": "letter.pdf", "type": "application/pdf"}, invitation]
    assert [file.content for file in attachments.read(one.attachments)] == [b"%PDF", b"BEGIN:VCALENDAR"]
    assert one.message_id.endswith("@shop.example>")


def test_one_wake_up_after_the_commit_and_none_for_what_is_due_later(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as calls, transaction.atomic():
        message()
        message()
    assert len(calls) == 1
    with django_capture_on_commit_callbacks() as calls:
        message(due_at=timezone.now() + timedelta(hours=1))
    assert calls == []


def test_what_waits_can_be_cancelled_and_what_is_on_its_way_cannot(agent):
    assert outbox.cancel(message(), by=agent).reason == "cancelled"
    assert outbox.cancel(moved(message(), State.LEASED), reason="case_closed").worker == ""
    for state in (State.IN_FLIGHT, State.SENT, State.FAILED):
        with pytest.raises(outbox.WrongState):
            outbox.cancel(moved(message(), state))


def test_a_person_sends_an_uncertain_one_again_or_knows_that_it_arrived(agent):
    lost, there = moved(message(), State.UNCERTAIN), moved(message(), State.UNCERTAIN)

    again, known = outbox.retry(lost, by=agent), outbox.confirm(there, by=agent)

    assert (again.state, again.message_id, again.attempts, again.settled_by) == ("queued", lost.message_id, 0, agent)
    assert (known.state, known.sent_at, known.settled_by) == ("sent", there.handed_at, agent)
    assert outbox.retry(moved(message(), State.FAILED), by=agent).state == "queued"
    for act in (outbox.retry, outbox.confirm):
        with pytest.raises(outbox.WrongState):
            act(known, by=agent)


def test_what_was_sent_stays_as_it_was_and_nothing_is_deleted():
    sent = moved(message(), State.SENT)

    for change in ({"state": "queued", "sent_at": None}, {"subject": "Never said"}, {"text": "Never said"}):
        with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
            Message.objects.filter(pk=sent.pk).update(**change)
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM communications_message")
    Message.objects.filter(pk=sent.pk).update(subject="", text="", to_address="")  # an erasure may


@pytest.mark.parametrize(
    ("state", "changes", "name"),
    [
        (State.LEASED, {"worker": ""}, "message_is_held_by_a_worker_while_it_is_sent"),
        (State.LEASED, {"lease_until": None}, "message_is_held_by_a_worker_while_it_is_sent"),
        (State.QUEUED, {"worker": "w"}, "message_is_held_by_a_worker_while_it_is_sent"),
        (State.SENT, {"sent_at": None}, "message_is_sent_at_a_time"),
        (State.QUEUED, {"reason": "so"}, "message_that_ended_unsent_says_when_and_why"),
        (State.FAILED, {"reason": ""}, "message_that_ended_unsent_says_when_and_why"),
        (State.UNCERTAIN, {"handed_at": None}, "message_was_handed_over_before_it_counts_as_sent"),
        (State.QUEUED, {"to_address": ""}, "message_that_waits_has_an_address"),
        (State.QUEUED, {"priority": 9}, "message_priority_is_known"),
    ],
)
def test_state_and_times_are_tied(state, changes, name):
    one = message()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        moved(one, state, **changes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "marketing", "purpose": "offers"}, "consent_unknown"),
        ({"kind": "marketing", "customer": True}, "consent_unknown"),
        ({"kind": "marketing", "customer": True, "purpose": "whatever"}, "consent_unknown"),
        ({"channel": "push"}, "address_invalid"),
    ],
)
def test_marketing_says_to_whom_and_what_for_and_a_notification_to_whom(changes, code):
    if "customer" in changes:
        changes = changes | {"customer": customer()}
    with pytest.raises(ValidationError) as refused:
        outbox.queue("a@example.com", subject="S", text="T", key="k", **changes)
    assert refused.value.code == code


def test_nothing_is_sent_inside_a_transaction():
    with pytest.raises(RuntimeError, match="inside a transaction"):
        sending.send_due()

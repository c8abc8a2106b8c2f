"""Put messages into the outbox, take them out again, and decide about those that nobody can be sure of.

Queueing is part of the caller's transaction: a message is there if and only if what it tells of has happened. It is
sent after the commit, within seconds, by ``sending``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communications import attachments as files
from communications import envelopes
from communications.actions import touchpoints
from communications.attachments import Attachment, TooLarge
from communications.envelopes import AddressInvalid
from communications.models import Message
from communications.queries.addresses import DEVICES
from config.waking import wake
from customers.models import ConsentDecision, Customer
from people.models import User

State = Message.State
LARGEST_TEXT = 1024 * 1024  # characters of text and HTML together
PRIORITIES = {Message.Kind.TRANSACTIONAL: Message.Priority.URGENT, Message.Kind.MARKETING: Message.Priority.NORMAL}
AT_ONCE = 500
LINK = "Link"  # among the headers of a notification: where it leads


class TextMissing(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("A message needs a subject and a text."), code="text_missing")


class ConsentUnknown(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            _("Marketing needs a customer, and a purpose that customers can consent to."), code="consent_unknown"
        )


class IdempotencyConflict(ValidationError):
    def __init__(self, key: str) -> None:
        super().__init__(
            _("The key %(key)s was used before, for another message."),
            code="idempotency_conflict",
            params={"key": key},
        )


class WrongState(ValidationError):
    def __init__(self, message: Message) -> None:
        super().__init__(
            _("This cannot be done with a message in the state “%(state)s”."),
            code="message_state",
            params={"state": message.get_state_display()},
        )


@dataclass(frozen=True)
class Outgoing:
    """A message to be queued. ``sender`` is "Name <address>", the business where it is blank."""

    to: str
    subject: str
    text: str
    key: str
    html: str = ""
    customer: Customer | None = None
    kind: str = Message.Kind.TRANSACTIONAL
    purpose: str = ""
    due_at: datetime | None = None
    sender: str = ""
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: Sequence[Attachment] = ()
    priority: int | None = None
    channel: str = Message.Channel.EMAIL


def queue(
    to: str,
    *,
    subject: str,
    text: str,
    key: str,
    html: str = "",
    customer: Customer | None = None,
    kind: str = Message.Kind.TRANSACTIONAL,
    purpose: str = "",
    by: User | None = None,
    at: datetime | None = None,
    due_at: datetime | None = None,
    sender: str = "",
    reply_to: str = "",
    headers: Mapping[str, str] | None = None,
    attachments: Sequence[Attachment] = (),
    channel: str = Message.Channel.EMAIL,
) -> Message:
    """Put one message into the outbox; it leaves after the caller's commit, not before ``due_at``.

    The same ``key`` never queues twice: the message that it queued first is returned. ``html`` must be clean already.
    ``customer`` is whom it is about, if anybody. Marketing leaves only with the customer's consent to its purpose at
    that moment. Raises AddressInvalid, HeaderInvalid, TextMissing, TooLarge, AttachmentMissing, ConsentUnknown, and
    IdempotencyConflict where the key belongs to a message to somebody else.
    """
    one = Outgoing(
        to=to,
        subject=subject,
        text=text,
        key=key,
        html=html,
        customer=customer,
        kind=kind,
        purpose=purpose,
        due_at=due_at,
        sender=sender,
        reply_to=reply_to,
        headers=headers or {},
        attachments=attachments,
        channel=channel,
    )
    [message] = queue_many([one], by=by, at=at)
    return message


@transaction.atomic
def queue_many(outgoing: Iterable[Outgoing], *, by: User | None = None, at: datetime | None = None) -> list[Message]:
    """Put any number of messages into the outbox, in two statements for five hundred. All or none.

    Returns them in order. Raises what ``queue`` raises.
    """
    at, queued = at or timezone.now(), []
    rows = [_row(one, by, at) for one in outgoing]
    for start in range(0, len(rows), AT_ONCE):
        wanted = rows[start : start + AT_ONCE]
        Message.objects.bulk_create(wanted, ignore_conflicts=True)
        there = {one.key: one for one in Message.objects.filter(key__in=[row.key for row in wanted])}
        queued += [_same(there[row.key], row) for row in wanted]
    if any(message.state == State.QUEUED and message.due_at <= timezone.now() for message in queued):
        _wake_after_commit()
    return queued


@transaction.atomic
def cancel(
    message: Message, *, reason: str = "cancelled", by: User | None = None, at: datetime | None = None
) -> Message:
    """Keep a message from being sent; an uncertain one is taken for lost. ``reason`` is a code.

    One that a worker holds but has not touched yet is cancelled as well. Raises WrongState once it is on its way.
    """
    message = _locked(message)
    if message.state not in (*Message.WAITING, State.UNCERTAIN):
        raise WrongState(message)
    message.state, message.reason, message.ended_at = State.CANCELLED, reason, at or timezone.now()
    message.worker, message.lease_until, message.settled_by = "", None, by
    message.save()
    touchpoints.follow([message.pk], at=at)
    return message


@transaction.atomic
def retry(message: Message, *, by: User, at: datetime | None = None) -> Message:
    """Send a failed or an uncertain message once more, under its old Message-ID. A person's decision.

    Raises WrongState, also where an erased person's address is gone.
    """
    message = _locked(message)
    if message.state not in (State.FAILED, State.UNCERTAIN) or not message.to_address:
        raise WrongState(message)
    message.state, message.reason, message.ended_at = State.QUEUED, "", None
    message.attempts, message.due_at, message.settled_by = 0, at or timezone.now(), by
    message.save()
    touchpoints.follow([message.pk], at=at)
    _wake_after_commit()
    return message


@transaction.atomic
def confirm(message: Message, *, by: User, at: datetime | None = None) -> Message:
    """An uncertain message is known to have arrived: it counts as sent. Raises WrongState."""
    message = _locked(message)
    if message.state != State.UNCERTAIN:
        raise WrongState(message)
    message.state, message.reason, message.ended_at = State.SENT, "", None
    message.sent_at, message.settled_by = at or message.handed_at, by
    message.save()
    touchpoints.follow([message.pk], at=at)
    return message


def _row(one: Outgoing, by: User | None, at: datetime) -> Message:
    name, address = envelopes.person(one.sender or settings.DEFAULT_FROM_EMAIL)
    subject = envelopes.line("Subject", one.subject, longest=envelopes.LONGEST_SUBJECT)
    channel = Message.Channel(one.channel)
    if not (subject or channel == Message.Channel.SMS) or not one.text.strip() or not one.key:
        raise TextMissing
    if len(one.text) + len(one.html) > LARGEST_TEXT:
        raise TooLarge
    kind = Message.Kind(one.kind)
    if kind == Message.Kind.MARKETING and (not one.customer or one.purpose not in ConsentDecision.Purpose):
        raise ConsentUnknown
    return Message(
        customer=one.customer,
        kind=kind,
        purpose=one.purpose,
        channel=channel,
        to_address=_address(one, channel),
        from_name=name,
        from_address=address,
        reply_to=envelopes.address(one.reply_to) if one.reply_to else "",
        subject=subject,
        text=one.text.replace("\0", ""),
        html=one.html.replace("\0", ""),
        headers=envelopes.headers(one.headers),
        attachments=files.checked(one.attachments),
        message_id=f"<{uuid4().hex}@{address.rpartition('@')[2]}>",
        key=one.key,
        by=by,
        created_at=at,
        due_at=one.due_at or at,
        priority=PRIORITIES[kind] if one.priority is None else one.priority,
    )


def _address(one: Outgoing, channel: str) -> str:
    """An e-mail address, a phone number in international form, or every device of the customer."""
    if channel == Message.Channel.SMS:
        return envelopes.phone(one.to)
    if channel == Message.Channel.PUSH:
        if one.customer is None:
            raise AddressInvalid("")
        return DEVICES
    return envelopes.address(one.to)


def _same(there: Message, wanted: Message) -> Message:
    """What the key had queued. An erased person's message has no address any more, and is still the same."""
    if there.kind != wanted.kind or there.to_address not in (wanted.to_address, ""):
        raise IdempotencyConflict(wanted.key)
    return there


def _locked(message: Message) -> Message:
    return Message.objects.select_for_update().get(pk=message.pk)


def _wake_after_commit() -> None:
    """Once for a transaction. Where the broker is away the timetable does it some seconds later."""
    if all(entry[1] is not _wake for entry in connection.run_on_commit):
        transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    wake("communications.tasks.send_messages")

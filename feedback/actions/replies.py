"""Answers that leave the house: written down in the case and put into the outbox, both or neither."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communications.actions import outbox
from communications.attachments import Attachment as File
from communications.models import Message
from feedback.actions import attachments, cases, conversation, drafts, macros
from feedback.actions.refusals import CaseRefused
from feedback.mail import File as Sent
from feedback.models import Case, Entry, Macro
from feedback.queries import mailboxes
from feedback.queries.threads import address_of, headers_of
from people.models import User

Channel = Case.Channel
SPOKEN = frozenset({Channel.PHONE, Channel.PERSON, Channel.PAPER, Channel.SOCIAL})  # by other means than ours


class NoAddress(CaseRefused):
    def __init__(self) -> None:
        super().__init__(
            _("There is no e-mail address to write to. Add one to the customer, or write down what you told them."),
            "no_address",
            "channel",
        )


@transaction.atomic
def send(
    case: Case,
    text: str,
    *,
    by: User | None,
    channel: str = Channel.EMAIL,
    subject: str = "",
    automatic: bool = False,
    seen: int | None = None,
    then_wait: bool = False,
    macro: Macro | None = None,
    files: Sequence[Sent] = (),
    at: datetime | None = None,
) -> Entry:
    """Answer the customer by e-mail, or write down what they were told by another channel (``SPOKEN``).

    ``seen`` is the newest message that the answering person had read; ``then_wait`` leaves the next word to the
    customer; what is ``automatic``, an acknowledgement, answers nothing. ``subject`` is for letters with one of their
    own. The steps of a ``macro`` are taken with the answer, whose draft is done with. ``files`` go along and are kept.
    Raises NoAddress, FileRefused, and what ``conversation.reply`` and the outbox raise.
    """
    at = at or timezone.now()
    attachments.check(files)
    case = cases.locked(case)
    address = address_of(case)
    if channel not in SPOKEN:
        channel = Channel.EMAIL
        if not address:
            raise NoAddress
    threading = headers_of(case) if channel == Channel.EMAIL else {}
    entry = conversation.reply(case, text, by=by, channel=channel, automatic=automatic, seen=seen, at=at)
    kept = attachments.keep(entry, files)
    if channel == Channel.EMAIL:
        _queue(case, entry, address, threading, [File(one.path, one.name, one.kind) for one in kept], subject, by)
    if then_wait:
        cases.wait(case, on=Case.Waiting.CUSTOMER, by=by, at=at)
    if by is not None and macro:
        macros.apply(macro, case, by=by, at=at)
    if by is not None and not automatic:
        drafts.discard(case, by=by)
    return entry


def _queue(
    case: Case,
    entry: Entry,
    address: str,
    headers: dict[str, str],
    files: Sequence[File],
    subject: str,
    by: User | None,
) -> None:
    entry.outgoing = outbox.queue(
        address, subject=subject or f"Re: {case.subject} [{case.number}]", text=entry.text, key=f"reply:{entry.pk}",
        customer=case.customer, purpose="case_reply", by=by, headers=headers, attachments=files,
        reply_to=mailboxes.reply_to(case),
    )  # fmt: skip
    entry.message_id = entry.outgoing.message_id
    entry.save(update_fields=["outgoing", "message_id"])


def send_again(entry: Entry, *, by: User, at: datetime | None = None) -> Message:
    """Try a reply once more that was not taken, or of which nobody knows. Raises the outbox's WrongState."""
    if entry.outgoing is None:
        raise CaseRefused(_("This was never an e-mail."), "not_an_email")
    return outbox.retry(entry.outgoing, by=by, at=at)

"""What is said in a case: taken down when it comes in, kept when it goes out."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Verb
from feedback.actions import clocks, history, telling
from feedback.actions.refusals import CaseRefused, NotOpen
from feedback.models import Case, Entry
from people.models import User

Kind = Entry.Kind
LONGEST = 200_000  # characters of one message


class NewerMessage(CaseRefused):
    """The customer has written again while the answer was being written."""

    def __init__(self) -> None:
        super().__init__(
            _("A newer message has come in. Read it before you answer; what you wrote is kept."), "newer_message"
        )


def begin(case: Case, *, text: str, html: str = "", message_id: str | None = None) -> Entry:
    """The message that a new case is made of."""
    return _receive(
        case, text=text, html=html, channel=case.channel, sender_name=case.sender_name,
        sender_address=case.sender_address, message_id=message_id, automatic=False, at=case.received_at,
    )  # fmt: skip


@transaction.atomic
def receive(
    case: Case,
    *,
    text: str,
    html: str = "",
    channel: str,
    sender_name: str = "",
    sender_address: str = "",
    message_id: str | None = None,
    automatic: bool = False,
    at: datetime | None = None,
) -> Entry:
    """The customer says more. An automatic message (absence notice, bounce) asks for no answer.

    The same ``message_id`` is taken once. What is said in a case that was merged goes to the one it was merged into.
    Who may reopen a closed case decides before: see ``complaints``. Raises CaseRefused (``text_too_long``).
    """
    if message_id and (known := Entry.objects.filter(message_id=message_id).first()):
        return known
    _check_length(text)
    case = Case.objects.select_for_update().get(pk=case.pk)
    while case.merged_into_id:
        case = Case.objects.select_for_update().get(pk=case.merged_into_id)
    at = at or timezone.now()
    entry = _receive(
        case, text=text, html=html, channel=channel, sender_name=sender_name, sender_address=sender_address,
        message_id=message_id, automatic=automatic, at=at,
    )  # fmt: skip
    if not automatic:
        clocks.follow(case, at=at)
    return entry


def _receive(
    case: Case, *, text: str, html: str, channel: str, sender_name: str, sender_address: str,
    message_id: str | None, automatic: bool, at: datetime,
) -> Entry:  # fmt: skip
    entry = Entry.objects.create(
        case=case, kind=Kind.RECEIVED, channel=channel, text=text, html=html, sender_name=sender_name[:200],
        sender_address=sender_address[:254], message_id=message_id, automatic=automatic, at=at,
    )  # fmt: skip
    case.last_entry_at = max(case.last_entry_at or at, at)
    if not automatic:
        case.unanswered_since = min(case.unanswered_since or at, at)
        if case.waiting == Case.Waiting.CUSTOMER:
            case.waiting = ""
            history.note(case, "waits", at=at, on="")
        if case.snoozed_until and not case.asleep_firmly:
            case.snoozed_until = None
            history.note(case, "woken", at=at)
    case.save(update_fields=["last_entry_at", "unanswered_since", "waiting", "snoozed_until"])
    return entry


@transaction.atomic
def reply(
    case: Case,
    text: str,
    *,
    by: User | None,
    html: str = "",
    channel: str = "",
    automatic: bool = False,
    seen: int | None = None,
    at: datetime | None = None,
) -> Entry:
    """Answer the customer. ``seen`` is the newest message that the answering person had read.

    An automatic answer (acknowledgement, out of hours) does not count as one. Raises NotOpen, NewerMessage and
    CaseRefused (``text_missing``, ``text_too_long``).
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    if not case.is_open:
        raise NotOpen(case)
    if not text.strip():
        raise CaseRefused(_("Write an answer first."), "text_missing", "text")
    _check_length(text)
    if seen is not None and case.entries.filter(kind=Kind.RECEIVED, pk__gt=seen).exists():
        raise NewerMessage
    at = at or timezone.now()
    entry = Entry.objects.create(
        case=case, kind=Kind.REPLY, channel=channel or case.channel, text=text, html=html, author=by,
        automatic=automatic, at=at,
    )  # fmt: skip
    case.last_entry_at = max(case.last_entry_at or at, at)
    if not automatic:
        case.unanswered_since = None
        case.answered_at = case.answered_at or at
        telling.tell(case, Verb.CASE_ANSWERED, by=by, at=at, key=f"case_answered:{entry.pk}")
    case.save(update_fields=["last_entry_at", "unanswered_since", "answered_at"])
    if not automatic:
        clocks.follow(case, at=at, by=by)
    return entry


@transaction.atomic
def note(
    case: Case, text: str, *, by: User | None, mentions: Iterable[User] = (), at: datetime | None = None
) -> Entry:
    """Something among colleagues, never sent; ``by`` nobody where it writes itself.

    Raises CaseRefused (``text_missing``, ``text_too_long``).
    """
    if not text.strip():
        raise CaseRefused(_("Write a note first."), "text_missing", "text")
    _check_length(text)
    entry = Entry.objects.create(
        case=case, kind=Kind.NOTE, text=text, author=by, automatic=by is None, at=at or timezone.now()
    )
    entry.mentions.set(mentions)
    return entry


def _check_length(text: str) -> None:
    if len(text) > LONGEST:
        raise CaseRefused(_("The text is too long."), "text_too_long", "text")

"""Take e-mail in: each message once, into the case that it belongs to, or a new one."""

import hashlib
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communications import abuse
from communications.abuse import Complaint
from communications.actions import bounces
from communications.models import Message
from customers.models import Customer
from feedback import languages
from feedback import mail as wire
from feedback import spam as rules
from feedback.actions import attachments, cases, conversation, history, receipts, reopenings, spam
from feedback.mail import Incoming, automatic
from feedback.models import Case, Entry, Mail, Mailbox
from feedback.queries.mailboxes import by_recipients
from feedback.queries.senders import customer_of
from feedback.queries.threading import Place, place_of
from feedback.spam import Verdict

Outcome = Mail.Outcome
OPEN_NOTHING = (automatic.REPLY, automatic.BOUNCE)
HELD_ASIDE = {automatic.BULK: "bulk", automatic.LIST: "list", automatic.GENERATED: "generated"}
OLDEST = timedelta(days=3650)


def take(raw: bytes, *, mailbox: Mailbox | None = None, at: datetime | None = None) -> Mail:
    """Take a message as it came over the wire; ``at`` is when the mailbox got it. Taken again, it is the same one.

    What was written by a person never gets lost: it goes on with its case, or opens one, held aside where the rules
    of ``feedback.spam`` say so. A stranger gets into no thread.
    """
    read = wire.parse(raw)
    now = timezone.now()
    at = min(at or now, now)
    if abusive := abuse.complaint(raw):
        return _complained(read, abusive, mailbox or by_recipients(read.recipients), at)
    return _take(read, mailbox or by_recipients(read.recipients), at)


@transaction.atomic
def _take(read: Incoming, mailbox: Mailbox | None, at: datetime) -> Mail:
    message_id, known = _claim(read)
    if known:
        return known
    row = Mail(identity=_hash(message_id), digest=read.digest, mailbox=mailbox, received_at=at, flaws=list(read.flaws))
    if read.bounce:
        _bounced(row, read, message_id)
    else:
        place = place_of(read)
        if place.case is not None:
            _heard(row, read, place.case, place.how, message_id)
        elif read.automatic in OPEN_NOTHING:
            row.outcome, row.how = Outcome.IGNORED, read.automatic
        else:
            _opened(row, read, place, message_id)
    row.save()
    return row


@transaction.atomic
def _complained(read: Incoming, said: Complaint, mailbox: Mailbox | None, at: datetime) -> Mail:
    """A mail provider tells that somebody called a message of ours spam: no offers to them any more."""
    message_id, known = _claim(read)
    if known:
        return known
    found = bounces.complained_of(said.message_ids, at=at) if said.is_one else []
    return Mail.objects.create(
        identity=_hash(message_id), digest=read.digest, mailbox=mailbox, received_at=at, flaws=list(read.flaws),
        outcome=Outcome.BOUNCED if found else Outcome.IGNORED, how="complaint",
    )  # fmt: skip


def _claim(read: Incoming) -> tuple[str, Mail | None]:
    """Under which id the message is taken, and the row where it was taken before. Others who have it wait.

    Some programs send two messages under one id: the second is taken under an id made of both.
    """
    again = hashlib.sha256(f"{read.message_id}\0{read.digest}".encode()).hexdigest()[:40]
    candidates = (read.message_id, f"<{again}@same-message-id.invalid>")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4711))", [read.message_id])
    rows = {row.identity: row for row in Mail.objects.filter(identity__in=map(_hash, candidates))}
    for candidate in candidates:
        row = rows.get(_hash(candidate))
        if row is None or row.digest == read.digest:
            return candidate, row
    return candidates[1], rows[_hash(candidates[1])]


def _hash(message_id: str) -> str:
    return hashlib.sha256(message_id.encode()).hexdigest()


def _bounced(row: Mail, read: Incoming, message_id: str) -> None:
    """A message of ours did not arrive: its case is told, and its address is not written to for ever."""
    assert read.bounce is not None
    row.outcome, row.how = Outcome.IGNORED, automatic.BOUNCE
    ids = read.bounce.message_ids
    failed = Message.objects.filter(message_id__in=ids).select_related("customer", "entry__case").first()
    if failed is None:
        return
    row.outcome = Outcome.BOUNCED
    bounces.bounced(failed, permanent=read.bounce.permanent, status=read.bounce.status, at=row.received_at)
    sent = getattr(failed, "entry", None)
    if sent is None:
        return
    row.case, row.entry = sent.case, _receive(sent.case, read, message_id, row.received_at, automatic=True)
    said = read.bounce
    history.note(
        row.case, "bounced", at=row.received_at, message=failed.pk, permanent=said.permanent, status=said.status
    )


def _heard(row: Mail, read: Incoming, case: Case, how: str, message_id: str) -> None:
    """It goes on with a case. Nothing automatic opens a closed one again."""
    is_automatic = bool(read.automatic) and read.automatic != automatic.LIST
    row.entry = _receive(case, read, message_id, row.received_at, automatic=is_automatic)
    row.case, row.how = row.entry.case, how
    row.outcome = Outcome.AUTOMATIC if is_automatic else Outcome.HEARD


def _receive(case: Case, read: Incoming, message_id: str, at: datetime, *, automatic: bool) -> Entry:
    said = {"text": _text(read), "html": read.html, "sender_name": read.sender_name, "sender_address": read.sender}
    hear = conversation.receive if automatic else reopenings.hear
    entry = hear(case, channel=Case.Channel.EMAIL, message_id=message_id, automatic=automatic, at=at, **said)
    attachments.keep(entry, read.files)
    return entry


def _whom_we_wrote(read: Incoming) -> Customer | None:
    """Who answers a letter that went to one customer alone is that customer, whatever address they answer from."""
    wanted = Message.objects.filter(message_id__in=read.ancestors[:50], customer__status=Customer.Status.ACTIVE)
    answered = wanted.select_related("customer").order_by("-pk").first()
    return answered.customer if answered else None


def _opened(row: Mail, read: Incoming, place: Place, message_id: str) -> None:
    """A new case; one that it names without belonging to it is mentioned to whoever works on it, and no more."""
    mailbox = row.mailbox
    customer = customer_of(read.sender) if read.believed else None
    customer = customer or _whom_we_wrote(read)
    verdict = _judge(read, mailbox, known=customer is not None)
    case = cases.open(
        mailbox.kind if mailbox else Case.Kind.QUESTION,
        subject=read.subject or _("(no subject)"), text=_text(read), html=read.html, channel=Case.Channel.EMAIL,
        customer=customer, sender_name=read.sender_name, sender_address=read.sender, message_id=message_id,
        team=mailbox.team if mailbox else None, spam=verdict.held, at=row.received_at,
        language=languages.guessed(read.own_text, (customer.language if customer else "") or read.language),
    )  # fmt: skip
    row.case, row.entry = case, case.entries.get(kind=Entry.Kind.RECEIVED)
    row.outcome = Outcome.HELD if verdict.held else Outcome.OPENED
    attachments.keep(row.entry, read.files)
    if verdict.held:
        history.note(case, "held_aside", at=row.received_at, why=list(verdict.why))
    if place.mentioned is not None:
        conversation.note(
            case, _("Mentions case %(number)s, but the sender does not belong to it.")
            % {"number": place.mentioned.number}, by=None, at=row.received_at,
        )  # fmt: skip
    if not read.believed:
        conversation.note(
            case, _("The mail server doubts that the sender's address is theirs."), by=None, at=row.received_at
        )
    if _may_answer(read, mailbox):
        receipts.confirm(case, to=read.sender, at=timezone.now())


def _judge(read: Incoming, mailbox: Mailbox | None, *, known: bool) -> Verdict:
    marks = []
    ours = mailbox is not None and mailbox.list_id and mailbox.list_id.lower() in read.lists
    if read.automatic in HELD_ASIDE and not (ours and read.automatic in (automatic.LIST, automatic.BULK)):
        marks.append(HELD_ASIDE[read.automatic])
    if read.flagged:
        marks.append("flagged")
    if not read.believed:
        marks.append("forged")
    repeated = 0 if known else spam.repeated(read.own_text, read.sender)
    return rules.judge(read.own_text, subject=read.subject, marks=marks, repeated=repeated, known=known)


def _may_answer(read: Incoming, mailbox: Mailbox | None) -> bool:
    """Nothing automatic and no mailbox of ours is answered by itself."""
    if read.automatic not in ("", automatic.LIST) or read.unanswerable or not read.believed:
        return False
    if Mailbox.objects.filter(address=wire.addresses.plain(read.sender)).exists():
        return False
    return mailbox is None or mailbox.acknowledges


def _text(read: Incoming) -> str:
    return read.text.strip() or _("(The message has no text.)")

"""What somebody without an account sends through the public form, and through the page of their case."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from feedback import links
from feedback import spam as rules
from feedback.actions import attachments, cases, complaints, conversation, history, receipts, reopenings, spam
from feedback.actions.refusals import CaseRefused
from feedback.mail import File
from feedback.models import Case, Entry
from feedback.queries.cases import order_of
from feedback.queries.senders import customer_of
from people.models import User

SALT = "feedback.forms"
AT_LEAST = timedelta(seconds=3)  # nobody writes faster
AT_MOST = timedelta(days=1)
MOST_AN_HOUR = 5  # cases of one address
OPEN_FOR = timedelta(days=180)  # a link works so long after the last message


class LinkRefused(CaseRefused):
    """``link_unknown`` or ``link_expired``; which case it was is not told."""

    def __init__(self, code: str) -> None:
        texts = {
            "link_unknown": gettext_lazy("We do not know this address. Perhaps it was copied only in part."),
            "link_expired": gettext_lazy("This page is not kept any longer. Write to us again if something is open."),
        }
        super().__init__(texts[code], code)


def began(at: datetime | None = None) -> str:
    """A stamp for a form that is shown now: signed, and of one use."""
    stamp = int((at or timezone.now()).timestamp() * 1_000_000)
    return signing.Signer(salt=SALT).sign(str(stamp))


@transaction.atomic
def send(
    kind: str, *, text: str, email: str, name: str = "", order: str = "", files: Sequence[File] = (),
    language: str = "en", begun: str, trap: str = "", at: datetime | None = None,
) -> Case:  # fmt: skip
    """Open a case from the public form; sent twice, it is the same one. ``trap`` is what only machines fill in.

    Raises CaseRefused (``form_expired``, ``too_many_cases``, what ``cases.open`` raises) and FileRefused.
    """
    at = at or timezone.now()
    shown_at = _shown_at(begun, at)
    key = f"web:{hashlib.sha256(begun.encode()).hexdigest()[:40]}"
    if known := Case.objects.filter(key=key).first():
        return known
    email = email.strip().lower()
    lately = Case.objects.filter(
        sender_address=email, channel=Case.Channel.WEB, received_at__gt=at - timedelta(hours=1)
    )
    if lately[:MOST_AN_HOUR].count() >= MOST_AN_HOUR:
        raise CaseRefused(
            _("You have sent us much within the hour. Wait a little, or add to what you sent."), "too_many_cases"
        )
    attachments.check(files)
    customer = customer_of(email)
    marks = [mark for mark, is_so in (("honeypot", bool(trap)), ("too_fast", at - shown_at < AT_LEAST)) if is_so]
    repeated = 0 if customer else spam.repeated(text, email)
    verdict = rules.judge(text, marks=marks, repeated=repeated, known=customer is not None)
    case = cases.open(
        kind, subject="", text=_with_order(text, order), channel=Case.Channel.WEB, customer=customer,
        sender_name=name, sender_address=email, language=language, purchase=order_of(customer, order),
        spam=verdict.held, key=key, at=at,
    )  # fmt: skip
    attachments.keep(case.entries.get(kind=Entry.Kind.RECEIVED), files)
    if verdict.held:
        history.note(case, "held_aside", at=at, why=list(verdict.why))
    receipts.confirm(case, to=email, at=at)
    case.refresh_from_db()
    return case


def find(token: str, *, at: datetime | None = None) -> Case:
    """The case of a link, for whoever holds the link. Raises LinkRefused."""
    read = links.read(token)
    case = Case.objects.select_related("customer", "team", "merged_into").filter(pk=read[0]).first() if read else None
    if read is None or case is None or case.link_generation != read[1]:
        raise LinkRefused("link_unknown")
    last = case.last_entry_at or case.received_at
    if (at or timezone.now()) > last + OPEN_FOR or _is_erased(case):
        raise LinkRefused("link_expired")
    return case


@transaction.atomic
def add(case: Case, text: str, *, files: Sequence[File] = (), at: datetime | None = None) -> Entry:
    """Whoever sent it says more. Raises what ``reopenings.hear`` raises, and FileRefused."""
    if not text.strip():
        raise CaseRefused(_("Write something first."), "text_missing", "text")
    attachments.check(files)
    entry = reopenings.hear(
        case, text=text, channel=Case.Channel.WEB, at=at, sender_name=case.sender_name,
        sender_address=case.sender_address,
    )  # fmt: skip
    attachments.keep(entry, files)
    return entry


@transaction.atomic
def solved(case: Case, *, at: datetime | None = None) -> Case:
    """It is solved, says whoever sent it. A complaint is closed by us, because its outcome is kept. Raises NotOpen."""
    case = cases.locked_with_customer(case)
    if case.is_open and case.kind != Case.Kind.COMPLAINT:
        return complaints.close(case, by=None, at=at)
    conversation.receive(case, text=_("It is solved."), channel=Case.Channel.WEB, automatic=True, at=at)
    history.note(case, "said_solved", at=at or timezone.now())
    return case


@transaction.atomic
def revoke(case: Case, *, by: User | None, at: datetime | None = None) -> Case:
    """Make the links to the status page of a case invalid; the next message to the customer has a new one."""
    case = cases.locked(case)
    case.link_generation += 1
    case.save(update_fields=["link_generation"])
    history.note(case, "links_revoked", at=at or timezone.now(), by=by)
    return case


def _shown_at(begun: str, at: datetime) -> datetime:
    try:
        stamp = int(signing.Signer(salt=SALT).unsign(begun))
    except (signing.BadSignature, ValueError):
        raise CaseRefused(_("This page was open for too long. Send it once more."), "form_expired") from None
    shown_at = datetime.fromtimestamp(stamp / 1_000_000, tz=at.tzinfo)
    if at - shown_at > AT_MOST:
        raise CaseRefused(_("This page was open for too long. Send it once more."), "form_expired")
    return shown_at


def _with_order(text: str, order: str) -> str:
    return _("Order: %(order)s") % {"order": order[:100]} + f"\n\n{text}" if order.strip() and text.strip() else text


def _is_erased(case: Case) -> bool:
    return case.customer is not None and case.customer.status == Customer.Status.ERASED

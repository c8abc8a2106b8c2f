"""Confirm at once that something has come in, when it will be answered, and where to see how it goes.

Once for each case; never to a machine; so many an hour to one address at most, so that two systems that write to each
other end it by themselves.
"""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from communications.actions import outbox
from feedback import links
from feedback.actions import conversation
from feedback.models import Case, Entry
from feedback.queries.mailboxes import reply_to
from feedback.queries.promises import promise

PURPOSE = "case_received"
MOST_AN_HOUR = 4


@transaction.atomic
def confirm(case: Case, *, to: str, at: datetime) -> Entry | None:
    """Put the confirmation into the outbox, in the language of whoever wrote. None where none is sent."""
    if case.spam or not to or _enough(case, to, at) or case.entries.filter(kind=Entry.Kind.REPLY).exists():
        return None
    case = Case.objects.select_related("customer", "team").get(pk=case.pk)
    with translation.override(case.language):
        text = render_to_string(
            "feedback/mail/received.txt",
            {"case": case, "promise": promise(case, at), "link": links.address(case), "answers": reply_to(case)},
        )
        subject = _("We have your message: %(subject)s [%(number)s]") % {
            "subject": case.subject[:150],
            "number": case.number,
        }
    try:
        message = outbox.queue(
            to, subject=subject, text=text.strip(), key=f"case_received:{case.pk}", customer=case.customer,
            purpose=PURPOSE, at=at, reply_to=reply_to(case), headers=_headers(case),
        )  # fmt: skip
    except ValidationError:  # an address that nobody can write to was written from
        return None
    entry = conversation.reply(case, text.strip(), by=None, channel=Case.Channel.EMAIL, automatic=True, at=at)
    entry.outgoing, entry.message_id = message, message.message_id
    entry.save(update_fields=["outgoing", "message_id"])
    return entry


def _enough(case: Case, to: str, at: datetime) -> bool:
    """Each case is confirmed once: so many cases, so many confirmations."""
    lately = Case.objects.filter(sender_address=to, received_at__gt=at - timedelta(hours=1))
    return lately.exclude(pk=case.pk)[:MOST_AN_HOUR].count() >= MOST_AN_HOUR


def _headers(case: Case) -> dict[str, str]:
    """What lets mail programs put it with the message, and other machines know that it comes from one."""
    first = case.entries.filter(kind=Entry.Kind.RECEIVED, message_id__isnull=False).order_by("pk").first()
    headers = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    if first is None:
        return headers
    return headers | {"In-Reply-To": str(first.message_id), "References": str(first.message_id)}

"""What came back of messages that were sent: nobody is there, or somebody complains of spam."""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communications.actions import suppressions
from communications.models import Message, Suppression
from customers.actions import timeline
from customers.models import Fact, Verb


class UnknownMessage(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("We sent no such message."), code="message_unknown")


@transaction.atomic
def bounced(message: Message, *, permanent: bool, status: str = "", at: datetime | None = None) -> Message:
    """A message came back. For good: its address is suppressed. For now: it is written down, and no more.

    Told again it changes nothing. ``status`` is what the server said, such as 5.1.1.
    """
    message, at = _locked(message), at or timezone.now()
    key = f"bounced:{message.pk}:{'for good' if permanent else 'for now'}"
    if not _tell(message, Verb.MAIL_BOUNCED, key, at, permanent=permanent, status=status[:20]):
        return message
    if permanent and message.channel == Message.Channel.EMAIL and message.to_address:
        suppressions.bounced(message.to_address, customer_id=message.customer_id, at=at)
    message.error = (_("It came back: %s") % (status or "?"))[:300]
    message.save(update_fields=["error"])
    return message


@transaction.atomic
def complained(message: Message, *, at: datetime | None = None) -> Message:
    """Somebody called a message spam: no marketing to that address any more, until a person with the right lifts it.

    Told again it changes nothing.
    """
    message, at = _locked(message), at or timezone.now()
    if _tell(message, Verb.SPAM_REPORTED, f"spam:{message.pk}", at) and message.to_address:
        suppressions.suppress(
            message.to_address, reason=Suppression.Reason.COMPLAINED, customer=message.customer, at=at
        )
    return message


def complained_of(message_ids: Collection[str], *, at: datetime | None = None) -> list[Message]:
    """The same for those of these Message-IDs that are ours."""
    found = Message.objects.filter(message_id__in=list(message_ids)).order_by("pk")
    return [complained(message, at=at) for message in found]


def find(message_id: str) -> Message:
    """By its Message-ID, with or without angle brackets. Raises UnknownMessage."""
    message = Message.objects.filter(message_id=f"<{message_id.strip().strip('<>')}>").first()
    if message is None:
        raise UnknownMessage
    return message


def _locked(message: Message) -> Message:
    return Message.objects.select_for_update(of=("self",)).select_related("customer").get(pk=message.pk)


def _tell(message: Message, verb: Verb, key: str, at: datetime, **about: object) -> bool:
    """On the customer's timeline, once. Returns whether it was new; without a customer nobody can tell."""
    if message.customer is None:
        return not message.error
    fact = Fact(customer=message.customer, verb=verb, at=at, key=key, about={"message": message.pk, **about})
    return bool(timeline.record_many([fact]))

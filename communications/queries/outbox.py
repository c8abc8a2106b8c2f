"""What lies in the outbox, and how it goes out."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone
from redis.exceptions import RedisError

from communications.models import Message
from customers.models import Customer

SHUT = "outbox:unreachable"  # in the cache: what the mail server said, as long as it is not asked again
LATE = timedelta(minutes=15)
State = Message.State


@dataclass(frozen=True)
class WayOut:
    """``kind`` is smtp, folder (nothing leaves this machine) or nothing; ``place`` is the server or the folder."""

    kind: str
    place: str
    flaw: str


def shut_key(channel: str) -> str:
    return SHUT if channel == Message.Channel.EMAIL else f"{SHUT}:{channel}"


def shut(channel: str = Message.Channel.EMAIL) -> str:
    """Why a way out is left alone for the moment. Without a cache nobody remembers, and messages go on."""
    try:
        return str(cache.get(shut_key(channel), ""))
    except RedisError:
        return ""


def way_out() -> WayOut:
    kind = settings.OUTBOX
    place = {"smtp": f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}", "folder": settings.OUTBOX_FOLDER}.get(kind, "")
    return WayOut(kind, place, shut() if kind == "smtp" else "")


@dataclass(frozen=True)
class Closed:
    """Messages of a channel wait: nobody said which way they go, or that way is closed."""

    label: str
    flaw: str


def closed_ways() -> list[Closed]:
    """Channels other than e-mail of which something waits and cannot leave."""
    found = []
    for channel in (Message.Channel.SMS, Message.Channel.PUSH):
        there = bool(settings.SMS_URL if channel == Message.Channel.SMS else settings.PUSH_KEY)
        flaw = shut(channel)
        closed = flaw or (not there and settings.OUTBOX != "folder")
        if closed and Message.objects.filter(state=State.QUEUED, channel=channel).exists():
            found.append(Closed(str(channel.label), flaw))
    return found


def listed(state: str = "") -> QuerySet[Message]:
    """Messages in a state, or all; without their texts."""
    found = Message.objects.defer("text", "html", "headers").select_related("customer")
    return found.filter(state=state) if state else found


def undecided(limit: int) -> list[Message]:
    """Uncertain messages, the newest first: only a person can say whether they arrived."""
    return list(listed(State.UNCERTAIN).order_by("-id")[:limit])


def refused_lately(limit: int) -> list[Message]:
    """Failed in the last week: somebody waits for an answer that never came."""
    recently = timezone.now() - timedelta(days=7)
    failed = listed(State.FAILED).filter(kind=Message.Kind.TRANSACTIONAL, ended_at__gte=recently)
    return list(failed.order_by("-id")[:limit])


def late() -> Message | None:
    """A message that should have left a quarter of an hour ago."""
    due = listed(State.QUEUED).filter(priority=Message.Priority.URGENT, due_at__lt=timezone.now() - LATE)
    return due.order_by("due_at").first()


def of_customer(customer: Customer, limit: int) -> list[Message]:
    """The newest first."""
    return list(listed().filter(customer=customer).order_by("-id")[:limit])

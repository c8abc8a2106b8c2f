"""Ending sessions: a browser that was signed in has to sign in again."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from people.actions import events
from people.models import Event, User

SEEN_EVERY = 300  # seconds; how old "last seen" may be


@transaction.atomic
def end(session: UserSession, *, by: User) -> None:
    """End one session at once."""
    session.end()
    events.record(session.user, Event.Verb.SESSIONS_ENDED, by=by, sessions=1)


@transaction.atomic
def end_all(person: User, *, by: User | None, keep: str | None = None) -> int:
    """End a person's sessions at once, but for the one whose key is kept. Returns how many."""
    ended = 0
    for session in UserSession.objects.filter(user=person).exclude(session_key=keep or ""):
        session.end()
        ended += 1
    if ended:
        events.record(person, Event.Verb.SESSIONS_ENDED, by=by, sessions=ended)
    return ended


def note_seen(session_key: str, *, address: str) -> None:
    """Write down that the session is in use."""
    UserSession.objects.filter(session_key=session_key).update(last_seen_at=timezone.now(), ip=address)


@transaction.atomic
def sweep(*, at: datetime) -> int:
    """Forget sessions that ran out, and the browsers and addresses they were used from. Returns how many."""
    swept, _each = Session.objects.filter(expire_date__lte=at).delete()
    known = UserSession.objects.filter(
        created_at__lt=at - timedelta(days=1)
    )  # one that just begins may not be seen yet
    known.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return swept

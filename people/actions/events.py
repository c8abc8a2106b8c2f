"""Writing down what happened to an account."""

from typing import Any

from people.models import Event, User


def record(
    person: User, verb: Event.Verb, *, by: User | None = None, address: str | None = None, **about: Any
) -> Event:
    """Write down what happened, in the same transaction as the change that it tells of. ``by`` None: the system."""
    return Event.objects.create(person=person, verb=verb, by=by, address=address, about=about)

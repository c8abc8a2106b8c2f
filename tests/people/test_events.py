"""What happened to accounts: written once, and there to stay."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from people.actions import events
from people.models import Event


def test_an_event_says_who_did_what_when_and_from_where(agent, manager):
    event = events.record(agent, Event.Verb.ROLE_GIVEN, by=manager, address="203.0.113.7", role="Support")

    event.refresh_from_db()
    assert (event.by, event.address, event.about) == (manager, "203.0.113.7", {"role": "Support"})
    assert event.at <= timezone.now()
    assert str(event) == "Ada Agent got another role"


def test_what_happened_to_accounts_cannot_be_changed_or_removed(agent):
    event = Event.objects.create(person=agent, verb=Event.Verb.SIGNED_IN)

    for statement in ("UPDATE people_event SET verb = 'let_in'", "DELETE FROM people_event"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    event.refresh_from_db()

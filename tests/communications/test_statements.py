"""The statements of sending: each leaves alone what is not its worker's, and walks an index."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.utils import IntegrityError

from communications.actions import statements
from communications.models import Message
from tests.factories.communications import message

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_a_worker_changes_only_what_it_holds():
    one = message(due_at=LONG_AGO)
    assert statements.claim("mine", "email", one.priority, 10) == [one.pk]
    assert statements.claim("theirs", "email", one.priority, 10) == []

    statements.release("theirs")
    assert statements.launch("theirs", [], [one.pk], seconds=60) == []
    [held] = statements.launch("mine", [], [one.pk], seconds=60)
    statements.end("theirs", one.pk, "failed", "refused", "")
    statements.put_back("theirs", one.pk, "")
    statements.launch("theirs", [one.pk], [], seconds=60)

    one.refresh_from_db()
    assert (one.state, one.worker, one.attempts, held.transactional) == ("in_flight", "mine", 1, True)
    statements.put_back("mine", one.pk, "no server")
    one.refresh_from_db()
    assert (one.state, one.worker, one.attempts, one.error) == ("queued", "", 0, "no server")


def test_a_claim_walks_the_index_of_what_is_due():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statements.CLAIM}", ["email", 1, 500, "w", 120])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "message_due_by_channel" in plan
    assert "Sort Key: m.due_at, m.id" not in plan


def test_what_is_in_flight_cannot_lose_its_worker():
    one = message()
    with pytest.raises(IntegrityError, match="message_is_held_by_a_worker"):
        Message.objects.filter(pk=one.pk).update(state="in_flight", attempts=1, handed_at=one.due_at)

"""What is kept of a customer: it follows a merge, and an erasure leaves only that something was sent."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from communications import tasks
from communications.actions import belongings, enrolments, holds, materialising, statements, suppressions
from communications.models import Enrolment, Hold, Message, Suppression, Touchpoint
from customers.queries.holdings import held
from loyalty.actions import erasure, merging
from tests.communications.test_outbox import moved
from tests.factories import plans as made
from tests.factories.communications import message
from tests.factories.customers import customer

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db
State = Message.State


def test_everything_follows_a_merged_customer(manager):
    kim, lee = customer(), customer()
    one = moved(message(customer=lee), State.SENT)
    holds.place(lee, reason="complaint", key="complaint:1")
    suppressions.suppress("lee@example.com", customer=lee)

    merging.merge(lee, into=kim, by=manager)
    tasks.follow_customers()

    rows = [model.objects.get().customer for model in (Message, Hold, Suppression)]
    assert rows == [kim, kim, kim]
    assert held(kim)["communications.message"][0]["subject"] == one.subject


def test_an_erased_person_is_not_written_to_and_nothing_says_what_was_written(manager):
    kim = customer()
    states = [State.QUEUED, State.LEASED, State.IN_FLIGHT, State.SENT, State.FAILED, State.UNCERTAIN]
    ones = [moved(message(customer=kim, html="<p>Kim</p>", due_at=LONG_AGO), state) for state in states]
    other = message()
    holds.place(kim, reason="complaint", key="complaint:1")
    suppressions.suppress("kim@example.com", customer=kim)

    erasure.erase(kim, by=manager)
    # Between the erasure and its being noticed nothing is sent either.
    assert statements.claim("w", "email", ones[0].priority, 1) == [ones[0].pk]
    assert statements.launch("w", [], [ones[0].pk], seconds=60) == []
    tasks.follow_customers()
    belongings.forget(kim)

    for one in ones:
        one.refresh_from_db()
        assert (one.to_address, one.subject, one.text, one.html, one.reply_to) == ("", "", "", "", "")
    assert [one.state for one in ones] == ["skipped", "cancelled", "in_flight", "sent", "failed", "cancelled"]
    other.refresh_from_db()
    assert (other.state, other.text != "") == ("queued", True)
    assert (Hold.objects.filter(lifted_at=None).count(), Suppression.objects.count()) == (0, 0)

    Message.objects.filter(state="in_flight").update(lease_until=LONG_AGO)
    statements.recover(attempts=3)
    ones[2].refresh_from_db()
    assert (ones[2].state, ones[2].reason) == ("cancelled", "erased")


def test_plans_follow_a_merge_and_nothing_comes_twice(manager):
    at = timezone.now()
    sequence, campaign = made.sequence(made.letter(amount=3)), made.campaign(starts_on=at.date() + timedelta(days=1))
    gone, into = made.consenting(), made.consenting()
    for kim, keys in ((gone, ("a", "b")), (into, ("b",))):
        for key in keys:
            enrolments.enrol(sequence, kim, anchor=at, key=key)
    materialising.materialise(campaign)

    merging.merge(gone, into=into, by=manager)
    belongings.move(into)
    belongings.move(into)

    own = Touchpoint.objects.filter(customer=into)
    assert sorted(own.values_list("plan", "anchor_key", "state")) == sorted(
        [(sequence.pk, "a", "planned"), (sequence.pk, "b", "planned"), (campaign.pk, "date", "planned")]
    )
    left = Touchpoint.objects.filter(customer=gone).order_by("anchor_key")
    assert [(one.anchor_key, one.state, one.reason) for one in left] == [
        ("b", "cancelled", "merged"),
        ("date", "cancelled", "merged"),
    ]
    assert Enrolment.objects.filter(customer=into, state="active").count() == 2


def test_who_is_erased_leaves_every_plan():
    kim = made.consenting()
    enrolments.enrol(made.sequence(made.letter(amount=3)), kim)

    belongings.forget(kim)

    assert [(one.state, one.reason) for one in Touchpoint.objects.all()] == [("cancelled", "erased")]
    assert Enrolment.objects.get().reason == "erased"

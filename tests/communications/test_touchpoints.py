"""Touchpoints follow what became of their messages, and are cancelled or taken back with them."""

import datetime as dt

import pytest
from django.db import connection

from communications import arrivals
from communications.actions import enrolments, outbox, touchpoints
from communications.models import Enrolment, HumanTask, Message, Touchpoint
from customers import telling
from customers.models import Fact, Verb
from tests.factories import communications
from tests.factories import plans as made

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)


def handed_over(*states: str) -> list[Touchpoint]:
    """Touchpoints of one plan, each with a message in one of the states."""
    plan, found = made.sequence(at=AT), []
    for place, state in enumerate(states):
        kim = made.consenting()
        enrolments.enrol(plan, kim, anchor=AT, key=f"order:{place}", at=AT)
        message = communications.message(customer=kim)
        ended = {"ended_at": AT, "reason": "refused"} if state in ("failed", "uncertain", "skipped") else {}
        held = {"worker": "w", "lease_until": AT} if state in ("leased", "in_flight") else {}
        sent = {"sent_at": AT} if state == "sent" else {}
        Message.objects.filter(pk=message.pk).update(state=state, handed_at=AT, attempts=1, **ended, **held, **sent)
        Touchpoint.objects.filter(customer=kim).update(state="queued", queued_at=AT, message=message)
        found.append(Touchpoint.objects.get(customer=kim))
    return found


def states(found: list[Touchpoint]) -> list[tuple[str, str]]:
    return [
        (one.state, one.reason) for one in Touchpoint.objects.filter(pk__in=[row.pk for row in found]).order_by("pk")
    ]


def test_a_touchpoint_says_what_became_of_its_message(marketer):
    found = handed_over("queued", "in_flight", "sent", "failed", "uncertain", "skipped")

    assert touchpoints.follow(at=AT) == 4

    assert states(found) == [
        ("queued", ""),
        ("queued", ""),
        ("sent", ""),
        ("failed", "refused"),
        ("uncertain", "refused"),
        ("skipped", "refused"),
    ]
    ended = Enrolment.objects.filter(state="completed").order_by("pk").values_list("pk", flat=True)
    assert list(ended) == [one.enrolment_id for one in (found[2], found[3], found[5])]
    outbox.confirm(found[4].message, by=marketer, at=AT)
    outbox.retry(found[3].message, by=marketer, at=AT)
    assert states(found)[3:5] == [("queued", ""), ("sent", "")]


def test_what_reached_a_customer_stands_on_the_timeline_once():
    letter, other, *_ = handed_over("sent", "queued", "failed")
    plan = letter.plan
    for _ in range(2):
        touchpoints.follow(at=AT)
    Message.objects.filter(pk=other.message_id).update(state="sent", sent_at=AT, handed_at=AT, attempts=1)
    touchpoints.follow(at=AT)

    told = Fact.objects.filter(verb=Verb.WRITTEN_TO).order_by("pk")
    about = {"kind": "email", "plan": plan.pk, "name": plan.name}
    assert [(one.customer_id, one.at, one.about) for one in told] == [
        (row.customer_id, AT, about | {"touchpoint": row.pk}) for row in (letter, other)
    ]
    assert telling.particulars(told[0].verb, told[0].about) == f"e-mail · {plan.name}"
    with connection.cursor() as cursor:
        for kind, verb in arrivals.VERBS.items():
            cursor.execute(f"SELECT {arrivals.VERB.format(kind='%s')}", [str(kind)] * arrivals.VERB.count("{kind}"))
            assert (arrivals.verb_of(kind, "sent"), cursor.fetchone()) == (verb, (verb.value,))


def test_what_a_worker_has_not_touched_is_cancelled_and_what_is_in_flight_goes_on():
    found = handed_over("queued", "leased", "in_flight")

    assert touchpoints.cancel(Touchpoint.objects.all(), reason="anchor_cancelled", at=AT) == 2

    assert states(found) == [("cancelled", "anchor_cancelled"), ("cancelled", "anchor_cancelled"), ("queued", "")]
    messages = Message.objects.order_by("pk").values_list("state", flat=True)
    assert list(messages) == ["cancelled", "cancelled", "in_flight"]


def test_what_is_taken_back_is_planned_again():
    found = handed_over("queued", "in_flight")

    assert touchpoints.take_back(found[0].plan, at=AT) == 1

    first = Touchpoint.objects.get(pk=found[0].pk)
    assert (first.state, first.message, first.tries, first.deferred) == ("planned", None, 1, "paused")


def test_a_task_that_is_done_completes_its_enrolment():
    (found,) = handed_over("queued")
    Touchpoint.objects.update(message=None)
    HumanTask.objects.create(kind="call", customer=found.customer, touchpoint=found, title="Call", due_at=AT)

    assert touchpoints.finish(found, at=AT).state == "sent"
    assert touchpoints.finish(found, reason="not_reached", at=AT).state == "sent"
    assert Enrolment.objects.get().state == "completed"

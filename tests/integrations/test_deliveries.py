"""Messages to other systems: none lost, the right ones signed, the unwell left alone."""

import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from django.db import connection, transaction
from django.utils import timezone

from customers.actions import readers, timeline
from customers.models import Verb
from integrations.actions import deliveries, webhooks
from integrations.models import Delivery, Endpoint
from tests.factories.customers import customer
from tests.factories.webhooks import Message, endpoint, receiver

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def local(settings, transactional_db):
    settings.LOCAL = True


def happen(count: int = 1, verb: Verb = Verb.VISITED, **about) -> list[Delivery]:
    """Facts of one customer, queued for all endpoints."""
    who = customer()
    facts = [timeline.record(who, verb, **about) for _ in range(count)]
    readers.catch_up("webhooks", webhooks.queue)
    return list(Delivery.objects.filter(fact__in=facts).order_by("pk"))


def pauses_over() -> None:
    now = timezone.now()
    Delivery.objects.filter(next_at__isnull=False).update(next_at=now)
    Endpoint.objects.filter(retry_at__isnull=False).update(retry_at=now)


def is_signed(message: Message, secret: str) -> bool:
    """As a receiver checks it."""
    stamp, *signatures = message.headers["Mainstay-Signature"].split(",")
    at = stamp.removeprefix("t=")
    assert abs(int(at) - time.time()) < 60
    digest = hmac.new(secret.encode(), f"{at}.".encode() + message.body, hashlib.sha256).hexdigest()
    return f"v1={digest}" in signatures


def test_a_fact_arrives_signed_and_once():
    with receiver() as there:
        made = endpoint(there.url)
        [delivery] = happen(verb=Verb.REVIEWED, rating=5)

        assert deliveries.send_due() == 1
        assert deliveries.send_due() == 0

    [message] = there.got
    fact = delivery.fact
    assert json.loads(message.body) == {
        "id": fact.pk,
        "position": fact.position,
        "verb": "reviewed",
        "at": fact.at.isoformat(),
        "recorded_at": fact.recorded_at.isoformat(),
        "customer": fact.customer.number,
        "about": {"rating": 5},
    }
    assert message.headers["Mainstay-Delivery"] == str(delivery.pk)
    assert message.headers["Content-Type"] == "application/json"
    assert is_signed(message, made.secret)
    assert not is_signed(message, "whsec_other")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.status) == ("sent", 1, 200)


def test_after_a_rotation_both_secrets_are_good_for_a_day():
    with receiver() as there:
        old = endpoint(there.url)
        new = webhooks.rotate(old.endpoint)
        happen()
        deliveries.send_due()
        Endpoint.objects.update(previous_until=timezone.now())
        happen()
        deliveries.send_due()

    during, after = there.got
    assert is_signed(during, old.secret)
    assert is_signed(during, new.secret)
    assert is_signed(after, new.secret)
    assert not is_signed(after, old.secret)


def test_a_ping_arrives_without_a_fact():
    with receiver() as there:
        webhooks.ping(endpoint(there.url).endpoint)
        deliveries.send_due()

    body = json.loads(there.got[0].body)
    assert (body["id"], body["verb"]) == (None, "ping")


def test_messages_arrive_in_the_order_of_the_facts():
    with receiver() as there:
        endpoint(there.url)
        queued = happen(25)
        assert deliveries.send_due() == 25

    assert there.deliveries == [str(delivery.pk) for delivery in queued]


def test_a_failure_is_tried_again_later_under_the_same_id_and_holds_back_the_rest():
    with receiver(answers=[500]) as there:
        made = endpoint(there.url).endpoint
        first, second = happen(2)

        assert deliveries.send_due() == 0
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.state, first.attempts, first.status) == ("failed", 1, 500)
        assert timedelta(seconds=20) < first.next_at - timezone.now() <= timedelta(seconds=30)
        assert (second.state, second.attempts) == ("queued", 0)
        made.refresh_from_db()
        assert made.failures == 1
        assert made.retry_at > timezone.now()

        pauses_over()
        assert deliveries.send_due() == 2

    assert there.deliveries == [str(first.pk), str(first.pk), str(second.pk)]
    made.refresh_from_db()
    assert (made.failures, made.failing_since, made.retry_at) == (0, None, None)


def test_a_message_that_alone_is_refused_does_not_keep_the_others():
    with receiver(answers=[422]) as there:
        endpoint(there.url)
        bad, good = happen(2)
        deliveries.send_due()

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == ("failed", "sent")


def test_attempts_are_spread_over_about_a_day_and_then_given_up():
    with receiver(answers=[500] * 99) as there:
        endpoint(there.url)
        [delivery] = happen()
        for _ in range(deliveries.ATTEMPTS + 2):
            pauses_over()
            deliveries.send_due()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.next_at) == ("gave_up", 12, None)
    assert len(there.got) == 12
    waits = [deliveries.pause_after(attempt) for attempt in range(1, deliveries.ATTEMPTS)]
    assert timedelta(hours=12) < sum(waits, timedelta()) < timedelta(hours=26)
    assert len({deliveries.pause_after(5) for _ in range(20)}) > 1


def test_an_endpoint_that_fails_for_days_is_switched_off():
    with receiver(answers=[500, 500]) as there:
        made = endpoint(there.url).endpoint
        happen()
        deliveries.send_due()
        made.refresh_from_db()
        assert made.active
        Endpoint.objects.update(failing_since=timezone.now() - deliveries.SWITCHED_OFF_AFTER)
        pauses_over()
        deliveries.send_due()

    made.refresh_from_db()
    assert not made.active
    assert made.disabled_at
    assert happen() == []


def test_an_endpoint_that_says_it_is_gone_is_switched_off_at_once():
    with receiver(answers=[410]) as there:
        made = endpoint(there.url).endpoint
        happen()
        deliveries.send_due()

    made.refresh_from_db()
    assert made.disabled_at


def test_redirects_are_not_followed():
    with receiver() as elsewhere, receiver(answers=[302], headers={"Location": elsewhere.url}) as there:
        endpoint(there.url)
        [delivery] = happen()
        deliveries.send_due()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.status) == ("failed", 302)
    assert elsewhere.got == []


def test_a_long_answer_is_not_read_to_its_end():
    with receiver(body=b"x" * 50_000_000) as there:
        endpoint(there.url)
        [delivery] = happen()
        started = time.monotonic()
        deliveries.send_due()

    delivery.refresh_from_db()
    assert delivery.state == "sent"
    assert time.monotonic() - started < 3


def test_a_server_that_does_not_answer_in_time_counts_as_failed(monkeypatch):
    monkeypatch.setattr("integrations.outbound.ANSWER_SECONDS", 0.2)
    with receiver(held=Event()) as there:
        endpoint(there.url)
        [delivery] = happen()
        deliveries.send_due()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.status, delivery.error) == ("failed", None, "timeout")


def test_a_server_that_is_not_there_counts_as_failed():
    with receiver() as gone:
        pass
    endpoint(gone.url)
    [delivery] = happen()
    deliveries.send_due()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == ("failed", "no connection: ConnectionError")


def test_outside_of_a_local_run_nothing_is_sent_to_this_machine(settings):
    with receiver() as there:
        endpoint(there.url)
        [delivery] = happen()
        settings.LOCAL = False
        deliveries.send_due()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == ("failed", "private address")
    assert there.got == []


def test_a_slow_endpoint_does_not_keep_the_others_waiting():
    with receiver(answers=[500] * 5) as bad, receiver() as good:
        endpoint(bad.url)
        endpoint(good.url)
        happen(15)
        assert deliveries.send_due() == 15

    assert len(bad.got) == 1
    assert len(good.got) == 15


def test_several_workers_send_each_message_once():
    def work(_) -> int:
        try:
            return deliveries.send_due()
        finally:
            connection.close()

    with receiver() as there:
        endpoint(there.url)
        queued = happen(60)
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(work, range(4))) == 60

    assert sorted(there.deliveries, key=int) == [str(delivery.pk) for delivery in queued]


def test_a_sender_that_is_killed_loses_nothing_and_its_message_comes_again_under_the_same_id():
    place = connection.settings_dict
    command = [sys.executable, "-m", "tests.integrations.sender_child", place["HOST"], place["NAME"]]
    with receiver(held=Event()) as there:
        endpoint(there.url)
        queued = happen(3)
        child = subprocess.Popen(command, cwd=REPOSITORY, env=os.environ)
        until = time.monotonic() + 30
        while not there.got and time.monotonic() < until:
            time.sleep(0.05)
        child.send_signal(signal.SIGKILL)
        child.wait(20)
        there.held.set()

        assert deliveries.send_due() == 0  # the lease of the dead still stands
        assert set(Delivery.objects.values_list("state", flat=True)) == {"leased"}
        pauses_over()
        assert deliveries.send_due() == 3

    expected = [str(delivery.pk) for delivery in queued]
    assert there.deliveries == [expected[0], *expected]


def test_who_lost_the_lease_settles_nothing():
    """Taken for dead and come back: the one who took over decides."""
    made = endpoint("http://127.0.0.1:9/").endpoint
    happen()
    [mine] = deliveries._lease(made, 1)
    pauses_over()
    [theirs] = deliveries._lease(made, 1)
    assert mine.pk == theirs.pk

    deliveries._settle(made, mine, deliveries.Answer(500))

    mine.refresh_from_db()
    assert (mine.state, mine.attempts) == ("leased", 2)


def test_nothing_is_sent_inside_a_transaction():
    with transaction.atomic(), pytest.raises(RuntimeError):
        deliveries.send_due()


def test_a_secret_that_cannot_be_read_fails_and_says_so(settings):
    with receiver() as there:
        endpoint(there.url)
        [delivery] = happen()
        settings.SECRET_KEY = "lost"
        deliveries.send_due()

    delivery.refresh_from_db()
    assert delivery.error == "secret unreadable, give it a new one"
    assert there.got == []


def test_settled_deliveries_are_forgotten_after_a_month_and_waiting_ones_never():
    made = endpoint().endpoint
    long_ago = timezone.now() - timedelta(days=31)
    for state, times in {
        "queued": {"next_at": long_ago},
        "sent": {"next_at": None, "sent_at": long_ago},
        "gave_up": {"next_at": None},
    }.items():
        delivery = webhooks.ping(made)
        Delivery.objects.filter(pk=delivery.pk).update(state=state, created_at=long_ago, **times)
    fresh = webhooks.ping(made)
    Delivery.objects.filter(pk=fresh.pk).update(state="sent", next_at=None, sent_at=timezone.now())

    assert deliveries.forget_old() == 2
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["queued", "sent"]

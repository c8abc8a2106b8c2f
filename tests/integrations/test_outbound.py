"""A call to another system ends in time, whatever the other side does."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Event, Thread

import pytest

from integrations import outbound
from integrations.actions import deliveries
from integrations.outbound import Answer
from tests.factories.webhooks import endpoint, receiver
from tests.integrations.test_deliveries import happen

TLS_RECORD = b"\x16\x03\x03\x40\x00"  # the head of a handshake message of 16 kB


@pytest.fixture(autouse=True)
def quick(settings, monkeypatch):
    settings.LOCAL = True
    monkeypatch.setattr(outbound, "SECONDS_IN_ALL", 0.4)


@contextmanager
def raw_server(answer: Callable[[socket.socket, Event], None]) -> Iterator[str]:
    """A server without HTTP: what it does with a connection is up to the test. Gives its host and port."""
    over = Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):  # the caller has hung up
            answer(connection, over)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        over.set()
        thread.join(5)


def drip(beginning: bytes) -> Callable[[socket.socket, Event], None]:
    def answer(connection: socket.socket, over: Event) -> None:
        connection.sendall(beginning)
        while not over.wait(0.05):
            connection.sendall(b"x")

    return answer


def call(url: str) -> tuple[Answer, float]:
    started = time.monotonic()
    with outbound.new_session() as session:
        answer = outbound.post(session, url, b"{}", {})
    return answer, time.monotonic() - started


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_a_server_that_drips_its_headers_is_hung_up_on(beginning):
    with raw_server(drip(beginning)) as there:
        answer, seconds = call(f"http://{there}/hook")

    assert answer == Answer(None, "timeout")
    assert seconds < 2


def test_a_server_that_drips_its_handshake_is_hung_up_on():
    with raw_server(drip(TLS_RECORD)) as there:
        answer, seconds = call(f"https://{there}/hook")

    assert answer == Answer(None, "timeout")
    assert seconds < 2


def test_what_was_taken_counts_as_taken_although_the_rest_of_the_answer_drips():
    with receiver(drips="body") as there:
        answer, seconds = call(there.url)

    assert answer == Answer(200)
    assert seconds < 2


def test_a_body_that_stops_in_the_middle_is_no_bug_of_ours(monkeypatch):
    monkeypatch.setattr(outbound, "ANSWER_SECONDS", 0.1)

    def answer(connection: socket.socket, over: Event) -> None:
        connection.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 100\r\n\r\nx")
        over.wait(2)

    with raw_server(answer) as there:
        assert call(f"http://{there}/hook")[0] == Answer(500)


def test_the_second_call_on_the_same_connection_has_its_own_deadline():
    with receiver() as there, outbound.new_session() as session:
        assert outbound.post(session, there.url, b"{}", {}) == Answer(200)
        time.sleep(0.5)
        assert outbound.post(session, there.url, b"{}", {}) == Answer(200)
        there.drips = "headers"
        started = time.monotonic()
        assert outbound.post(session, there.url, b"{}", {}) == Answer(None, "timeout")

    assert time.monotonic() - started < 2


def test_a_quick_answer_leaves_no_socket_open():
    with receiver() as there, ThreadPoolExecutor(4) as pool:
        answers = [answer for answer, _ in pool.map(call, [there.url] * 20)]

    assert answers == [Answer(200)] * 20


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_drips_costs_a_failed_delivery_and_the_rest_waits():
    with receiver(drips="headers") as there:
        endpoint(there.url)
        first, second = happen(2)
        started = time.monotonic()
        deliveries.send_due()

    assert time.monotonic() - started < 4
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.error, first.attempts) == ("failed", "timeout", 1)
    assert (second.state, second.attempts) == ("queued", 0)


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_is_slow_but_good_does_not_keep_a_worker_longer_than_its_turn(monkeypatch):
    with receiver() as there:
        endpoint(there.url)
        waiting = happen(5)
        monkeypatch.setattr(deliveries.outbound, "post", slowed(outbound.post))
        assert deliveries.send_due(seconds=1.3) == 2

    states = []
    for delivery in waiting:
        delivery.refresh_from_db()
        states.append((delivery.state, delivery.attempts))
    assert states == [("sent", 1)] * 2 + [("queued", 0)] * 3


def slowed(post: Callable[..., Answer]) -> Callable[..., Answer]:
    def later(*args: object) -> Answer:
        time.sleep(0.8)
        return post(*args)

    return later

"""A POST that is sent twice has its effect once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from config.schedule import TIMETABLE
from customers.models import Source
from integrations import tasks
from integrations.models import Reply
from tests.factories.integrations import Caller, codes, token

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integrations.urls")]
SOURCES = "/api/v1/test/sources/"


@pytest.fixture
def caller() -> Caller:
    return Caller()


def test_the_same_request_is_answered_the_same_and_does_nothing(caller):
    first = caller.send(SOURCES, {"code": "till"}, key="one")
    again = caller.send(SOURCES, {"code": "till"}, key="one")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json() == {"code": "till", "name": "0 before"}
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Source.objects.count() == 1


def test_an_effect_that_could_happen_twice_happens_once(caller):
    """Two codes differ, so nothing but the key stands in the way."""
    caller.send(SOURCES, {"code": "till"}, key="one")
    refused = caller.send(SOURCES, {"code": "till-2"}, key="one")

    assert refused.status_code == 409
    assert refused.json()["errors"][0] | {"message": ""} == {
        "code": "idempotency_conflict",
        "message": "",
        "field": "Idempotency-Key",
    }
    assert list(Source.objects.values_list("code", flat=True)) == ["till"]


def test_the_same_key_at_another_address_is_a_conflict(caller):
    caller.send(SOURCES, {"code": "till"}, key="one")

    assert caller.send(f"{SOURCES}?x=1", {"code": "till"}, key="one").status_code == 409


def test_two_integrations_may_use_the_same_key():
    assert Caller().send(SOURCES, {"code": "a"}, key="one").status_code == 201
    assert Caller().send(SOURCES, {"code": "b"}, key="one").status_code == 201


def test_a_refused_request_leaves_nothing_and_may_be_tried_again(caller):
    refused = caller.send(SOURCES, {"code": "refused-1"}, key="one")

    assert refused.json() == {
        "errors": [
            {
                "code": "not_wanted",
                "message": "refused-1 is refused.",
                "field": None,
                "params": {"code": "refused-1", "tries": 3},
            }
        ]
    }
    assert (refused.status_code, Source.objects.count(), Reply.objects.count()) == (400, 0, 0)
    assert caller.send(SOURCES, {"code": "till"}, key="one").status_code == 201


def test_a_bug_in_the_middle_leaves_nothing_half_done(caller):
    caller.raise_request_exception = False

    answer = caller.send(SOURCES, {"code": "broken"}, key="one")

    assert (answer.status_code, codes(answer)) == (500, ["server_error"])
    assert not Source.objects.exists()
    assert not Reply.objects.exists()


def test_a_new_key_costs_two_statements(caller, django_assert_num_queries):
    caller.send(SOURCES, {"code": "till"})
    with django_assert_num_queries(3 + 2 + 2):  # token, count, insert; BEGIN and COMMIT; the key is taken, filled
        answer = caller.send(SOURCES, {"code": "till-2"})

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("headers", "code"),
    [({}, "idempotency_key_missing"), ({"Idempotency-Key": "x" * 101}, "idempotency_key_invalid")],
)
def test_a_post_without_a_usable_key_is_refused(caller, headers, code):
    answer = caller.post(SOURCES, {"code": "till"}, headers=headers)

    assert (answer.status_code, codes(answer)) == (400, [code])
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert not Source.objects.exists()


def test_a_post_that_writes_nothing_takes_no_key_and_keeps_no_reply(caller):
    for headers in ({}, {"Idempotency-Key": "one"}):
        assert caller.post("/api/v1/test/quotes/", {"n": 1}, headers=headers).status_code == 403
    assert not Reply.objects.exists()


def test_a_key_is_free_again_after_a_day(caller):
    caller.send(SOURCES, {"code": "till"}, key="one")
    Reply.objects.update(at=datetime.now(UTC) - timedelta(hours=24, seconds=1))

    again = caller.send(SOURCES, {"code": "till-2"}, key="one")

    assert again.status_code == 201
    assert Reply.objects.get().body == '{"code":"till-2","name":"1 before"}'


def test_the_timetable_removes_replies_that_are_a_day_old(caller):
    for code in ("old", "young"):
        caller.send(SOURCES, {"code": code}, key=code)
    Reply.objects.filter(key="old").update(at=datetime.now(UTC) - timedelta(hours=24))

    assert tasks.forget_old_replies() == 1
    assert [reply.key for reply in Reply.objects.all()] == ["young"]
    assert tasks.forget_old_replies.name in {entry["task"] for entry in TIMETABLE.values()}


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_with_one_key_one_has_the_effect_and_all_get_its_answer():
    secret = token().secret
    together = Barrier(6)

    def send(n: int):
        try:
            together.wait()
            return Caller(secret=secret).send(SOURCES, {"code": "till"}, key="one")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))

    assert Source.objects.count() == 1
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.content for answer in answers} == {b'{"code":"till","name":"0 before"}'}
    assert sorted("Idempotency-Replayed" in answer for answer in answers) == [False] + [True] * 5

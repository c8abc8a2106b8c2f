"""Logs tell what happened and to which request, and nothing about whom."""

import io
import json
import logging
import logging.config

import pytest
import structlog
from django.db import IntegrityError, connection
from django.test import override_settings
from django.urls import path

from config import logs, urls
from people.models import User


def fails(request):
    User.objects.create(username="twice", email="mia@example.com")
    User.objects.create(username="twice", email="mia@example.com")


urlpatterns = [*urls.urlpatterns, path("fails/", fails)]


@pytest.fixture
def lines():
    """What production would have written, one dictionary for each line."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    configuration = logs.configuration(as_json=True, level="INFO")
    logging.config.dictConfig(configuration)
    handler.setFormatter(logging.getLogger().handlers[0].formatter)
    logging.getLogger().handlers = [handler]
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.config.dictConfig(logs.configuration(as_json=False, level="WARNING"))


def test_a_request_is_one_line_with_its_id_and_without_its_query(client, lines):
    client.get("/health/live?email=mia@example.com&token=secret", headers={"User-Agent": "Mia's telephone"})

    [line] = lines()
    assert line["event"] == "request_finished"
    assert line["request"] == "GET /health/live"
    assert line["code"] == 200
    assert len(line["request_id"]) == 36
    assert line["level"] == "info"
    assert {"ip", "user_agent"}.isdisjoint(line)
    assert "mia" not in json.dumps(line).lower()
    assert "secret" not in json.dumps(line)


def test_who_asked_is_named_by_number(agent_client, agent, lines):
    agent_client.get("/admin/")

    [line] = lines()
    assert line["user_id"] == agent.pk
    assert agent.username not in json.dumps(line)


@pytest.mark.django_db(transaction=True)
@override_settings(ROOT_URLCONF="tests.config.test_logs")
def test_an_error_is_told_with_its_traceback_and_without_the_values(client, lines):
    client.raise_request_exception = False

    client.get("/fails/?q=mia@example.com")

    [line] = [line for line in lines() if line["event"] == "request_failed"]
    assert "IntegrityError" in line["exception"]
    assert "in fails" in line["exception"]
    assert "mia" not in json.dumps(line)
    assert "(twice)" not in line["exception"]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("sent to mia.kim+news@mail.example.co", "sent to …@…"),
        ("GET /customers/?query=Mia+Kim HTTP/1.1", "GET /customers/?… HTTP/1.1"),
        ("GET /find/mia%40example.com", "GET /find/…@…"),
        ("call +49 (170) 123-4567 back", "call +… back"),
        ("POST /api/v1/vouchers/ABCD-EFGH-2345-6789/redemptions/", "POST /api/v1/vouchers/…/redemptions/"),
        ("DETAIL: Key (email)=(x) already exists.", "DETAIL: …"),
        ("customer 4711 at 10:30, 3 + 4 = 7, is it?", "customer 4711 at 10:30, 3 + 4 = 7, is it?"),
    ],
)
def test_personal_data_is_taken_out_of_lines_that_others_write(lines, said, written):
    logging.getLogger("some.library").info("%s", said)
    structlog.get_logger("ours").info(said, about={"text": said}, email="mia@example.com")

    theirs, ours = lines()
    assert theirs["event"] == written
    assert ours["event"] == written
    assert ours["about"] == {"text": written}
    assert "email" not in ours


def test_the_values_of_a_broken_constraint_are_taken_out(db):
    with pytest.raises(IntegrityError) as raised, connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_content_type (app_label, model) VALUES ('a', 'b'), ('a', 'b')")

    assert "(a, b)" in str(raised.value)
    assert "(a, b)" not in logs.scrub(str(raised.value))

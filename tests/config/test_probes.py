"""What the machines around Mainstay ask."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from config import probes
from config.celery import app


@pytest.fixture(autouse=True)
def _nothing_seen_yet(monkeypatch):
    monkeypatch.setattr(probes, "_applied", False)


@pytest.fixture
def broker_away():
    before = app.conf.broker_url, app.conf.broker_write_url
    app.conf.broker_url = app.conf.broker_write_url = "redis://127.0.0.1:1/0"
    yield
    app.conf.broker_url, app.conf.broker_write_url = before


def test_a_process_lives_without_asking_the_database(client):
    answer = client.get("/health/live")

    assert answer.status_code == 200
    assert answer.json() == {"live": True}


def test_it_is_ready_when_database_migrations_and_broker_are(client, db):
    answer = client.get("/health/ready")

    assert answer.json() == {"ready": True, "database": True, "migrations": True, "broker": True}
    assert answer.status_code == 200


def test_it_is_not_ready_while_a_migration_is_missing(client, db):
    newest = MigrationLoader(connection).graph.leaf_nodes("people")[0]
    MigrationRecorder(connection).record_unapplied(*newest)

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": True, "migrations": False, "broker": True}


def test_it_is_not_ready_while_the_broker_is_away(client, db, broker_away):
    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": True, "migrations": True, "broker": False}


def test_it_is_not_ready_while_the_database_is_away(client, transactional_db):
    name = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nonexistent"
    try:
        answer = client.get("/health/ready")
    finally:
        connection.settings_dict["HOST"] = name

    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": False, "migrations": False, "broker": True}


def test_nobody_can_write_to_a_probe(client):
    assert client.post("/health/live").status_code == 405
    assert client.post("/health/ready").status_code == 405


def test_metrics_are_for_who_holds_the_token(client, settings):
    settings.METRICS_TOKEN = "for-prometheus"

    answer = client.get("/metrics", headers={"Authorization": "Bearer for-prometheus"})

    assert answer.status_code == 200
    assert b"django_http_requests_total_by_method_total" in answer.content


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", "for-prometheus"])
def test_metrics_are_hidden_from_others(client, settings, header):
    settings.METRICS_TOKEN = "for-prometheus"

    assert client.get("/metrics", headers={"Authorization": header}).status_code == 404


def test_without_a_token_set_there_are_no_metrics(client, settings):
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404

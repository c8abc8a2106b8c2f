"""Production refuses to start half configured, and is strict once it starts."""

import json
import os
import subprocess
import sys

import pytest

from config import addresses
from config.embedded.places import CHECKOUT

COMPLETE = {
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "mainstay.example",
    "DATABASE_URL": "postgres://nowhere/mainstay",
    "BROKER_URL": "redis://valkey:6379/0",
}
ASKED = """
import json
from django.conf import settings
names = %r
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""


def python(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    ours = ("DATABASE_URL", "BROKER_URL", "SECRET_KEY", "ALLOWED_HOSTS", "PRODUCTION", "DEBUG", "DATABASE_POOL")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=kept | {"DJANGO_SETTINGS_MODULE": "config.settings"} | environment,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


def settings_of(environment: dict[str, str], *names: str) -> dict[str, object]:
    run = python(ASKED % (names,), environment)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_production_without_anything_names_all_that_is_missing():
    run = python("from django.conf import settings; settings.DEBUG", {"PRODUCTION": "1"})

    assert run.returncode == 1
    assert run.stderr.strip().splitlines()[-1] == (
        "django.core.exceptions.ImproperlyConfigured: Set SECRET_KEY, ALLOWED_HOSTS, DATABASE_URL, BROKER_URL in the "
        "environment; docs/operations.md explains each."
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "BROKER_URL"])
def test_production_names_the_one_thing_that_is_missing(name):
    run = python("from django.conf import settings; settings.DEBUG", COMPLETE | {name: " "})

    assert run.returncode == 1
    assert f"Set {name} in the environment" in run.stderr


def test_production_is_strict():
    strict = settings_of(
        COMPLETE,
        *("DEBUG", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS"),
        *("SECURE_PROXY_SSL_HEADER", "CACHE_URL", "LOCAL", "METRICS_TOKEN"),
    )

    assert strict == {
        "DEBUG": False,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
        "SECURE_PROXY_SSL_HEADER": None,
        "CACHE_URL": "redis://valkey:6379/1",
        "LOCAL": False,
        "METRICS_TOKEN": "",
    }


def test_a_second_factor_is_asked_of_roles_that_there_are():
    begin = "import django; django.setup(); from django.conf import settings; print(settings.SECOND_FACTOR_ROLES)"

    said = python(begin, COMPLETE | {"SECOND_FACTOR_ROLES": "Managers, Board managers"})
    refused = python(begin, COMPLETE | {"SECOND_FACTOR_ROLES": "Managers,Suport"})

    assert said.stdout.strip() == "['Managers', 'Board managers']"
    assert "SECOND_FACTOR_ROLES names Suport. The roles are Support, Marketing" in refused.stderr


def test_a_proxy_is_believed_only_when_there_is_one():
    behind = settings_of(COMPLETE | {"BEHIND_PROXY": "1"}, "SECURE_PROXY_SSL_HEADER", "ALLAUTH_TRUSTED_PROXY_COUNT")

    assert behind == {
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "ALLAUTH_TRUSTED_PROXY_COUNT": 1,
    }


def test_a_database_of_its_own_keeps_a_pool():
    settings = settings_of(COMPLETE | {"DATABASE_POOL": "12"}, "DATABASES")

    assert settings["DATABASES"]["default"]["OPTIONS"]["pool"] == {"min_size": 1, "max_size": 12, "timeout": 10}


def test_a_local_run_needs_nothing_from_the_environment():
    local = settings_of({}, "DEBUG", "LOCAL", "SECURE_SSL_REDIRECT", "ALLOWED_HOSTS")

    assert local == {
        "DEBUG": False,
        "LOCAL": True,
        "SECURE_SSL_REDIRECT": False,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
    }


def test_a_broker_that_keeps_no_cache_asks_for_one():
    with pytest.raises(addresses.ImproperlyConfigured, match="Set CACHE_URL"):
        addresses.cache_beside("amqp://rabbit")


def test_the_cache_lies_beside_the_messages():
    assert addresses.cache_beside("rediss://u:p@host:6380/0?x=1") == "rediss://u:p@host:6380/1?x=1"


def test_every_answer_carries_the_policy_against_foreign_scripts(client):
    policy = client.get("/health/live").headers["Content-Security-Policy"]

    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["script-src"] == "'self' 'unsafe-eval'"
    assert parts["style-src"] == "'self' 'unsafe-inline'"
    assert parts["frame-ancestors"] == "'none'"

"""What the machines around Mainstay ask: whether it lives, whether it can work, and how it does."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from kombu.exceptions import OperationalError

from config.celery import app

PATIENCE = 2  # seconds that the broker has to answer
_applied = False


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. It says nothing about the servers behind it, so that their trouble restarts nobody."""
    return JsonResponse({"live": True})


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Whether requests may be sent here: the database answers and is up to date, the broker answers."""
    database = database_answers()
    checks = {
        "database": database,
        "migrations": database and migrations_are_applied(),
        "broker": broker_answers(),
    }
    good = all(checks.values())
    return JsonResponse({"ready": good, **checks}, status=200 if good else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, for who sends METRICS_TOKEN as bearer. Without a token set there is no such page."""
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    if not settings.METRICS_TOKEN or not constant_time_compare(request.headers.get("Authorization", ""), wanted):
        raise Http404
    return ExportToDjangoView(request)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, ImproperlyConfigured):
        return False
    return True


def migrations_are_applied() -> bool:
    """Asked of the database until it is so; then it stays so for the life of this process and its code."""
    global _applied  # noqa: PLW0603
    if not _applied:
        executor = MigrationExecutor(connection)
        _applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _applied


def broker_answers() -> bool:
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=PATIENCE)
    except (OperationalError, OSError):
        return False
    return True

"""PostgreSQL and Valkey out of the box, for every place whose environment names no real ones.

``manage.py`` and the tests start them by taking a lease; importing settings only learns where they will be.
"""

from __future__ import annotations

import os

from config.embedded.lease import Services, lease_for
from config.embedded.wishes import broker_wanted, production, wanted

__all__ = ["Services", "broker_url", "broker_wanted", "cache_url", "database", "lease_for", "production", "wanted"]


def database() -> dict[str, str]:
    """How Django reaches the embedded PostgreSQL."""
    return {"ENGINE": "django.db.backends.postgresql", "NAME": "mainstay", **Services().database}


def broker_url() -> str:
    """How Celery reaches the embedded Valkey."""
    return Services().broker_url


def cache_url() -> str:
    """How Django's cache reaches the embedded Valkey: its second database, unless CACHE_DATABASE names another."""
    return Services().cache_url(int(os.environ.get("CACHE_DATABASE", "1")))

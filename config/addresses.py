"""Addresses of servers that follow from other addresses."""

from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

CACHE_DATABASE = "/1"  # Celery's messages are in database 0


def cache_beside(broker: str) -> str:
    """The cache that shares the broker's Valkey or Redis, where the environment names none.

    Raises ImproperlyConfigured for a broker that can keep no cache, such as RabbitMQ.
    """
    parts = urlsplit(broker)
    if parts.scheme not in {"redis", "rediss"}:
        raise ImproperlyConfigured(
            "Set CACHE_URL in the environment, as in redis://host:6379/1: the broker in BROKER_URL can keep no cache."
        )
    return urlunsplit(parts._replace(path=CACHE_DATABASE))

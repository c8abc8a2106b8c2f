"""People who come without an account, from the outside: how often one address may ask."""

import logging
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

WINDOW = 60  # seconds

log = logging.getLogger(__name__)


def may_go_on(request: HttpRequest, what: str, *, per_minute: int) -> bool:
    """Count this request of the visitor's address. Where the cache cannot be reached nobody is shut out."""
    address = get_adapter(request).get_client_ip(request)
    key = f"visitor:{what}:{address}:{int(time.time() // WINDOW)}"
    try:
        cache.add(key, 0, timeout=2 * WINDOW)
        return int(cache.incr(key)) <= per_minute
    except (RedisError, ValueError):
        log.warning("The cache cannot be reached: visitors are not counted.")
        return True

"""So many requests a minute for each token, counted in the cache that all processes share."""

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:  # the views import their settings, and so this module
    from rest_framework.views import APIView

WINDOW = 60
STAFF_PER_MINUTE = 600
PARTS = 50  # a process takes its requests from the shared count this part at a time

log = logging.getLogger(__name__)


@dataclass
class Share:
    """Requests that this process has counted already and not yet let through."""

    window: int
    left: int
    used: int


class Rate(BaseThrottle):
    """A fixed window of a minute. Where the cache cannot be reached, nobody is shut out."""

    _shares: dict[str, Share] = {}
    _lock = threading.Lock()

    def allow_request(self, request: Request, view: "APIView") -> bool:
        token: Any = request.auth
        limit = token.per_minute if token else STAFF_PER_MINUTE
        name = f"rate:{token.pk}" if token else f"rate:user:{request.user.pk}"
        now = time.time()
        used = self._take(name, limit, int(now // WINDOW))
        self.reset = WINDOW - now % WINDOW
        request._request.rate = {  # type: ignore[attr-defined]
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": str(max(0, limit - used)),
            "RateLimit-Reset": str(int(self.reset) + 1),
        }
        return used <= limit

    def wait(self) -> float:
        return self.reset + 1

    def _take(self, name: str, limit: int, window: int) -> int:
        """Count one request. Returns how many there were in this window, this one included."""
        part = max(1, limit // PARTS)
        with self._lock:
            share = self._shares.get(name)
            if share is None or share.window != window or not share.left:
                used = _count(f"{name}:{window}", part)
                # A part that goes over the limit is not handed out: what is left of it is let through.
                share = self._shares[name] = Share(window, part, used - part)
            share.left -= 1
            share.used += 1
            return share.used


def _count(key: str, more: int) -> int:
    try:
        cache.add(key, 0, timeout=2 * WINDOW)
        return int(cache.incr(key, more))
    except (RedisError, ValueError):
        log.warning("The cache cannot be reached: requests are not counted.")
        return more

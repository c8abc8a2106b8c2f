"""How many messages may leave in a minute, an hour or a day: of a channel, or to a domain. Pure; no database."""

import re
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
LIMIT = re.compile(r"([a-z0-9.-]+)=(\d+)/(minute|hour|day)")


@dataclass(frozen=True)
class Limit:
    """``name`` is a channel (``email``, ``sms``, ``push``) or the domain of receivers."""

    name: str
    most: int
    seconds: int

    @property
    def key(self) -> str:
        return f"{self.name}/{self.seconds}"

    def holds_for(self, channel: str, domain: str) -> bool:
        return self.name in (channel, domain)


def read(text: str) -> tuple[Limit, ...]:
    """From a setting such as ``gmail.com=100/minute, sms=2000/day``. Raises ImproperlyConfigured.

    >>> [limit.key for limit in read("gmail.com=100/minute, sms=2000/day")]
    ['gmail.com/60', 'sms/86400']
    """
    limits = []
    for part in filter(None, re.split(r"[\s,]+", text.lower())):
        found = LIMIT.fullmatch(part)
        if not found:
            raise ImproperlyConfigured(f"OUTBOX_LIMITS: {part!r} is not like gmail.com=100/minute.")
        limits.append(Limit(found[1], int(found[2]), SECONDS[found[3]]))
    return tuple(sorted(limits, key=lambda limit: limit.key))

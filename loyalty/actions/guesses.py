"""Codes are looked up for who asks, but not for who tries: wrong ones are counted for a while, in the shared cache.

A code has 72 random bits, so nobody guesses one; this keeps somebody with a list of stolen halves, or a script, from
trying, and from costing anything. Where the cache cannot be reached, nobody is shut out.
"""

import hashlib
import logging
from collections.abc import Iterable

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from loyalty.actions import vouchers
from loyalty.actions.vouchers import UnknownVoucher
from loyalty.models import Voucher

WINDOW = 600
MOST = {"caller": 300, "client": 10}  # a shop asks for all its customers, and names each by what it likes

log = logging.getLogger(__name__)


class TooManyGuesses(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            _("Too many wrong codes. Wait %(minutes)s minutes."),
            code="too_many_guesses",
            params={"minutes": WINDOW // 60},
        )


def find(code: str, *, caller: int, client: str = "") -> Voucher:
    """The voucher with this code, for a caller and, where the caller names one, a client of theirs.

    Raises UnknownVoucher, or TooManyGuesses also for a right code.
    """
    names = {"caller": f"guesses:{caller}"}
    if client:
        names["client"] = f"guesses:{caller}:{hashlib.sha256(client.encode()).hexdigest()}"
    if any(count >= MOST[kind] for kind, count in _counts(names)):
        raise TooManyGuesses
    try:
        return vouchers.find(code)
    except UnknownVoucher:
        _count_up(names.values())
        raise


def _counts(names: dict[str, str]) -> Iterable[tuple[str, int]]:
    try:
        counts = cache.get_many(names.values())
    except RedisError:
        log.warning("The cache cannot be reached: wrong codes are not counted.")
        return []
    return [(kind, int(counts.get(name, 0))) for kind, name in names.items()]


def _count_up(names: Iterable[str]) -> None:
    for name in names:
        try:
            cache.add(name, 0, timeout=WINDOW)
            cache.incr(name)
        except (RedisError, ValueError):  # out of reach, or gone between the two
            log.warning("A wrong code could not be counted.")

"""Look through a file once before its rows are brought in: how many there are, and which orders are scattered.

An order whose rows do not stand together must not be written before its last row is seen. Memory stays flat: eight
bytes per group of rows, in buckets that lie on the disk once they grow.
"""

import tempfile
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.files.groups import KeysOf, lengths
from customers.files.sheets import ALONE, Row

BUCKETS = 64
IN_MEMORY = 16_384  # hashes of one bucket
MOST_ROWS = 20_000  # of one order
MOST_SCATTERED = 1_000_000


class OrderTooLong(ValidationError):
    def __init__(self, key: str):
        super().__init__(
            _("More than %(most)s rows have the order number %(key)s. Is this the right column?"),
            code="order_too_long",
            params={"most": MOST_ROWS, "key": key[:40]},
        )


@dataclass(frozen=True)
class Scan:
    """``scattered`` has hashes of keys; None where nearly all are, and every row must wait."""

    rows: int
    scattered: frozenset[int] | None

    @property
    def scatters_any(self) -> bool:
        return self.scattered is None or bool(self.scattered)

    def scatters(self, key: str) -> bool:
        return self.scattered is None or hash(key) in self.scattered


class _Bucket:
    def __init__(self) -> None:
        self.hashes = array("q")
        self.rest: IO[bytes] | None = None

    def add(self, value: int) -> None:
        self.hashes.append(value)
        if len(self.hashes) >= IN_MEMORY:
            if self.rest is None:
                self.rest = tempfile.TemporaryFile()  # noqa: SIM115
            self.hashes.tofile(self.rest)
            self.hashes = array("q")

    def twice(self) -> set[int]:
        hashes = array("q", self.hashes)
        if self.rest is not None:
            self.rest.seek(0)
            hashes.frombytes(self.rest.read())
            self.rest.close()
        in_order = sorted(hashes)
        return {one for one, other in pairwise(in_order) if one == other}


def scan(rows: Iterable[Row], keys_of: KeysOf, *, show: Callable[[int], None] | None = None) -> Scan:
    """Read all rows. Raises OrderTooLong where too many rows have one key for it to be an order number."""
    buckets = [_Bucket() for _number in range(BUCKETS)]
    count = 0
    for nth, (key, length) in enumerate(lengths(rows, keys_of)):
        if length > MOST_ROWS:
            raise OrderTooLong(key)
        count += length
        if not key.startswith(ALONE):
            value = hash(key)
            buckets[value % BUCKETS].add(value)
        if show and not nth % 5000:
            show(count)
    scattered: set[int] = set()
    for bucket in buckets:
        scattered |= bucket.twice()
    return Scan(count, None if len(scattered) > MOST_SCATTERED else frozenset(scattered))

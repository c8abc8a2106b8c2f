"""Rows that stand together and have the same key: those of one order."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice

from customers.files.sheets import Row

Group = tuple[str, list[Row]]
KeysOf = Callable[[list[Row]], list[str]]
AT_ONCE = 300  # rows that are looked at together: more would leave the processor's cache before they are


def grouped(rows: list[Row], keys_of: KeysOf) -> list[Group]:
    """All rows, those together that have the same key."""
    found, start = [], 0
    for key, same in groupby(keys_of(rows)):
        end = start + len(list(same))
        found.append((key, rows[start:end]))
        start = end
    return found


def pieces(rows: Iterator[Row], keys_of: KeysOf, most: int) -> Iterator[list[Group]]:
    """The rows in pieces of at most so many beside their longest group: a group is never divided."""
    left: list[Row] = []
    while True:
        # One more than wanted: it tells whether the last group ends here.
        coming = list(islice(rows, most + 1 - len(left) if len(left) <= most else most))
        groups = grouped(left + coming, keys_of)
        if not coming:
            break
        left = groups.pop()[1]
        if groups:
            yield groups
    if groups:
        yield groups


def lengths(rows: Iterable[Row], keys_of: KeysOf) -> Iterator[tuple[str, int]]:
    """The key of each group, and how many rows it has."""
    left, last, length = iter(rows), "", 0
    while some := list(islice(left, AT_ONCE)):
        for key, same in groupby(keys_of(some)):
            many = len(list(same))
            if length and key != last:
                yield last, length
                length = 0
            last, length = key, length + many
    if length:
        yield last, length

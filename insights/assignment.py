"""Into which arm of an experiment somebody falls: the same on every machine, for ever. Pure; no database."""

from collections.abc import Sequence

from communications.buckets import BUCKETS, bucket


def arm(key: str, customer: str, percents: Sequence[int]) -> int:
    """The place of the arm for this customer's number; ``percents`` of all arms add up to 100.

    >>> arm("points-shown", "C-1001", [50, 50]), arm("points-shown", "C-1003", [50, 50])
    (1, 0)
    """
    place, upper = bucket(f"experiment:{key}", customer), 0
    for n, percent in enumerate(percents):
        upper += percent * BUCKETS // 100
        if place < upper:
            return n
    return len(percents) - 1

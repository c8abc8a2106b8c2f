"""Who is held out, and who gets which variant: the same answer on every machine, for ever. Pure; no database."""

from hashlib import sha256

BUCKETS = 10_000


def bucket(salt: str, key: str) -> int:
    """A customer's place from 0 to 9,999 in this draw: the first eight bytes of SHA-256 of "salt:key".

    >>> bucket("holdout-2026", "c-9"), bucket("holdout-2026", "c-1")
    (351, 7635)
    """
    return int.from_bytes(sha256(f"{salt}:{key}".encode()).digest()[:8], "big") % BUCKETS


def within(salt: str, key: str, percent: float) -> bool:
    """Whether this one is among so many percent, to the hundredth.

    >>> within("holdout-2026", "c-28", 5), within("holdout-2026", "c-42", 5)
    (True, False)
    """
    return bucket(salt, key) < round(percent * BUCKETS / 100)

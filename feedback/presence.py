"""Who else has a case open, and who is writing in it: a hint among colleagues, kept in the cache for seconds."""

from dataclasses import dataclass

from django.core.cache import cache
from django.utils import timezone

KEPT = 30  # seconds after the last sign of life; pages give one every ten


@dataclass(frozen=True)
class Colleague:
    name: str
    writing: bool


def note(case: int, person: int, name: str, *, writing: bool) -> list[Colleague]:
    """Say that somebody is there; returns the others, those who write first.

    Two who say so in the same moment may overwrite each other, until they say so again.
    """
    now = timezone.now().timestamp()
    there = {pk: seen for pk, seen in (cache.get(_key(case)) or {}).items() if seen[0] > now - KEPT}
    there[person] = (now, name, writing)
    cache.set(_key(case), there, KEPT)
    others = [Colleague(name, writing) for pk, (_at, name, writing) in there.items() if pk != person]
    return sorted(others, key=lambda one: (not one.writing, one.name))


def leave(case: int, person: int) -> None:
    """Somebody closed the page."""
    there = cache.get(_key(case)) or {}
    if there.pop(person, None):
        cache.set(_key(case), there, KEPT)


def _key(case: int) -> str:
    return f"feedback:present:{case}"

"""The rules of a programme, read once and kept in memory: a purchase pays no query for them.

They are kept for a version of the programme, and every change of a rule makes a new one: the statements that post
points refuse to do so by an old version (``loyalty.actions.programmes``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from loyalty.models import Programme, RuleVersion
from loyalty.rules import reading
from loyalty.rules.matching import Event, lines
from loyalty.rules.spec import EVERYTHING, Effect, Spec
from loyalty.rules.worth import Match


@dataclass(frozen=True, slots=True)
class Known:
    """A version of a rule that has begun, or will at a time that is fixed."""

    version: int
    rule: int
    name: str
    spec: Spec
    begins_at: datetime
    ends_at: datetime | None

    def live(self, at: datetime) -> bool:
        return self.begins_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule that holds as far as the event alone tells."""

    known: Known
    items: tuple[int, ...]

    def match(self, room: int | None = None) -> Match:
        known = self.known
        return Match(known.spec, known.rule, known.version, known.name, self.items, room)


class Rulebook:
    """All rules that a programme has or had, in the order in which they count."""

    def __init__(self, rules: Iterable[Known]) -> None:
        self.rules = tuple(rules)
        self.promising = any(known.spec.effect == Effect.NEXT for known in self.rules)
        self.verbs = frozenset(known.spec.on for known in self.rules)

    def candidates(self, event: Event) -> list[Candidate]:
        """What may hold for an event: the event's own time decides, not when it is told of."""
        found = []
        for known in self.rules:
            if known.begins_at <= event.at and known.live(event.at):
                items = lines(known.spec, event)
                if items is not None:
                    found.append(Candidate(known, items))
        return found

    def hears(self, verb: str) -> bool:
        return verb in self.verbs or EVERYTHING in self.verbs


_books: dict[int, tuple[int, Rulebook]] = {}


def of(programme: Programme) -> Rulebook:
    """The rules of the programme, as this copy of it was read."""
    version, book = _books.get(programme.pk, (0, None))
    if book is None or version != programme.version:
        book = Rulebook(read(programme))
        _books[programme.pk] = (programme.version, book)
    return book


def read(programme: Programme) -> list[Known]:
    begun = RuleVersion.objects.begun().filter(rule__programme=programme).select_related("rule")
    return [known_of(version) for version in begun.order_by("rule", "number")]


def known_of(version: RuleVersion, *, begins_at: datetime | None = None) -> Known:
    """A version as it is evaluated; a draft as if it had begun at ``begins_at``."""
    begins = version.begins_at or begins_at
    assert begins is not None
    return Known(version.pk, version.rule_id, version.rule.name, reading.read(version.spec), begins, version.ends_at)


def rate(programme: Programme) -> Fraction:
    """Points per minor unit of money."""
    return Fraction(programme.rate_points, programme.rate_money)

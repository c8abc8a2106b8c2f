"""Work out what purchases and facts are worth by the rules, with what the database knows. Writes nothing.

Whoever asks has locked the customers: caps, budgets and promises are read here and used up by ``awards.keep``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from config import prepared
from customers.models import Fact, Purchase
from loyalty import arithmetic
from loyalty.actions.points import Points
from loyalty.models import Programme, Promise, Rule
from loyalty.queries import persons, rulebook
from loyalty.queries.persons import About
from loyalty.queries.rulebook import Known, Rulebook
from loyalty.queries.subjects import Subject, event_of, subjects_of
from loyalty.rules import caps, matching
from loyalty.rules.caps import Given
from loyalty.rules.matching import Event, Person
from loyalty.rules.spec import Effect, Rounding, Spec
from loyalty.rules.worth import BASE, Match, Worth, worth


@dataclass
class Part:
    """Points that are posted together, and the places of the matches that they come from."""

    points: Points
    places: tuple[int, ...]
    review: bool = False


@dataclass
class Plan:
    """What one purchase or fact is worth, and what would be written for it."""

    subject: Subject
    matches: list[Match]
    worth: Worth
    context: dict[str, Any]
    parts: list[Part]

    @property
    def ruled(self) -> bool:
        """Whether a rule had a say, so that the calculation is worth keeping."""
        return bool(self.matches)

    def promised(self) -> list[Match]:
        return [match for match in self.matches if match.spec.effect == Effect.NEXT and match.room != 0]


GIVEN = """
SELECT rule_id, customer_id, at, points, times FROM loyalty_ruleaward
WHERE rule_id = ANY(%(rules)s) AND customer_id = ANY(%(customers)s)
    AND at >= coalesce(%(begins)s::timestamptz, '-infinity') AND at <= coalesce(%(ends)s::timestamptz, 'infinity')
"""


def natural_key(purchase: Purchase) -> str:
    return f"purchase:{purchase.pk}:base"


def natural_keys(purchase: Purchase, rules: Iterable[Mapping[str, Any]]) -> list[str]:
    """Of all that a purchase may have earned by these rules (of a calculation's context)."""
    own = {each["rule"] for each in rules if each["promise"] is None}
    return [natural_key(purchase), *(f"purchase:{purchase.pk}:rule:{rule}" for rule in sorted(own))]


def of_purchases(
    bought: Iterable[Purchase],
    programme: Programme,
    *,
    book: Rulebook | None = None,
    lines: Mapping[int, Sequence[Any]] | None = None,
) -> list[Plan]:
    """The plans of purchases in the order in which they were bought, each knowing what those before it used up."""
    return Desk(programme, book or rulebook.of(programme)).work_out(subjects_of(bought, programme, lines))


def of_facts(facts: Iterable[Fact], programme: Programme, *, book: Rulebook | None = None) -> list[Plan]:
    """The plans of facts that are no purchases, in the order in which they happened."""
    subjects = []
    for fact in sorted(facts, key=lambda fact: (fact.at, fact.pk)):
        event = Event(fact.at, programme.zone, fact.verb, about=fact.about)
        subjects.append(Subject(event, About(fact.customer_id, fact.at, None, fact.about), fact=fact))
    return Desk(programme, book or rulebook.of(programme)).work_out(subjects)


def concerned(purchase: Purchase, lines: Sequence[Any], programme: Programme) -> bool:
    """Whether a rule, or a promise, may have a say about a purchase. Asks the database nothing."""
    book = rulebook.of(programme)
    if not book.rules or purchase.currency != programme.currency:
        return False
    return book.promising or bool(book.candidates(event_of(purchase, lines, programme)))


class Desk:
    """The plans of a batch: what is read once for all, and what one of them leaves to the next.

    An imagined one takes nothing that was given or promised before into account, and goes on from batch to batch: to
    try rules on what is past.
    """

    curious = False  # wants to know what rules gave that do not hold (yet)

    def __init__(self, programme: Programme, book: Rulebook, *, imagined: bool = False, locking: bool = True) -> None:
        self.programme, self.book, self.imagined, self.locking = programme, book, imagined, locking
        self.rate = rulebook.rate(programme)
        self.given: dict[tuple[int, int], list[Given]] = defaultdict(list)
        self.left: dict[int, int] = {}
        self.promises: dict[int, list[Promise]] = defaultdict(list)
        self.known: dict[int, Known] = {}
        self.imagined_ids = count(-1, -1)

    def work_out(self, subjects: Sequence[Subject]) -> list[Plan]:
        for subject in subjects:
            subject.candidates = self.book.candidates(subject.event)
        asking = [subject for subject in subjects if subject.candidates or self.curious]
        if self.imagined:
            for each in self.book.rules:
                if each.spec.budget is not None:
                    self.left.setdefault(each.rule, each.spec.budget)
        else:
            self._read(asking)
        if self.book.promising and not self.imagined:
            self._read_promises([subject for subject in subjects if subject.event.items])
        found = dict(zip(map(id, asking), self._persons(asking), strict=True))
        return [self._plan(subject, found.get(id(subject), Person())) for subject in subjects]

    def _wanted(self, subjects: Sequence[Subject]) -> dict[int, Spec]:
        """The rules of which it is worth knowing what they gave."""
        return {each.known.rule: each.known.spec for subject in subjects for each in subject.candidates}

    def _persons(self, subjects: Sequence[Subject]) -> list[Person]:
        specs = {each.known.version: each.known.spec for subject in subjects for each in subject.candidates}
        asked = [each for spec in specs.values() for each in spec.person_conditions]
        return persons.persons([subject.about for subject in subjects], asked, self.programme)

    def _read(self, subjects: Sequence[Subject]) -> None:
        """What the rules gave before, and what their budgets have left: the rules with a budget are locked."""
        known = self._wanted(subjects)
        budgets = {rule: spec.budget for rule, spec in known.items() if spec.budget is not None}
        if budgets:
            rows = Rule.objects.filter(pk__in=budgets).order_by("pk")
            for rule in rows.select_for_update(no_key=True) if self.locking else rows:
                self.left[rule.pk] = (budgets[rule.pk] or 0) - (rule.spent or 0)
        counted = {rule: spec for rule, spec in known.items() if spec.counted}
        if not counted:
            return
        moments = [subject.event.at for subject in subjects]
        begins, _ = caps.reach(counted.values(), min(moments), self.programme.zone)
        _, ends = caps.reach(counted.values(), max(moments), self.programme.zone)
        who = list({subject.about.customer_id for subject in subjects})
        wanted = {"rules": list(counted), "customers": who, "begins": begins, "ends": ends}
        for rule_id, customer, at, points, times in prepared.rows(GIVEN, wanted):
            self.given[rule_id, customer].append(Given(at, points, times))

    def _read_promises(self, subjects: Sequence[Subject]) -> None:
        customers = {subject.about.customer_id for subject in subjects}
        open_ = Promise.objects.filter(
            customer__in=customers, kept_by=None, withdrawn_at=None, version__rule__programme=self.programme
        )
        for promise in open_.select_related("version__rule").order_by("pk"):
            self.promises[promise.customer_id].append(promise)

    def _plan(self, subject: Subject, person: Person) -> Plan:
        matches = self._matches(subject, person)
        worth_ = worth(subject.event, self.rate, matches, self.programme.stacking, self.programme.rounding)
        self._use_up(subject, matches, worth_)
        context = {
            "rate": str(self.rate),
            "stacking": str(self.programme.stacking),
            "rounding": str(self.programme.rounding),
            "zone": self.programme.zone,
            "person": person.as_json(),
            "rules": [
                {"rule": match.rule, "version": match.version, "room": match.room, "promise": match.promise}
                for match in matches
            ],
        }
        return Plan(subject, matches, worth_, context, parts_of(subject, matches, worth_, self.programme))

    def _matches(self, subject: Subject, person: Person) -> list[Match]:
        at, matches = subject.event.at, []
        for each in subject.candidates:
            spec = each.known.spec
            if matching.suits(spec, subject.event, person):
                given = self.given.get((each.known.rule, subject.about.customer_id), ())
                left = self.left.get(each.known.rule)
                matches.append(each.match(caps.room(spec, given, at, self.programme.zone, left=left)))
        for promise in self.promises.get(subject.about.customer_id, ()) if subject.event.goods else ():
            if promise.made_at < at < promise.valid_until and promise.kept_by_id is None:
                matches.append(self._kept_promise(promise, subject.event))
        return matches

    def _kept_promise(self, promise: Promise, event: Event) -> Match:
        known = self.known.setdefault(
            promise.version_id, rulebook.known_of(promise.version, begins_at=promise.made_at)
        )
        return promised_match(known, event, promise.pk)

    def _use_up(self, subject: Subject, matches: Sequence[Match], worth_: Worth) -> None:
        for place, match in enumerate(matches):
            points, times = award_of(place, match, worth_)
            if match.promise is not None:
                self.promises[subject.about.customer_id] = [
                    each for each in self.promises[subject.about.customer_id] if each.pk != match.promise
                ]
            if times:
                self.given[match.rule, subject.about.customer_id].append(Given(subject.event.at, points, times))
            if match.rule in self.left:
                self.left[match.rule] -= points
            if self.imagined and match.spec.effect == Effect.NEXT and match.room != 0:
                self._imagine(subject, match)

    def _imagine(self, subject: Subject, match: Match) -> None:
        customer = subject.about.customer_id
        promise = Promise(
            pk=next(self.imagined_ids),
            version_id=match.version,
            customer_id=customer,
            made_at=subject.event.at,
            valid_until=valid_until(match.spec, subject.event.at, self.programme.zone),
        )
        known = next(each.known for each in subject.candidates if each.known.version == match.version)
        self.known[match.version] = known
        self.promises[customer].append(promise)


def promised_match(known: Known, event: Event, promise: int) -> Match:
    """The match of a promise that is kept: what was promised, for all that is bought now."""
    spec = known.spec
    effect = Effect.MULTIPLY if spec.factor > 1 else Effect.FIXED
    kept = Spec(effect=effect, factor=spec.factor, points=spec.points)
    items = tuple(place for place, item in enumerate(event.items) if item.quantity > 0)
    return Match(kept, known.rule, known.version, known.name, items, None, promise)


def valid_until(spec: Spec, made_at: datetime, zone: str) -> datetime:
    """A promise can be kept through so many days after the one on which it was made."""
    return arithmetic.start_of(arithmetic.local_day(made_at, zone) + timedelta(days=spec.valid_days + 1), zone)


def award_of(place: int, match: Match, worth_: Worth) -> tuple[int, int]:
    """Points and times that count for the rule's caps and reports."""
    if match.spec.effect == Effect.NEXT:
        return 0, int(match.room != 0)
    points = worth_.parts.get(place, 0)
    if match.spec.effect == Effect.LIMIT and not (match.spec.counted or match.spec.budget is not None):
        return 0, 0
    return points, int(points > 0)


def parts_of(subject: Subject, matches: Sequence[Match], worth_: Worth, programme: Programme) -> list[Part]:
    """What is posted: all that has the programme's dates together, and what lasts otherwise or waits by itself."""
    alone = [
        place
        for place, match in enumerate(matches)
        if match.spec.effect in (Effect.MULTIPLY, Effect.FIXED)
        and (subject.fact or match.spec.lasting or match.spec.review)
    ]
    together = [
        place
        for place in worth_.parts
        if place not in alone and (place == BASE or matches[place].spec.effect in (Effect.MULTIPLY, Effect.FIXED))
    ]
    parts = [Part(_points(subject, sum(worth_.parts[place] for place in together), programme), tuple(together))]
    for place in alone:
        match = matches[place]
        points = _points(subject, worth_.parts[place], programme, match)
        parts.append(Part(points, (place,), match.spec.review))
    return parts if subject.purchase else parts[1:]


def _points(subject: Subject, points: int, programme: Programme, match: Match | None = None) -> Points:
    purchase, fact, at = subject.purchase, subject.fact, subject.event.at
    activates_at = (
        arithmetic.activation(at, days=programme.return_window_days, zone=programme.zone) if purchase else None
    )
    of = f"purchase:{purchase.pk}" if purchase else f"fact:{fact.pk}" if fact else ""
    meta = by_rate(programme) | {"money": _money(subject)} if purchase else {}
    return Points(
        subject.about.customer_id,
        points,
        at,
        natural_key=f"{of}:rule:{match.rule}" if match else f"{of}:base",
        reference=purchase.number if purchase else "",
        reason=match.name if match else "",
        purchase_id=purchase.pk if purchase else None,
        activates_at=activates_at,
        meta=meta | ({"rule": match.rule, "version": match.version} if match else {}),
        lasts=match.spec.lasting if match else None,
    )


def by_rate(programme: Programme) -> dict[str, Any]:
    """What is kept of an earning, so that a return is worked out by what held when it was bought."""
    kept: dict[str, Any] = {"rate": [programme.rate_points, programme.rate_money]}
    return kept if programme.rounding == Rounding.DOWN else kept | {"rounding": str(programme.rounding)}


def _money(subject: Subject) -> str:
    return str(subject.event.goods * subject.event.earning)

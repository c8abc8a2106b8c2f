"""What would this earn? For shop pages: a product, a basket, the next purchase. Writes nothing, locks nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction

from django.utils import timezone, translation
from django.utils.translation import ngettext

from config import prepared
from customers import money
from customers.models import Customer
from loyalty import arithmetic
from loyalty.actions import programmes
from loyalty.actions.calculations import Desk, Plan, Subject
from loyalty.models import Programme
from loyalty.queries import expiries, persons, rulebook
from loyalty.queries.persons import About
from loyalty.queries.rulebook import Known
from loyalty.rules import caps, explaining, matching
from loyalty.rules.explaining import Line
from loyalty.rules.matching import Event, Item, Person
from loyalty.rules.spec import BOUGHT, Effect, Spec, What
from loyalty.rules.worth import Match, worth

STOPPED = """SELECT 1 FROM loyalty_wallet
WHERE programme_id = %s AND customer_id = %s AND status IN ('frozen', 'closed')"""
THRESHOLDS = frozenset({What.AMOUNT, What.MATCHED_AMOUNT})


@dataclass(frozen=True)
class Basket:
    """What somebody might buy. Money in minor units; ``goods`` alone are one line about nothing in particular."""

    currency: str
    goods: int = 0
    items: tuple[Item, ...] = ()
    gift_card: int = 0
    points_paid: int = 0
    store: str = ""
    channel: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Missing:
    """How much more (minor units) would bring a bonus, of how many points, by which rule."""

    amount: int
    points: int
    rule: str
    of_these: bool = False


@dataclass(frozen=True)
class Quote:
    points: int
    activates_at: datetime | None
    expires_at: datetime | None
    steps: list[Line] = field(default_factory=list)
    missing: Missing | None = None
    text: str = ""
    stopped: bool = False  # the customer's wallet is frozen or closed


def ask(
    basket: Basket, *, customer: Customer | None = None, language: str = "", programme: Programme | None = None
) -> Quote:
    """What a basket would earn: for anybody, or for a customer with their tier, segments, caps and promises. Nothing
    while the customer's wallet is frozen, nor once it is closed.

    ``text`` says it in the language, ready to be shown.
    """
    rules, at = programme or programmes.main(), basket.at or timezone.now()
    activates_at = arithmetic.activation(at, days=rules.return_window_days, zone=rules.zone)
    lasting = expiries.lasting_for(rules, customer.pk if customer else None, at)
    expires_at = lasting.of(at, activates_at, rules.zone)
    if basket.currency != rules.currency:
        return Quote(0, activates_at, expires_at)
    event = _event(basket, rules, at)
    with translation.override(language or translation.get_language() or "en"):
        if customer and prepared.rows(STOPPED, [rules.pk, customer.pk]):
            return Quote(0, activates_at, expires_at, text=_text(0, None, rules), stopped=True)
        if not rulebook.of(rules).rules:
            points = arithmetic.points_for(event.goods * event.earning, rulebook.rate(rules), rules.rounding)
            return Quote(points, activates_at, expires_at, text=_text(points, None, rules))
        plan, person, desk = _plan(event, customer, rules)
        missing = _missing(plan, person, desk)
        steps = explaining.lines(plan.worth.steps, rules.currency)
        text = _text(plan.worth.points, missing, rules)
        return Quote(plan.worth.points, activates_at, expires_at, steps, missing, text)


def _event(basket: Basket, rules: Programme, at: datetime) -> Event:
    items = basket.items or ((Item(basket.goods),) if basket.goods else ())
    goods = sum(item.amount for item in items)
    earning = max(0, goods - basket.gift_card - basket.points_paid)
    share = Fraction(earning, goods) if goods else Fraction(0)
    return Event(at, rules.zone, BOUGHT, items, basket.store, basket.channel, share)


class _Counter(Desk):
    """A desk that remembers who the person is, to see what a rule would say to more."""

    person, curious = Person(), True

    def _wanted(self, subjects: Sequence[Subject]) -> dict[int, Spec]:
        return {known.rule: known.spec for known in self._live(subjects)}

    def _live(self, subjects: Sequence[Subject]) -> list[Known]:
        at = subjects[0].event.at
        return [known for known in self.book.rules if known.live(at) and known.spec.hears(BOUGHT)]

    def _persons(self, subjects: Sequence[Subject]) -> list[Person]:
        """Of anybody nothing is known; of a customer all that some rule asks, of this basket or a larger one."""
        if subjects and subjects[0].about.customer_id:
            wanted = [known.spec for known in self._live(subjects) if known.spec.person_conditions]
            self.person = _person(subjects[0].about, wanted, self.programme)
        return [self.person for _subject in subjects]


def _person(about: About, specs: Sequence[Spec], programme: Programme) -> Person:
    asked = [each for spec in specs for each in spec.person_conditions]
    return persons.persons([about], asked, programme)[0]


def _plan(event: Event, customer: Customer | None, rules: Programme) -> tuple[Plan, Person, Desk]:
    about = About(customer.pk if customer else 0, event.at, upcoming=customer is not None)
    desk = _Counter(rules, rulebook.of(rules), imagined=customer is None, locking=False)
    (plan,) = desk.work_out([Subject(event, about)])
    return plan, desk.person, desk


def _missing(plan: Plan, person: Person, desk: Desk) -> Missing | None:
    """The bonus that is nearest: of the rules that want more goods and nothing else."""
    event, found = plan.subject.event, []
    for known in desk.book.rules:
        if known.live(event.at) and known.spec.effect in (Effect.MULTIPLY, Effect.FIXED, Effect.NEXT):
            missing = _missing_for(known, plan, person, desk)
            if missing:
                found.append(missing)
    return min(found, key=lambda each: (each.amount, -each.points), default=None)


def _missing_for(known: Known, plan: Plan, person: Person, desk: Desk) -> Missing | None:
    spec, event = known.spec, plan.subject.event
    wanted = [each for each in spec.when if each.what in THRESHOLDS and not each.negated]
    if not wanted or not spec.hears(BOUGHT) or any(match.version == known.version for match in plan.matches):
        return None
    easier = replace(spec, when=tuple(each for each in spec.when if each not in wanted))
    places = matching.lines(easier, event)
    if places is None or not matching.suits(easier, event, person):
        return None
    own = sum(event.items[place].amount for place in places)
    lacks = [each.values[0] - (own if each.what == What.MATCHED_AMOUNT else event.goods) for each in wanted]
    amount = max(lacks)
    if amount <= 0:
        return None
    given = desk.given.get((known.rule, plan.subject.about.customer_id), ())
    room = caps.room(spec, given, event.at, event.zone, left=desk.left.get(known.rule))
    points = _gain(known, plan, places, amount, room, desk)
    return Missing(amount, points, known.name, bool(spec.line_conditions)) if points else None


def _gain(known: Known, plan: Plan, places: tuple[int, ...], amount: int, room: int | None, desk: Desk) -> int:
    """Points that the rule itself would bring if so much more of the same were bought."""
    if known.spec.effect == Effect.NEXT:
        return known.spec.points if room != 0 else 0
    event = plan.subject.event
    more = event.items[places[0]]._replace(amount=amount) if places else Item(amount)
    larger = replace(event, items=(*event.items, more))
    place = len(event.items)
    matches = [
        replace(match, items=(*match.items, place)) if set(places) & set(match.items) else match
        for match in plan.matches
    ]
    bonus = Match(known.spec, known.rule, known.version, known.name, (*places, place), room)
    with_, without = (
        worth(larger, desk.rate, some, desk.programme.stacking, desk.programme.rounding).points
        for some in ([*matches, bonus], matches)
    )
    return with_ - without


def _text(points: int, missing: Missing | None, rules: Programme) -> str:
    said = ngettext("This brings %(points)s point.", "This brings %(points)s points.", points) % {
        "points": f"{points:,}"
    }
    if missing is None:
        return said
    more = ngettext(
        "%(amount)s more bring another %(points)s point.",
        "%(amount)s more bring another %(points)s points.",
        missing.points,
    )
    if missing.of_these:
        more = ngettext(
            "%(amount)s more of these goods bring another %(points)s point.",
            "%(amount)s more of these goods bring another %(points)s points.",
            missing.points,
        )
    words = {"amount": money.in_words(missing.amount, rules.currency), "points": f"{missing.points:,}"}
    return f"{said} {more % words}"

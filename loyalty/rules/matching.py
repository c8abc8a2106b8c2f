"""Whether a rule holds for what happened, and for which lines of a purchase. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from loyalty.rules.spec import OF_A_LINE, Condition, Spec, What, time_of_day

WORDS = tuple(what.value for what in OF_A_LINE)


class Item(NamedTuple):
    """A line of a purchase as far as it was kept: how many pieces, and what they cost in minor units."""

    amount: int
    quantity: Decimal = Decimal(1)
    product: str = ""
    category: str = ""
    brand: str = ""
    supplier: str = ""
    margin_class: str = ""


@dataclass(frozen=True)
class Event:
    """A purchase with its items, or another fact with its particulars (``about``)."""

    at: datetime
    zone: str
    verb: str = "bought"
    items: tuple[Item, ...] = ()
    store: str = ""
    channel: str = ""
    earning: Fraction = Fraction(1)  # the share of the goods that was paid with money, and so earns
    about: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def local(self) -> datetime:
        return self.at.astimezone(ZoneInfo(self.zone))

    @cached_property
    def goods(self) -> int:
        return sum(item.amount for item in self.items)

    @cached_property
    def words(self) -> dict[str, frozenset[str]]:
        """What the items are, in small letters: most rules are about none of it, which is told by one look."""
        return {name: frozenset(getattr(item, name).lower() for item in self.items) for name in WORDS}


@dataclass(frozen=True)
class Person:
    """What the conditions ask about the one who does it, as it was at that time.

    ``average`` and ``shop_average`` are what an order cost on average before (minor units; None: there was none).
    ``days_after`` are the days since the latest purchase and the latest delivery.
    """

    tier: str = ""
    segments: frozenset[int] = frozenset()
    nth: int = 0
    average: Fraction | None = None
    shop_average: Fraction | None = None
    birth_month: int | None = None
    days_after: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "tier": self.tier,
            "segments": sorted(self.segments),
            "nth": self.nth,
            "average": _written(self.average),
            "shop_average": _written(self.shop_average),
            "birth_month": self.birth_month,
            "days_after": dict(self.days_after),
        }

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Person":
        values = dict(said) | {"segments": frozenset(said["segments"])}
        for name in ("average", "shop_average"):
            values[name] = None if said[name] is None else Fraction(said[name])
        return cls(**values)


def _written(number: Fraction | None) -> str | None:
    return None if number is None else str(number)


def lines(spec: Spec, event: Event) -> tuple[int, ...] | None:
    """The places of the items that the rule is about, as far as the event alone tells; None where it does not hold.

    A rule about no item in particular is about all of them. Goods that were brought back are no items any more.
    """
    if not spec.hears(event.verb):
        return None
    wanted = spec.line_conditions
    if wanted:
        if any(not each.negated and each.lowered.isdisjoint(event.words[each.what]) for each in wanted):
            return None
        chosen = tuple(
            place
            for place, item in enumerate(event.items)
            if item.quantity > 0 and all(_fits(each, item) for each in wanted)
        )
        if not chosen:
            return None
    else:
        chosen = tuple(place for place, item in enumerate(event.items) if item.quantity > 0)
        if event.items and not chosen:
            return None
    return chosen if all(_holds(each, event, chosen) for each in spec.own_conditions) else None


def suits(spec: Spec, event: Event, person: Person) -> bool:
    """Whether the rule is for this person at this time."""
    return all(_suits(each, event, person) for each in spec.person_conditions)


def _fits(condition: Condition, item: Item) -> bool:
    value = getattr(item, condition.what.value)
    return (value.lower() in condition.lowered) is not condition.negated


def _holds(condition: Condition, event: Event, chosen: Sequence[int]) -> bool:
    return _HELD[condition.what](condition, event, chosen) is not condition.negated


def _suits(condition: Condition, event: Event, person: Person) -> bool:
    return _SUITED[condition.what](condition, event, person) is not condition.negated


def _store(condition: Condition, event: Event, chosen: Sequence[int]) -> bool:
    return str(event.store or event.about.get("store", "")).lower() in condition.lowered


def _channel(condition: Condition, event: Event, chosen: Sequence[int]) -> bool:
    return str(event.channel or event.about.get("channel", "")).lower() in condition.lowered


def _amount(condition: Condition, event: Event, chosen: Sequence[int]) -> bool:
    return event.goods >= condition.values[0]


def _matched_amount(condition: Condition, event: Event, chosen: Sequence[int]) -> bool:
    return sum(event.items[place].amount for place in chosen) >= condition.values[0]


def _matched_quantity(condition: Condition, event: Event, chosen: Sequence[int]) -> bool:
    return sum(event.items[place].quantity for place in chosen) >= condition.values[0]


def _weekday(condition: Condition, event: Event, chosen: Sequence[int]) -> bool:
    return event.local.isoweekday() in condition.values


def _hours(condition: Condition, event: Event, chosen: Sequence[int]) -> bool:
    """Half-open; a span such as 22:00 to 06:00 goes over midnight."""
    begin, end = (time_of_day(written) for written in condition.values)
    now = event.local.time()
    if begin < end:
        return begin <= now < end
    return now >= begin or now < end


def _about(condition: Condition, event: Event, chosen: Sequence[int]) -> bool:
    said = event.about.get(condition.name)
    found = said if isinstance(said, list) else [said]
    return any(str(each).lower() in condition.lowered for each in found if each is not None)


def _about_least(condition: Condition, event: Event, chosen: Sequence[int]) -> bool:
    said = event.about.get(condition.name)
    return isinstance(said, (int, float)) and not isinstance(said, bool) and said >= condition.values[0]


def _above_average(condition: Condition, event: Event, person: Person) -> bool:
    whose, percent = condition.values
    average = person.shop_average if whose == "shop" else person.average
    return average is not None and event.goods > average * percent / 100


def _nth(condition: Condition, event: Event, person: Person) -> bool:
    return person.nth in condition.values


def _every(condition: Condition, event: Event, person: Person) -> bool:
    return person.nth > 0 and person.nth % int(condition.values[0]) == 0


def _birthday(condition: Condition, event: Event, person: Person) -> bool:
    return person.birth_month == event.local.month


def _tier(condition: Condition, event: Event, person: Person) -> bool:
    return person.tier.lower() in condition.lowered


def _segment(condition: Condition, event: Event, person: Person) -> bool:
    return not person.segments.isdisjoint(condition.values)


def _soon_after(condition: Condition, event: Event, person: Person) -> bool:
    what, days = condition.values
    past = person.days_after.get(what)
    return past is not None and 0 <= past <= days


_HELD = {
    What.STORE: _store,
    What.CHANNEL: _channel,
    What.AMOUNT: _amount,
    What.MATCHED_AMOUNT: _matched_amount,
    What.MATCHED_QUANTITY: _matched_quantity,
    What.WEEKDAY: _weekday,
    What.HOURS: _hours,
    What.ABOUT: _about,
    What.ABOUT_LEAST: _about_least,
}
_SUITED = {
    What.ABOVE_AVERAGE: _above_average,
    What.NTH: _nth,
    What.EVERY: _every,
    What.BIRTHDAY: _birthday,
    What.TIER: _tier,
    What.SEGMENT: _segment,
    What.SOON_AFTER: _soon_after,
}

"""What one customer bought and brought back, as a replay reads it. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from customers.orders import share_of
from loyalty.rules.matching import Item


class Goods(NamedTuple):
    """A line of a purchase."""

    position: int
    item: Item


@dataclass(slots=True)
class Bought:
    """A purchase; its lines only where a design asks about them. Money in minor units."""

    pk: int
    at: datetime
    goods: int
    gift_card: int = 0
    points_paid: int = 0
    store: str = ""
    channel: str = ""
    lines: tuple[Goods, ...] = ()
    cancelled_at: datetime | None = None
    nth: int = 1
    average: Fraction | None = None

    @property
    def earning(self) -> Fraction:
        """The share of the goods that was paid with money."""
        paid = max(0, self.goods - self.gift_card - self.points_paid)
        return Fraction(paid, self.goods) if self.goods else Fraction(0)

    def items(self) -> tuple[Item, ...]:
        return tuple(line.item for line in self.lines) if self.lines else (Item(self.goods),)

    def kept_items(self, kept: "Kept") -> tuple[Item, ...]:
        """What is left of each line; of goods without lines, their money."""
        if not self.lines:
            return (Item(self.goods - kept.money, Decimal(kept.money < self.goods)),)
        return tuple(_less(line.item, kept.quantities.get(line.position, Decimal(0))) for line in self.lines)


def _less(item: Item, back: Decimal) -> Item:
    gone = share_of(item.amount, back, item.quantity) if back else 0
    return item._replace(amount=item.amount - gone, quantity=item.quantity - back)


@dataclass(frozen=True, slots=True)
class Back:
    """Goods of a purchase brought back: what they cost, and how many of each line."""

    purchase: int
    at: datetime
    money: int
    quantities: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(slots=True)
class Kept:
    """What of a purchase was brought back so far."""

    money: int = 0
    quantities: dict[int, Decimal] = field(default_factory=dict)

    def add(self, back: Back) -> None:
        self.money += back.money
        for position, quantity in back.quantities.items():
            self.quantities[position] = self.quantities.get(position, Decimal(0)) + quantity


@dataclass(frozen=True, slots=True)
class Cancelled:
    purchase: int
    at: datetime


Event = Bought | Back | Cancelled


def in_order(bought: Iterable[Bought], returns: Iterable[Back], since: datetime, until: datetime) -> list[Event]:
    """All that happened to purchases of a span before its end, in its order.

    Each purchase knows how many of its customer were standing before it, also before ``since``.
    """
    everything = sorted((each for each in bought if each.at < until), key=lambda each: (each.at, each.pk))
    _number(everything)
    purchases = [each for each in everything if each.at >= since]
    if not purchases:
        return []
    moments: list[tuple[datetime, int, int, Event]] = [(each.at, 0, each.pk, each) for each in purchases]
    moments += [(back.at, 1, back.purchase, back) for back in returns if back.at < until]
    moments += [(gone.at, 2, gone.purchase, gone) for gone in _cancelled(purchases, until)]
    return [event for _at, _kind, _pk, event in sorted(moments, key=lambda each: each[:3])]


def _cancelled(purchases: Iterable[Bought], until: datetime) -> Iterator[Cancelled]:
    for each in purchases:
        if each.cancelled_at is not None and each.cancelled_at < until:
            yield Cancelled(each.pk, max(each.at, each.cancelled_at))


def _number(purchases: list[Bought]) -> None:
    """The n-th purchase of its customer, and what an order cost on average before; cancelled ones do not count."""
    gone = any(each.cancelled_at for each in purchases)
    number = goods = 0
    for place, each in enumerate(purchases):
        before = (
            [one for one in purchases[:place] if not one.cancelled_at or one.cancelled_at > each.at] if gone else []
        )
        if gone:
            number, goods = len(before), sum(one.goods for one in before)
        each.nth = number + 1
        each.average = Fraction(goods, number) if number else None
        number, goods = number + 1, goods + each.goods

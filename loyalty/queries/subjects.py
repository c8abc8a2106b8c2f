"""Purchases and facts as the rules see them: with their lines as they were bought, or as far as they were kept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from customers.models import Fact, Line, Purchase
from customers.orders import share_of
from loyalty.models import Programme
from loyalty.queries.persons import About
from loyalty.queries.rulebook import Candidate
from loyalty.rules.matching import Event, Item
from loyalty.rules.spec import BOUGHT


@dataclass
class Subject:
    """A purchase or a fact, as the rules see it."""

    event: Event
    about: About
    purchase: Purchase | None = None
    fact: Fact | None = None
    candidates: list[Candidate] = field(default_factory=list)


def subjects_of(
    bought: Iterable[Purchase], programme: Programme, lines: Mapping[int, Sequence[Any]] | None = None
) -> list[Subject]:
    """Purchases with their lines as they were bought, the earliest first; lines are read where nobody has them."""
    rows = sorted(bought, key=lambda purchase: (purchase.at, purchase.pk))
    lines = lines or read_lines(rows)
    return [
        Subject(event_of(row, lines[row.pk], programme), About(row.customer_id, row.at, row.pk), row) for row in rows
    ]


def read_lines(rows: Sequence[Purchase]) -> Mapping[int, Sequence[Any]]:
    found: dict[int, list[Line]] = defaultdict(list)
    for line in Line.objects.filter(purchase__in=rows).order_by("position"):
        found[line.purchase_id].append(line)
    return found


def event_of(purchase: Purchase, lines: Sequence[Any], programme: Programme, *, kept: bool = False) -> Event:
    """A purchase as the rules see it, as it was bought, or only what was ``kept`` of it."""
    earning = max(0, purchase.goods - purchase.gift_card - purchase.points_paid)
    share = Fraction(earning, purchase.goods) if purchase.goods else Fraction(0)
    items = tuple(kept_item(line) if kept else item_of(line, line.amount, line.quantity) for line in lines)
    return Event(
        purchase.at, programme.zone, BOUGHT, items, store=purchase.store, channel=purchase.channel, earning=share
    )


def item_of(line: Any, amount: int, quantity: Any) -> Item:
    return Item(amount, quantity, line.product, line.category, line.brand, line.supplier, line.margin_class)


def kept_item(line: Line) -> Item:
    """What was kept of a line: its amount less that of all its returns, which add up exactly."""
    back = share_of(line.amount, line.returned, line.quantity) if line.returned else 0
    return item_of(line, line.amount - back, line.quantity - line.returned)

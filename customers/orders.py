"""An order as it comes in, before it is a row: what was bought, for how much. Pure; no database.

Money is in minor units (cents), tax included; a unit price may be a fraction of one.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property


def price_of(quantity: Decimal, unit_price: Decimal) -> int:
    """Quantity times price in minor units, rounded half up once."""
    return int((quantity * unit_price).quantize(Decimal(1), ROUND_HALF_UP))


def share_of(amount: int, part: Decimal, whole: Decimal) -> int:
    """The part of an amount that falls on ``part`` of ``whole``, rounded half up.

    >>> share_of(1000, Decimal(1), Decimal(3))
    333
    """
    return int((amount * part / whole).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True)
class OrderLine:
    """One line. ``amount`` is what it cost after the discount; left out, it is quantity times price less discount."""

    quantity: Decimal
    unit_price: Decimal
    product: str = ""
    name: str = ""
    category: str = ""
    brand: str = ""
    supplier: str = ""
    margin_class: str = ""
    discount: int = 0
    tax: int = 0

    @cached_property
    def amount(self) -> int:
        return price_of(self.quantity, self.unit_price) - self.discount


@dataclass(frozen=True)
class Order:
    """One purchase to be recorded. Its number is unique within its source."""

    source: str
    number: str
    customer: str
    at: datetime
    currency: str
    lines: tuple[OrderLine, ...]
    channel: str = ""
    store: str = ""
    shipping: int = 0
    gift_card: int = 0
    points_paid: int = 0

    @cached_property
    def goods(self) -> int:
        return sum(line.amount for line in self.lines)

    @cached_property
    def tax(self) -> int:
        return sum(line.tax for line in self.lines)

    @cached_property
    def total(self) -> int:
        return self.goods + self.shipping

    @cached_property
    def fingerprint(self) -> str:
        """Of all that was said about the order: tells a repetition from another order under the same number."""
        content = json.dumps(asdict(self), sort_keys=True, default=_plain)
        return hashlib.sha256(content.encode()).hexdigest()


def _plain(value: object) -> str:
    """The same text for 2, 2.0 and 2.00, and for the same instant in any zone."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return str(value.timestamp())
    raise TypeError(f"{value!r} has no plain form")


@dataclass(frozen=True)
class Flaw:
    """What is wrong with an order: a code, a sentence, and the field that it is about."""

    code: str
    message: str
    field: str


def flaws(order: Order) -> Iterable[Flaw]:
    """Everything that is wrong with an order by itself, before anything is looked up."""
    if not order.number:
        yield Flaw("number_missing", "The order has no number.", "number")
    if not order.customer:
        yield Flaw("customer_missing", "The order names no customer.", "customer")
    if order.at.tzinfo is None:
        yield Flaw("zone_missing", "The time of the order has no zone.", "at")
    if len(order.currency) != 3 or not order.currency.isascii() or not order.currency.isupper():
        yield Flaw("currency_unknown", f"{order.currency!r} is not a currency code such as EUR.", "currency")
    if not order.lines:
        yield Flaw("lines_missing", "The order has no lines.", "lines")
    for place, line in enumerate(order.lines, start=1):
        yield from _flaws_of_line(line, place)
    if min(order.shipping, order.gift_card, order.points_paid) < 0:
        yield Flaw("amount_negative", "Shipping, gift cards and points paid cannot be negative.", "shipping")
    elif order.goods >= 0 and order.gift_card + order.points_paid > order.total:
        yield Flaw("paid_too_much", "Gift cards and points together are more than the order's total.", "points_paid")


def _flaws_of_line(line: OrderLine, place: int) -> Iterable[Flaw]:
    where = f"lines.{place}"
    if line.quantity <= 0:
        yield Flaw("quantity_not_positive", f"Line {place}: the quantity must be more than 0.", where)
    elif line.unit_price < 0:
        yield Flaw("price_negative", f"Line {place}: the price cannot be negative.", where)
    elif line.discount < 0 or line.tax < 0:
        yield Flaw("amount_negative", f"Line {place}: discount and tax cannot be negative.", where)
    elif line.amount < 0:
        yield Flaw("discount_too_large", f"Line {place}: the discount is more than the line costs.", where)

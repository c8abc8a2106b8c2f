"""An order as it comes in, before it is a row: what was bought, for how much. Pure; no database.

Money is in minor units (cents), tax included; a unit price may be a fraction of one.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from django.utils.functional import cached_property

LEAST_QUANTITY = Decimal("0.001")  # what the columns hold
MOST_QUANTITY = Decimal(10) ** 9
MOST_PRICE = Decimal(10) ** 12
MOST_AMOUNT = 10**15


def price_of(quantity: Decimal, unit_price: Decimal) -> int:
    """Quantity times price in minor units, rounded half up once."""
    return int((quantity * unit_price).quantize(Decimal(1), ROUND_HALF_UP))


def share_of(amount: int, part: Decimal, whole: Decimal) -> int:
    """The part of an amount that falls on ``part`` of ``whole``, rounded half up.

    >>> share_of(1000, Decimal(1), Decimal(3))
    333
    """
    return int((amount * part / whole).quantize(Decimal(1), ROUND_HALF_UP))


class OrderLine(NamedTuple):
    """One line. A tuple, because files bring millions of them."""

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
    stated: int | None = None  # what the line cost after the discount, where that is known better than by the price

    @property
    def amount(self) -> int:
        """What the line cost: as stated, or quantity times price less discount."""
        if self.stated is not None:
            return self.stated
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
        said: list[object] = [self.source, self.number, self.customer, self.at.timestamp(), self.currency]
        said += [self.channel, self.store, self.shipping, self.gift_card, self.points_paid]
        for line in self.lines:
            said += [_plain(line.quantity), _plain(line.unit_price), *line[2:10], line.amount]
        return hashlib.sha256("\x1f".join(map(str, said)).encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(maxsize=50_000)
def _plain(figure: Decimal) -> str:
    """The same text for 2, 2.0 and 2.00."""
    return f"{figure.normalize():f}"


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
    broken = [flaw for flaw in map(flaw_of_line, order.lines, count(1)) if flaw]
    yield from broken
    if not _all_can_be_kept(order):
        yield from _flaws_of_texts(order)
    if min(order.shipping, order.gift_card, order.points_paid) < 0:
        yield Flaw("amount_negative", "Shipping, gift cards and points paid cannot be negative.", "shipping")
    elif order.gift_card + order.points_paid and not broken and order.gift_card + order.points_paid > order.total:
        yield Flaw("paid_too_much", "Gift cards and points together are more than the order's total.", "points_paid")


def _all_can_be_kept(order: Order) -> bool:
    """Quickly, for the many orders where nothing is wrong."""
    texts = order.number + order.customer + order.channel + order.store
    return (
        len(texts) <= 30
        and texts.isascii()
        and texts.isprintable()
        and max(order.shipping, order.gift_card, order.points_paid) <= MOST_AMOUNT
    )


def _flaws_of_texts(order: Order) -> Iterable[Flaw]:
    limits = (("number", 100), ("customer", 60), ("channel", 30), ("store", 60))
    for field, most in limits:
        if len(getattr(order, field)) > most:
            yield Flaw("text_too_long", f"The {field} has more than {most} characters.", field)
        if not readable(getattr(order, field)):
            yield Flaw("text_unreadable", f"The {field} has a character that is no text.", field)
    if max(order.shipping, order.gift_card, order.points_paid) > MOST_AMOUNT:
        yield Flaw("amount_too_large", "An amount of the order is too large to be true.", "shipping")


def readable(text: str) -> bool:
    """Whether PostgreSQL can keep the text: no zero bytes, no halves of characters."""
    if text.isascii():
        return "\x00" not in text
    try:
        return "\x00" not in text and bool(text.encode())
    except UnicodeEncodeError:
        return False


def flaw_of_line(line: OrderLine, place: int = 1) -> Flaw | None:
    """The first thing that is wrong with a line."""
    quantity, unit_price, discount, tax = line[0], line[1], line[8], line[9]
    if quantity < LEAST_QUANTITY:
        return Flaw("quantity_not_positive", f"Line {place}: the quantity must be more than 0.", f"lines.{place}")
    if unit_price < 0:
        return Flaw("price_negative", f"Line {place}: the price cannot be negative.", f"lines.{place}")
    if discount < 0 or tax < 0:
        return Flaw("amount_negative", f"Line {place}: discount and tax cannot be negative.", f"lines.{place}")
    if quantity >= MOST_QUANTITY or unit_price >= MOST_PRICE or discount > MOST_AMOUNT or tax > MOST_AMOUNT:
        return Flaw("amount_too_large", f"Line {place}: a figure is too large to be true.", f"lines.{place}")
    if not 0 <= line.amount <= MOST_AMOUNT:
        return Flaw("discount_too_large", f"Line {place}: the discount is more than the line costs.", f"lines.{place}")
    code = _flaw_of_texts(line[2:8])
    if code == "text_too_long":
        return Flaw(code, f"Line {place}: a text is longer than can be kept.", f"lines.{place}")
    if code:
        return Flaw(code, f"Line {place}: a text has a character that is no text.", f"lines.{place}")
    return None


@lru_cache(maxsize=50_000)
def _flaw_of_texts(texts: tuple[str, ...]) -> str:
    """Product, name, category, brand, supplier and margin class: the same for many lines, so remembered."""
    if any(len(text) > most for text, most in zip(texts, (60, 200, 100, 100, 100, 20), strict=True)):
        return "text_too_long"
    return "" if readable("".join(texts)) else "text_unreadable"

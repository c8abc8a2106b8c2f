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

from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LEAST_QUANTITY = Decimal("0.001")  # what the columns hold
MOST_QUANTITY = Decimal(10) ** 9
MOST_PRICE = Decimal(10) ** 12
MOST_AMOUNT = 10**15
MOST_NUMBER = 100  # characters
# What a line says about its product, and how many characters of it are kept.
TEXTS = {"product": 60, "name": 200, "category": 100, "brand": 100, "supplier": 100, "margin_class": 20}


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
    def moment(self) -> tuple[str, str]:
        """When it was placed, as a number of seconds and as PostgreSQL reads it."""
        return str(self.at.timestamp()), self.at.isoformat()

    @cached_property
    def fingerprint(self) -> str:
        """Of all that was said about the order: tells a repetition from another order under the same number."""
        said = []
        for line in self.lines:
            before, after = said_figures(line)
            said += [before, "\x1f".join(line[2:8]), after]
        return self.fingerprint_of("".join(said))

    def fingerprint_of(self, lines: str) -> str:
        """Of the order and its lines, one after the other."""
        head = (
            f"{self.source}\x1f{self.number}\x1f{self.customer}\x1f{self.moment[0]}\x1f{self.currency}\x1f"
            f"{self.channel}\x1f{self.store}\x1f{self.shipping}\x1f{self.gift_card}\x1f{self.points_paid}"
        )
        return hashlib.sha256(f"{head}{lines}".encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def copied(self) -> str:
        """The lines as COPY takes them: the columns ``COPIED``, with ``MARK`` for the purchase."""
        return "".join(
            [
                f"{MARK}\t{place}{copied_figures(line)}{copied_texts(line[2:8])}"
                for place, line in enumerate(self.lines, start=1)
            ]
        )

    @cached_property
    def sound(self) -> bool:
        """Whether nothing is wrong with it by itself."""
        return not any(flaws(self))


MARK = "\0"  # no text that can be kept has it
COPIED = ["purchase_id", "position", "quantity", "unit_price", "discount", "tax", "amount", "returned", *TEXTS]
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def escaped(text: str) -> str:
    """A text as COPY takes it."""
    return text if text.isprintable() and "\\" not in text else text.translate(ESCAPES)


def copied_figures(line: OrderLine) -> str:
    return f"\t{line[0]}\t{line[1]}\t{line[8]}\t{line[9]}\t{line.amount}\t0"


def copied_texts(texts: Iterable[str]) -> str:
    return "".join([f"\t{escaped(text)}" for text in texts]) + "\n"


def said_figures(line: OrderLine) -> tuple[str, str]:
    """What a fingerprint has of the figures, before the texts and after them."""
    return f"\x1f{_plain(line[0])}\x1f{_plain(line[1])}\x1f", f"\x1f{line[8]}\x1f{line[9]}\x1f{line.amount}"


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
        yield Flaw("number_missing", _("The order has no number."), "number")
    if not order.customer:
        yield Flaw("customer_missing", _("The order names no customer."), "customer")
    if order.at.tzinfo is None:
        yield Flaw("zone_missing", _("The time of the order has no zone."), "at")
    if len(order.currency) != 3 or not order.currency.isascii() or not order.currency.isupper():
        message = _("“%(currency)s” is not a currency code such as EUR.") % {"currency": order.currency}
        yield Flaw("currency_unknown", message, "currency")
    if not order.lines:
        yield Flaw("lines_missing", _("The order has no lines."), "lines")
    broken = [flaw for flaw in map(flaw_of_line, order.lines, count(1)) if flaw]
    yield from broken
    if not texts_can_be_kept(order):
        yield from _flaws_of_texts(order)
    amounts = (("shipping", order.shipping), ("gift_card", order.gift_card), ("points_paid", order.points_paid))
    if negative := [field for field, amount in amounts if amount < 0]:
        yield Flaw("amount_negative", _("Shipping, gift cards and points paid cannot be negative."), negative[0])
    elif order.gift_card + order.points_paid and not broken and order.gift_card + order.points_paid > order.total:
        message = _("Gift cards and points together are more than the order's total.")
        yield Flaw("paid_too_much", message, "points_paid")


def texts_can_be_kept(order: Order) -> bool:
    """Quickly, for the many orders where nothing is wrong."""
    texts = order.number + order.customer + order.channel + order.store
    return (
        len(texts) <= 30
        and texts.isascii()
        and texts.isprintable()
        and max(order.shipping, order.gift_card, order.points_paid) <= MOST_AMOUNT
    )


def _flaws_of_texts(order: Order) -> Iterable[Flaw]:
    limits = (("number", MOST_NUMBER), ("customer", 60), ("channel", 30), ("store", 60))
    for field, most in limits:
        if len(getattr(order, field)) > most:
            message = _("The %(field)s has more than %(most)s characters.") % {"field": _(field), "most": most}
            yield Flaw("text_too_long", message, field)
        if not readable(getattr(order, field)):
            message = _("The %(field)s has a character that is no text.") % {"field": _(field)}
            yield Flaw("text_unreadable", message, field)
    for field in ("shipping", "gift_card", "points_paid"):
        if getattr(order, field) > MOST_AMOUNT:
            yield Flaw("amount_too_large", _("An amount of the order is too large to be true."), field)


def readable(text: str) -> bool:
    """Whether PostgreSQL can keep the text: no zero bytes, no halves of characters."""
    if text.isascii():
        return "\x00" not in text
    try:
        return "\x00" not in text and bool(text.encode())
    except UnicodeEncodeError:
        return False


def flaw_of_line(line: OrderLine, place: int = 1) -> Flaw | None:
    """The first thing that is wrong with a line; ``place`` counts from 1, the field that it names from 0."""
    found = flaw_of_figures(line) or flaw_of_texts(line[2:8])
    if not found:
        return None
    message = _("Line %(place)s: %(flaw)s") % {"place": place, "flaw": found[1]}
    return Flaw(found[0], message, f"lines.{place - 1}.{found[2]}")


Found = tuple[str, Promise, str]  # code, sentence, field


def flaw_of_figures(line: OrderLine) -> Found | None:
    quantity, unit_price, discount, tax = line[0], line[1], line[8], line[9]
    if quantity < LEAST_QUANTITY:
        return "quantity_not_positive", gettext_lazy("the quantity must be more than 0."), "quantity"
    if unit_price < 0:
        return "price_negative", gettext_lazy("the price cannot be negative."), "unit_price"
    if discount < 0 or tax < 0:
        return (
            "amount_negative",
            gettext_lazy("discount and tax cannot be negative."),
            "discount" if discount < 0 else "tax",
        )
    if quantity >= MOST_QUANTITY or unit_price >= MOST_PRICE or discount > MOST_AMOUNT or tax > MOST_AMOUNT:
        larger = (quantity >= MOST_QUANTITY, unit_price >= MOST_PRICE, discount > MOST_AMOUNT, True)
        field = ("quantity", "unit_price", "discount", "tax")[larger.index(True)]
        return "amount_too_large", gettext_lazy("a figure is too large to be true."), field
    if not 0 <= line.amount <= MOST_AMOUNT:
        return "discount_too_large", gettext_lazy("the discount is more than the line costs."), "discount"
    return None


@lru_cache(maxsize=50_000)
def flaw_of_texts(texts: tuple[str, ...]) -> Found | None:
    """Product, name, category, brand, supplier and margin class: the same for many lines, so remembered."""
    for (field, most), text in zip(TEXTS.items(), texts, strict=True):
        if len(text) > most:
            return "text_too_long", gettext_lazy("a text is longer than can be kept."), field
        if not readable(text):
            return "text_unreadable", gettext_lazy("a text has a character that is no text."), field
    return None

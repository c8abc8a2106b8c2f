"""The two parts of a line, each read once for all lines that have the same: its figures, and what it says of goods.

A file has millions of lines and only so many different prices and products.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple

from config.lines import one_line
from customers.currencies import digits
from customers.files.figures import number, whole
from customers.files.mappings import Mapping
from customers.orders import (
    MOST_AMOUNT,
    MOST_PRICE,
    MOST_QUANTITY,
    OrderLine,
    copied_figures,
    copied_texts,
    flaw_of_figures,
    flaw_of_texts,
    price_of,
    said_figures,
)

REMEMBERED = 50_000  # how many different parts, figures or dates are kept read
FINEST = Decimal("0.0001")
FINEST_QUANTITY = Decimal("0.001")


class Figures(NamedTuple):
    """The figures of a row as one line of an order has them; or why they cannot be."""

    quantity: Decimal = Decimal(0)
    unit_price: Decimal = Decimal(0)
    discount: int = 0
    tax: int = 0
    stated: int = 0
    code: str = ""
    copied: str = ""
    said_before: str = ""
    said_after: str = ""
    sound: bool = False


class Texts(NamedTuple):
    """Product, name, category, brand, supplier and margin class."""

    texts: tuple[str, ...]
    copied: str
    said: str
    sound: bool


class Remembered(dict[Any, Any]):
    """What was read before is looked up; forgotten all at once when it grows too much."""

    def __init__(self, read: Callable[[Any], Any]):
        super().__init__()
        self.read = read

    def __missing__(self, cells: Any) -> Any:
        if len(self) >= REMEMBERED:
            self.clear()
        found = self[cells] = self.read(cells)
        return found


class Cells:
    """Some cells of a row, those left out that the file does not have: quick to take, and to be told apart again."""

    def __init__(self, places: Sequence[int | None]):
        self._places = places
        self._there = [place for place in places if place is not None]
        self.of: Callable[[list[str]], Any] = itemgetter(*self._there) if self._there else lambda cells: ()

    def all(self, taken: Any) -> tuple[str, ...]:
        """Every one of them; empty where the file has none."""
        values = iter((taken,) if len(self._there) == 1 else taken)
        return tuple("" if place is None else next(values) for place in self._places)


def line_of(figures: Figures, texts: Texts) -> OrderLine:
    quantity, unit_price, discount, tax, stated = figures[:5]
    return OrderLine._make((quantity, unit_price, *texts.texts, discount, tax, stated))


def texts_of(cells: Sequence[str], catalogue: dict[str, tuple[str, ...]] | None) -> Texts:
    """What cells say of goods; the catalogue knows better, where there is one."""
    product, *others = map(one_line, cells)
    if catalogue and product in catalogue:
        others[:3] = catalogue[product]
    texts = (product, *others)
    return Texts(texts, copied_texts(texts), "\x1f".join(texts), flaw_of_texts(texts) is None)


def figures_of(cells: Sequence[str], mapping: Mapping) -> Figures:
    """What cells say in figures: quantity, unit price, amount, tax, and discounts."""
    figures = _figures(cells, mapping.decimal, digits(mapping.currency or "EUR"))
    if figures.code and figures.code != "price_zero":
        return figures
    line = line_of(figures, NO_TEXTS)
    before, after = said_figures(line)
    return figures._replace(
        copied=copied_figures(line),
        said_before=before,
        said_after=after,
        sound=flaw_of_figures(line) is None,
    )


def minor(text: str, decimal: str, places: int) -> int | None:
    """An amount in minor units; an empty cell is none at all."""
    if not text.strip():
        return 0
    amount = number(text, decimal)
    return None if amount is None else whole(amount.scaleb(places))


def _figures(cells: Sequence[str], decimal: str, places: int) -> Figures:
    quantity_text, price_text, amount_text, tax_text, *discount_texts = cells
    quantity = number(quantity_text, decimal)
    if quantity is None or abs(quantity) >= MOST_QUANTITY or quantity != quantity.quantize(FINEST_QUANTITY):
        return Figures(code="quantity_unreadable")
    if quantity < 0:
        return Figures(quantity, code="return")
    if quantity == 0:
        return Figures(code="quantity_zero")
    tax = minor(tax_text, decimal, places)
    discounts = [minor(text, decimal, places) for text in discount_texts]
    if tax is None or None in discounts:
        return Figures(code="amount_unreadable")
    discount = sum(amount for amount in discounts if amount)
    if amount_text.strip():
        amount = minor(amount_text, decimal, places)
        if amount is None or abs(amount) > MOST_AMOUNT:
            return Figures(code="amount_unreadable")
        worth = Decimal(amount)
        price = (Decimal(amount + discount) / quantity).quantize(FINEST)
    else:
        major = number(price_text, decimal)
        if major is None or abs(major) >= MOST_PRICE:
            return Figures(code="price_unreadable")
        price = major.scaleb(places)
        amount, worth = price_of(quantity, price) - discount, price
    code = "price_negative" if worth < 0 else "price_zero" if worth == 0 else ""
    return Figures(quantity, price, discount, tax, amount, code)


NO_TEXTS = Texts(("",) * 6, "", "", sound=True)

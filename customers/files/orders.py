"""Rows become orders: grouped by order number, each whole or not at all."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from customers.currencies import digits
from customers.files.figures import moment_reader, number, whole
from customers.files.mappings import Mapping, check_header
from customers.files.reasons import Refusal
from customers.files.sheets import ALONE, Row
from customers.orders import MOST_AMOUNT, MOST_PRICE, MOST_QUANTITY, Order, OrderLine, price_of

TEXTS = ("product", "name", "category", "brand", "supplier", "margin_class")
FIGURES = ("quantity", "unit_price", "amount", "tax")
REMEMBERED = 50_000  # how many different texts of figures and dates are kept read
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


class ReturnRow(NamedTuple):
    """Goods that came back, on one row: to be matched with what the customer bought before."""

    row: Row
    number: str
    customer: str
    at: datetime
    product: str
    quantity: Decimal


class Moment(NamedTuple):
    """When an order was placed, and the day that it was there."""

    at: datetime
    day: str


@dataclass(slots=True)
class Basket:
    """What the rows of one order number come to. Every row is in the order, refused or a return."""

    rows: list[Row]
    order: Order | None = None
    refused: list[Refusal] = field(default_factory=list)
    returns: list[ReturnRow] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """Rows that are lines of the order."""
        return len(self.rows) - len(self.refused) - len(self.returns) if self.order else 0


class OrderReader:
    """Reads the rows of one file. ``catalogue`` has name, category and brand of products, where there is one."""

    def __init__(
        self, mapping: Mapping, header: list[str], source: str, catalogue: dict[str, tuple[str, ...]] | None = None
    ):
        check_header(mapping, header)
        self.mapping, self.source, self.catalogue = mapping, source, catalogue
        self.width = len(header)
        self.places = {name: mapping.place_of(name, header) for name in mapping.columns if name != "discount"}
        discounts = [header.index(part) for part in mapping.columns.get("discount", "").split("+") if part]
        # A row gets an empty cell at its end, where everything stands that the file does not have.
        self._texts: Callable[[list[str]], tuple[str, ...]] = itemgetter(*[self._place(name) for name in TEXTS])
        self._cells: Callable[[list[str]], tuple[str, ...]] = itemgetter(
            *[self._place(name) for name in FIGURES], *discounts
        )
        self._moment = moment_reader(mapping.date, mapping.zone)
        self._figures_known: dict[tuple[str, ...], Figures] = {}
        self._moments_known: dict[str, Moment | None] = {}
        self._customer, self._day, self._time = map(self._place, ("customer", "at", "time"))
        # What the rows of one order have in common: rows with the same key belong together.
        self.key: Callable[[Row], str] = self._key_reader()
        self._whole_order = {name for name in ("shipping", "gift_card", "points_paid") if name in self.places}
        self._same_in_all = [(name, self._place(name)) for name in ("customer", "currency") if name in self.places]
        self._said = {name: (self._place(name), mapping.constants.get(name, "")) for name in ("channel", "store")}
        self._adjustment = re.compile(mapping.adjustments) if mapping.adjustments else None
        self._alone = frozenset(mapping.left_out)

    def _place(self, name: str) -> int:
        place = self.places.get(name)
        return -1 if place is None else place

    def _key_reader(self) -> Callable[[Row], str]:
        """Asked twice for every row of a file: nothing is looked up that could be known before."""
        width, whose, when, number_ = self.width, self._customer, self._day, self._place("number")

        def key_of_number(row: Row) -> str:
            line, cells = row
            return (len(cells) == width and cells[number_].strip()) or f"{ALONE}{line}"

        def key_of_day(row: Row) -> str:
            line, cells = row
            return f"{cells[whose]}\x1f{cells[when]}" if len(cells) == width else f"{ALONE}{line}"

        return key_of_number if self.mapping.numbered else key_of_day

    def groups(self, rows: Iterable[Row]) -> Iterator[tuple[str, list[Row]]]:
        """Rows that stand together and have the same key."""
        return ((key, list(group)) for key, group in groupby(rows, self.key))

    def baskets(self, key: str, rows: list[Row]) -> list[Basket]:
        """What all rows of one key come to."""
        if key.startswith(ALONE):
            return [self._without_key(row) for row in rows]
        if self.mapping.numbered:
            return [self._basket(key, rows)]
        return [self._basket("", [row], nth) for nth, row in enumerate(rows, 1)]

    def customer_of(self, row: Row) -> str:
        """Whom a row is about, as far as it says so."""
        cells, place = row[1], self.places["customer"] or 0
        number_ = cells[place].strip() if place < len(cells) else ""
        return f"{self.mapping.customer_prefix}{number_}"[:100] if number_ else ""

    def _without_key(self, row: Row) -> Basket:
        code = "number_missing" if len(row[1]) == self.width else "columns_differ"
        return Basket([row], refused=[Refusal(row, code)])

    def _basket(self, key: str, rows: list[Row], nth: int = 0) -> Basket:
        for _line, cells in rows:
            cells.append("")
        basket = self._read(key, rows, nth)
        for _line, cells in rows:
            cells.pop()
        return basket

    def _read(self, key: str, rows: list[Row], nth: int) -> Basket:
        basket = Basket(rows)
        first = rows[0][1]
        customer, moment = first[self._customer].strip(), self._moment_of(rows)
        number_ = key or (f"{customer}-{moment.day}-{nth}" if moment else "")
        code = self._code_of_all(number_, customer, moment, rows)
        if code:
            basket.refused = [Refusal(row, code) for row in rows]
            return basket
        assert moment is not None
        at = moment.at
        lines = self._lines(basket, number_, self.mapping.customer_prefix + customer, at)
        if any(refusal.code not in self._alone for refusal in basket.refused):
            self._refuse_whole(basket)
        elif lines:
            basket.order = self._order(first, number_, self.mapping.customer_prefix + customer, at, lines)
            if basket.order is None:
                self._refuse_whole(basket, "amount_unreadable")
        return basket

    def _code_of_all(self, number_: str, customer: str, moment: Moment | None, rows: list[Row]) -> str:
        if self._adjustment and self._adjustment.fullmatch(number_):
            return "adjustment"
        if not customer:
            return "customer_missing"
        if moment is None:
            return "date_unreadable"
        for name, place in self._same_in_all:
            if len(rows) > 1 and len({cells[place] for _line, cells in rows}) > 1:
                return f"{name}_differs"
        return ""

    def _moment_of(self, rows: list[Row]) -> Moment | None:
        """The earliest moment of the rows; None where one has none."""
        day, time = self._day, self._time
        texts = {f"{cells[day]} {cells[time]}" for _line, cells in rows}
        known = self._moments_known
        found = [known[text] if text in known else self._read_moment(text) for text in texts]
        if len(found) == 1:
            return found[0]
        return None if None in found else min(moment for moment in found if moment)

    def _read_moment(self, text: str) -> Moment | None:
        if len(self._moments_known) > REMEMBERED:
            self._moments_known.clear()
        at = self._moment(text)
        moment = Moment(at.astimezone(UTC), f"{at:%Y%m%d}") if at else None
        self._moments_known[text] = moment
        return moment

    def _lines(self, basket: Basket, number_: str, customer: str, at: datetime) -> list[OrderLine]:
        lines, known = [], self._figures_known
        comes_back = bool(self.mapping.returns_start) and number_.startswith(self.mapping.returns_start)
        for row in basket.rows:
            cells = self._cells(row[1])
            figures = known.get(cells) or self._read_figures(cells)
            quantity, unit_price, discount, tax, stated, code = figures
            product, *others = map(str.strip, self._texts(row[1]))
            if code == "return" or (comes_back and code == "price_zero"):
                basket.returns.append(ReturnRow(row, number_, customer, at, product, abs(quantity)))
            elif comes_back:
                basket.refused.append(Refusal(row, code or "return_positive"))
            elif code and (code != "price_zero" or code in self._alone):
                basket.refused.append(Refusal(row, code))
            else:
                if self.catalogue and product in self.catalogue:
                    others[:3] = self.catalogue[product]
                lines.append(OrderLine._make((quantity, unit_price, product, *others, discount, tax, stated)))
        return lines

    def _read_figures(self, cells: tuple[str, ...]) -> Figures:
        if len(self._figures_known) > REMEMBERED:
            self._figures_known.clear()
        currency = self.mapping.currency or "EUR"
        figures = self._figures_known[cells] = _figures(cells, self.mapping.decimal, digits(currency))
        return figures

    def _order(
        self, cells: list[str], number_: str, customer: str, at: datetime, lines: list[OrderLine]
    ) -> Order | None:
        """The order; None where an amount of the whole order cannot be read."""
        amounts = [0, 0, 0]
        if self._whole_order:
            found = [self._amount(cells, name) for name in ("shipping", "gift_card", "points_paid")]
            amounts = [amount for amount in found if amount is not None]
            if len(amounts) < len(found):
                return None
        (channel, usual_channel), (store, usual_store) = self._said["channel"], self._said["store"]
        return Order(
            self.source,
            number_,
            customer,
            at,
            cells[self._place("currency")].strip() or self.mapping.currency,
            tuple(lines),
            cells[channel].strip() or usual_channel,
            cells[store].strip() or usual_store,
            *amounts,
        )

    def _amount(self, cells: list[str], name: str) -> int | None:
        return _minor(cells[self._place(name)], self.mapping.decimal, digits(self.mapping.currency))

    def _refuse_whole(self, basket: Basket, code: str = "order_refused") -> None:
        """Never half an order: what was good on its own goes out with the rest."""
        out = {refusal.row[0] for refusal in basket.refused}
        basket.returns.clear()
        basket.refused += [Refusal(row, code) for row in basket.rows if row[0] not in out]


def _minor(text: str, decimal: str, places: int) -> int | None:
    """An amount in minor units; an empty cell is none at all."""
    if not text.strip():
        return 0
    amount = number(text, decimal)
    return None if amount is None else whole(amount.scaleb(places))


def _figures(cells: tuple[str, ...], decimal: str, places: int) -> Figures:
    quantity_text, price_text, amount_text, tax_text, *discount_texts = cells
    quantity = number(quantity_text, decimal)
    if quantity is None or abs(quantity) >= MOST_QUANTITY or quantity != quantity.quantize(FINEST_QUANTITY):
        return Figures(code="quantity_unreadable")
    if quantity < 0:
        return Figures(quantity, code="return")
    if quantity == 0:
        return Figures(code="quantity_zero")
    tax = _minor(tax_text, decimal, places)
    discounts = [_minor(text, decimal, places) for text in discount_texts]
    if tax is None or None in discounts:
        return Figures(code="amount_unreadable")
    discount = sum(amount for amount in discounts if amount)
    if amount_text.strip():
        amount = _minor(amount_text, decimal, places)
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

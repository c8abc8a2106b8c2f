"""Rows become orders: grouped by order number, each whole or not at all."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from django.utils.functional import cached_property

from customers.currencies import digits
from customers.files.figures import moment_reader
from customers.files.mappings import Mapping, check_header
from customers.files.parts import Cells, Figures, Remembered, Texts, figures_of, line_of, minor, texts_of
from customers.files.reasons import Refusal
from customers.files.sheets import ALONE, Row
from customers.orders import TEXTS, Order, OrderLine, texts_can_be_kept

FIGURES = ("quantity", "unit_price", "amount", "tax")
Parts = list[tuple[Figures, Texts]]
PLAIN = {""}


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
    written: tuple[str, str]


class ReadOrder(Order):
    """An order whose lines stay in the parts that they were read in, until somebody asks for them."""

    parts: Parts

    @cached_property
    def lines(self) -> tuple[OrderLine, ...]:
        return tuple(line_of(*part) for part in self.parts)


@dataclass(slots=True)
class Basket:
    """What the rows of one order number come to. Every row is in the order, refused or a return."""

    rows: list[Row]
    order: Order | None = None
    refused: Sequence[Refusal] = ()
    returns: Sequence[ReturnRow] = ()

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
        self._texts = Cells([self.places.get(name) for name in TEXTS])
        self._figures = Cells([*[self.places.get(name) for name in FIGURES], *discounts])
        self._texts_read = Remembered(self._read_texts).__getitem__
        self._figures_read = Remembered(self._read_figures).__getitem__
        self._moment = moment_reader(mapping.date, mapping.zone)
        self._moments = Remembered(self._read_moment)
        self._customer, self._day = self.places["customer"] or 0, self.places["at"] or 0
        self._time = self.places.get("time")
        # What the rows of one order have in common: rows with the same key belong together.
        self.key: Callable[[Row], str] = self._key_reader()
        self._whole_order = [name for name in ("shipping", "gift_card", "points_paid") if name in self.places]
        self._same_in_all = [
            (name, self.places[name] or 0) for name in ("customer", "currency") if name in self.places
        ]
        self._adjustment = re.compile(mapping.adjustments) if mapping.adjustments else None
        self._alone = frozenset(mapping.left_out)
        self._unsound = False  # whether any part was read that no order may have
        # In this currency, and without amounts of their own, orders are sound where their parts are.
        plain = not self._whole_order and re.fullmatch("[A-Z]{3}", mapping.currency)
        self._usual_currency = mapping.currency if plain else None

    def _key_reader(self) -> Callable[[Row], str]:
        """Asked twice for every row of a file: nothing is looked up that could be known before."""
        width, whose, when, number_ = self.width, self._customer, self._day, self.places.get("number") or 0

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
        basket = Basket(rows)
        cells = [row[1] for row in rows]
        first = cells[0]
        customer, moment = first[self._customer].strip(), self._moment_of(cells)
        number_ = key or (f"{customer}-{moment.day}-{nth}" if moment else "")
        code = self._code_of_all(number_, customer, moment, cells)
        if code:
            basket.refused = [Refusal(row, code) for row in rows]
            return basket
        assert moment is not None
        customer = self.mapping.customer_prefix + customer
        figures = list(map(self._figures_read, map(self._figures.of, cells)))
        texts = list(map(self._texts_read, map(self._texts.of, cells)))
        parts = list(zip(figures, texts, strict=True))
        comes_back = bool(self.mapping.returns_start) and number_.startswith(self.mapping.returns_start)
        if comes_back or {one.code for one in figures} != PLAIN:
            parts = self._sorted_out(basket, number_, customer, moment.at, parts, comes_back=comes_back)
        if any(refusal.code not in self._alone for refusal in basket.refused):
            _refuse_whole(basket)
        elif parts:
            basket.order = self._order(first, number_, customer, moment, parts)
            if basket.order is None:
                _refuse_whole(basket, "amount_unreadable")
        return basket

    def _code_of_all(self, number_: str, customer: str, moment: Moment | None, cells: list[list[str]]) -> str:
        if self._adjustment and self._adjustment.fullmatch(number_):
            return "adjustment"
        if not customer:
            return "customer_missing"
        if moment is None:
            return "date_unreadable"
        if len(cells) > 1:
            for name, place in self._same_in_all:
                if len({row[place] for row in cells}) > 1:
                    return f"{name}_differs"
        return ""

    def _moment_of(self, cells: list[list[str]]) -> Moment | None:
        """The earliest moment of the rows; None where one has none."""
        day, time = self._day, self._time
        texts = {row[day] for row in cells} if time is None else {f"{row[day]} {row[time]}" for row in cells}
        found = [self._moments[text] for text in texts]
        if len(found) == 1:
            return found[0]
        return None if None in found else min(found)

    def _read_moment(self, text: str) -> Moment | None:
        at = self._moment(text)
        if at is None:
            return None
        utc = at.astimezone(UTC)
        return Moment(utc, f"{at:%Y%m%d}", (str(utc.timestamp()), utc.isoformat()))

    def _read_texts(self, cells: object) -> Texts:
        texts = texts_of(self._texts.all(cells), self.catalogue)
        self._unsound |= not texts.sound
        return texts

    def _read_figures(self, cells: object) -> Figures:
        figures = figures_of(self._figures.all(cells), self.mapping)
        self._unsound |= bool(figures.copied) and not figures.sound
        return figures

    def _sorted_out(
        self, basket: Basket, number_: str, customer: str, at: datetime, parts: Parts, *, comes_back: bool
    ) -> Parts:
        """The parts of the rows that are lines; the others are returns, or stay out."""
        lines, refused, returns = [], [], []
        for row, (figures, texts) in zip(basket.rows, parts, strict=True):
            code = figures.code
            if code == "return" or (comes_back and code == "price_zero"):
                returns.append(ReturnRow(row, number_, customer, at, texts.texts[0], abs(figures.quantity)))
            elif comes_back:
                refused.append(Refusal(row, code or "return_positive"))
            elif code and (code != "price_zero" or code in self._alone):
                refused.append(Refusal(row, code))
            else:
                lines.append((figures, texts))
        basket.refused, basket.returns = refused, returns
        return lines

    def _order(self, cells: list[str], number_: str, customer: str, moment: Moment, parts: Parts) -> Order | None:
        """The order; None where an amount of the whole order cannot be read."""
        amounts = dict.fromkeys(("shipping", "gift_card", "points_paid"), 0)
        for name in self._whole_order:
            amount = minor(cells[self.places[name] or 0], self.mapping.decimal, digits(self.mapping.currency))
            if amount is None:
                return None
            amounts[name] = amount
        order = ReadOrder.__new__(ReadOrder)
        known = vars(order)  # as the constructor would, with what is known of the parts: files have millions of orders
        known.update(
            amounts,
            source=self.source,
            number=number_,
            customer=customer,
            at=moment.at,
            currency=self._said(cells, "currency", self.mapping.currency),
            channel=self._said(cells, "channel", self.mapping.constants.get("channel", "")),
            store=self._said(cells, "store", self.mapping.constants.get("store", "")),
            parts=parts,
            moment=moment.written,
            goods=sum([figures.stated for figures, _texts in parts]),
            tax=sum([figures.tax for figures, _texts in parts]),
            copied=[f"\t{place}{part[0].copied}{part[1].copied}" for place, part in enumerate(parts, 1)],
        )
        known["fingerprint"] = order.fingerprint_of(
            [f"{figures.said_before}{texts.said}{figures.said_after}" for figures, texts in parts]
        )
        if not self._unsound and order.currency == self._usual_currency and texts_can_be_kept(order):
            known["sound"] = True
        return order

    def _said(self, cells: list[str], name: str, usual: str) -> str:
        place = self.places.get(name)
        return usual if place is None else cells[place].strip() or usual


def _refuse_whole(basket: Basket, code: str = "order_refused") -> None:
    """Never half an order: what was good on its own goes out with the rest."""
    out = {refusal.row[0] for refusal in basket.refused}
    basket.returns = ()
    basket.refused = [*basket.refused, *[Refusal(row, code) for row in basket.rows if row[0] not in out]]

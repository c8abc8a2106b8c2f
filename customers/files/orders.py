"""Rows become orders: grouped by order number, each whole or not at all."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from customers.currencies import digits
from customers.files.baskets import Basket, Lines, Moment, ReadOrder, ReturnRow, lines_of
from customers.files.figures import moment_reader
from customers.files.groups import Group
from customers.files.mappings import Mapping, check_header
from customers.files.parts import Cells, Figures, Remembered, Texts, figures_of, minor, texts_of
from customers.files.reasons import Refusal
from customers.files.sheets import ALONE, Row
from customers.orders import MOST_NUMBER, TEXTS, flaw_of_texts, readable, texts_can_be_kept

FIGURES = ("quantity", "unit_price", "amount", "tax")
CELLS = itemgetter(1)  # of a row
CODE = itemgetter(Figures._fields.index("code"))


class Head(NamedTuple):
    """What the rows of one order say together; their figures and texts are read later, with those of many others."""

    basket: Basket
    cells: list[list[str]]
    number: str
    customer: str
    moment: Moment
    comes_back: bool


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
        self._customer = self.places["customer"] or 0
        day, time = self.places["at"] or 0, self.places.get("time")
        self._when: Callable[[list[str]], str | tuple[str, ...]] = itemgetter(*[day] if time is None else [day, time])
        self._key = self._key_reader()
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
        """What the rows of one order have in common: rows with the same key belong together."""
        width, whose, when, number_ = self.width, self._customer, self.places["at"], self.places.get("number") or 0

        def key_of_number(row: Row) -> str:
            line, cells = row
            number = cells[number_].strip() if len(cells) == width else ""
            return number if number and readable(number) else f"{ALONE}{line}"

        def key_of_day(row: Row) -> str:
            line, cells = row
            key = f"{cells[whose]}\x1f{cells[when or 0]}" if len(cells) == width else ""
            return key if key and readable(key) else f"{ALONE}{line}"

        return key_of_number if self.mapping.numbered else key_of_day

    def keys(self, rows: list[Row]) -> list[str]:
        """The key of each row."""
        if self.mapping.numbered and {*map(len, map(CELLS, rows))} == {self.width}:  # as nearly always
            place = itemgetter(self.places.get("number") or 0)
            numbers = list(map(str.strip, map(place, map(CELLS, rows))))
            if all(numbers) and readable("".join(numbers)):
                return numbers
        return list(map(self._key, rows))

    def baskets(self, groups: Sequence[Group]) -> list[Basket]:
        """What the rows of each key come to."""
        baskets: list[Basket] = []
        heads = [head for key, rows in groups for head in self._heads(key, rows, baskets)]
        cells = list(chain.from_iterable([head.cells for head in heads]))
        figures = list(map(self._figures_read, map(self._figures.of, cells)))
        texts = list(map(self._texts_read, map(self._texts.of, cells)))
        plain = not any(map(CODE, figures))
        whole: list[Head] = []
        lines: tuple[list[Figures], list[Texts]] = ([], [])
        start = 0
        for head in heads:
            end = start + len(head.cells)
            its = figures[start:end], texts[start:end]
            start = end
            if head.comes_back or not (plain or not any(map(CODE, its[0]))):
                its = self._sorted_out(head, *its)
            if any(refusal.code not in self._alone for refusal in head.basket.refused):
                head.basket.refuse()
            elif its[0]:
                head.basket.accepted = len(its[0])
                lines[0].extend(its[0])
                lines[1].extend(its[1])
                whole.append(head)
        counts = [head.basket.accepted for head in whole]
        for head, its_lines in zip(whole, lines_of(*lines, counts), strict=True):
            self._put_order(head, its_lines)
        return baskets

    def customer_of(self, row: Row) -> str:
        """Whom a row is about, as far as it says so."""
        cells, place = row[1], self.places["customer"] or 0
        number_ = cells[place].strip() if place < len(cells) else ""
        return f"{self.mapping.customer_prefix}{number_}"[:100] if number_ else ""

    def _heads(self, key: str, rows: list[Row], baskets: list[Basket]) -> list[Head]:
        """The orders that rows of one key may be. Every row goes into one of the baskets."""
        if key.startswith(ALONE):
            baskets.extend(map(self._without_key, rows))
            return []
        parts = [(key, rows)] if self.mapping.numbered else [(f"-{nth}", [row]) for nth, row in enumerate(rows, 1)]
        heads = []
        for number, its_rows in parts:
            basket = Basket(its_rows)
            baskets.append(basket)
            if head := self._head(basket, number):
                heads.append(head)
        return heads

    def _without_key(self, row: Row) -> Basket:
        whole = len(row[1]) == self.width
        missing = whole and self.mapping.numbered and not row[1][self.places["number"] or 0].strip()
        code = "number_missing" if missing else "text_unreadable" if whole else "columns_differ"
        return Basket([row], refused=[Refusal([row], code)])

    def _head(self, basket: Basket, number: str) -> Head | None:
        """What all rows of an order have in common; None where they are refused for it."""
        cells = list(map(CELLS, basket.rows))
        customer, moment = cells[0][self._customer].strip(), self._moment_of(cells)
        if moment and not self.mapping.numbered:
            number = f"{customer}-{moment.day}{number}"
        code = self._code_of_all(number, customer, moment, cells)
        if code or moment is None:
            basket.refused = [Refusal(basket.rows, code)]
            return None
        back = self.mapping.returns_start
        comes_back = bool(back) and number.startswith(back)
        return Head(basket, cells, number, self.mapping.customer_prefix + customer, moment, comes_back)

    def _code_of_all(self, number: str, customer: str, moment: Moment | None, cells: list[list[str]]) -> str:
        if self._adjustment and self._adjustment.fullmatch(number):
            return "adjustment"
        if not customer:
            return "customer_missing"
        if moment is None:
            return "date_unreadable"
        if not readable(customer):
            return "text_unreadable"
        if len(cells) > 1:
            for name, place in self._same_in_all:
                said = list(map(itemgetter(place), cells))
                if said.count(said[0]) < len(said):
                    return f"{name}_differs"
        return ""

    def _moment_of(self, cells: list[list[str]]) -> Moment | None:
        """The earliest moment of the rows; None where one has none."""
        said = list(map(self._when, cells))
        if said.count(said[0]) == len(said):
            return self._moments[said[0]]
        found = [self._moments[one] for one in {*said}]
        return None if None in found else min(found)

    def _read_moment(self, said: str | tuple[str, ...]) -> Moment | None:
        at = self._moment(said if isinstance(said, str) else " ".join(said))
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

    def _sorted_out(self, head: Head, figures: list[Figures], texts: list[Texts]) -> tuple[list[Figures], list[Texts]]:
        """The figures and texts of the rows that are lines; the others are returns, or stay out."""
        lines, refused, returns = [], [], []
        for row, of_row, said in zip(head.basket.rows, figures, texts, strict=True):
            code = of_row.code
            goes_back = code == "return" or (head.comes_back and code == "price_zero")
            if goes_back and (flaw := flaw_of_texts(said.texts)):
                refused.append(Refusal([row], flaw[0]))
            elif goes_back and len(head.number) > MOST_NUMBER:
                refused.append(Refusal([row], "text_too_long"))
            elif goes_back:
                back = ReturnRow(row, head.number, head.customer, head.moment.at, said.texts[0], abs(of_row.quantity))
                returns.append(back)
            elif head.comes_back:
                refused.append(Refusal([row], code or "return_positive"))
            elif code and (code != "price_zero" or code in self._alone):
                refused.append(Refusal([row], code))
            else:
                lines.append((of_row, said))
        head.basket.refused, head.basket.returns = refused, returns
        return [of_row for of_row, _said in lines], [said for _of_row, said in lines]

    def _put_order(self, head: Head, lines: Lines) -> None:
        """The order into its basket; refused where an amount of the whole order cannot be read."""
        cells = head.cells[0]
        amounts = dict.fromkeys(("shipping", "gift_card", "points_paid"), 0)
        for name in self._whole_order:
            amount = minor(cells[self.places[name] or 0], self.mapping.decimal, digits(self.mapping.currency))
            if amount is None:
                head.basket.accepted = 0
                head.basket.refuse("amount_unreadable")
                return
            amounts[name] = amount
        order = ReadOrder.__new__(ReadOrder)
        known = vars(order)  # as the constructor would, with what is known of the parts: files have millions of orders
        known.update(
            amounts,
            source=self.source,
            number=head.number,
            customer=head.customer,
            at=head.moment.at,
            currency=self._said(cells, "currency", self.mapping.currency),
            channel=self._said(cells, "channel", self.mapping.constants.get("channel", "")),
            store=self._said(cells, "store", self.mapping.constants.get("store", "")),
            figures=lines.figures,
            texts=lines.texts,
            moment=head.moment.written,
            goods=lines.goods,
            tax=lines.tax,
            copied=lines.copied,
        )
        known["fingerprint"] = order.fingerprint_of(lines.said)
        if not self._unsound and order.currency == self._usual_currency and texts_can_be_kept(order):
            known["sound"] = True
        head.basket.order = order

    def _said(self, cells: list[str], name: str, usual: str) -> str:
        place = self.places.get(name)
        return usual if place is None else cells[place].strip() or usual

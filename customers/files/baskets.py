"""What the rows of one order number come to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from django.utils.functional import cached_property

from customers.files.parts import Figures, Texts, line_of
from customers.files.reasons import Refusal
from customers.files.sheets import Row
from customers.orders import MARK, Order, OrderLine


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

    figures: list[Figures]
    texts: list[Texts]

    @cached_property
    def lines(self) -> tuple[OrderLine, ...]:
        return tuple(map(line_of, self.figures, self.texts))


@dataclass(slots=True)
class Basket:
    """What the rows of one order number come to. Every row is ``accepted`` in the order, refused or a return."""

    rows: list[Row]
    order: Order | None = None
    accepted: int = 0
    refused: Sequence[Refusal] = ()
    returns: Sequence[ReturnRow] = ()

    @property
    def in_order(self) -> list[Row]:
        """The rows that are neither refused nor returns."""
        out = {row[0] for refusal in self.refused for row in refusal.rows} | {one.row[0] for one in self.returns}
        return [row for row in self.rows if row[0] not in out]

    def refuse(self, code: str = "order_refused") -> None:
        """Never half an order: what was good on its own goes out with the rest."""
        self.returns = ()
        if rest := self.in_order:
            self.refused = [*self.refused, Refusal(rest, code)]


class Lines(NamedTuple):
    """The lines of one order, as they are summed up, kept and told apart."""

    figures: list[Figures]
    texts: list[Texts]
    goods: int
    tax: int
    copied: str
    said: str


STATED, TAX, COPIED, BEFORE, AFTER = map(
    itemgetter, map(Figures._fields.index, ("stated", "tax", "copied", "said_before", "said_after"))
)
TEXT_COPIED, SAID = map(itemgetter, map(Texts._fields.index, ("copied", "said")))
PLACES: list[str] = []


def lines_of(figures: list[Figures], texts: list[Texts], counts: Sequence[int]) -> Iterator[Lines]:
    """The lines of many orders, of which each has so many. All are put together by loops of the interpreter's own."""
    copied, said = [""] * (3 * len(figures)), [""] * (3 * len(figures))
    copied[0::3] = list(chain.from_iterable(map(_places, counts)))
    copied[1::3], copied[2::3] = map(COPIED, figures), map(TEXT_COPIED, texts)
    said[0::3], said[1::3], said[2::3] = map(BEFORE, figures), map(SAID, texts), map(AFTER, figures)
    stated, taxes = list(map(STATED, figures)), list(map(TAX, figures))
    start = 0
    for count in counts:
        end = start + count
        yield Lines(
            figures[start:end],
            texts[start:end],
            sum(stated[start:end]),
            sum(taxes[start:end]),
            "".join(copied[3 * start : 3 * end]),
            "".join(said[3 * start : 3 * end]),
        )
        start = end


def _places(count: int) -> list[str]:
    """How the lines of an order begin."""
    while len(PLACES) < count:
        PLACES.append(f"{MARK}\t{len(PLACES) + 1}")
    return PLACES[:count]

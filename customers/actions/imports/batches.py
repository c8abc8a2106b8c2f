"""One batch: what it holds is written in one transaction with the place in the file that it leads to."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import chain, repeat
from typing import Any, NamedTuple, Protocol

from django.db import connection

from customers.actions.copying import array, copy_rows, copy_text
from customers.actions.imports import facts, people, purchases, returns
from customers.actions.imports.tally import Tally
from customers.files.baskets import Basket, ReturnRow
from customers.files.groups import AT_ONCE, Group
from customers.files.kinds import of_apps_above
from customers.files.orders import OrderReader
from customers.files.reasons import Refusal
from customers.files.rows import CustomerReader, FactReader
from customers.files.sheets import Row
from customers.models import ImportRun
from customers.orders import escaped, readable

SHOWN_OF_DRY_RUN = 1000  # refused rows that a dry run keeps to be looked at


class Reader(Protocol):
    """What turns rows into things to write: one for each kind of file."""

    def keys(self, rows: list[Row]) -> list[str]: ...
    def baskets(self, groups: Sequence[Group]) -> Sequence[Any]: ...
    def customer_of(self, row: Row) -> str: ...


@dataclass
class Batch:
    """Rows read so far and not yet written."""

    rows: int = 0
    baskets: list[Any] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)  # rows that nothing can come of, whatever is in the database
    scattered: list[tuple[str, Row]] = field(default_factory=list)
    returns: list[ReturnRow] = field(default_factory=list)
    waited: list[int] = field(default_factory=list)  # rows that came out of the waiting room
    told: str = ""  # the refused rows as they are kept

    def fill(self, baskets: Sequence[Any]) -> None:
        """Put in what rows come to."""
        self.baskets += baskets
        self.refused += [refusal for basket in baskets for refusal in basket.refused]

    def clear(self) -> None:
        """Let go of everything."""
        self.baskets, self.refused, self.scattered, self.told = [], [], [], ""


BringIn = Callable[[ImportRun, Sequence[Any], Tally], list[Refusal]]


def write(run: ImportRun, batch: Batch, reader: Reader, bring_in: BringIn, tally: Tally) -> list[Refusal]:
    """Write what a batch holds, within the caller's transaction. Answers with more rows that stay out."""
    tally.counts["rows"] += batch.rows
    refused = bring_in(run, batch.baskets, tally)
    if batch.returns:
        refused += returns.bring_in(run, batch.returns, tally)
    coming = [row for basket in batch.baskets if isinstance(basket, Basket) for row in basket.returns]
    tally.counts["waiting"] += len(batch.scattered) + len(coming) - len(batch.waited)
    _make_wait(run, batch.scattered, coming, reader)
    if batch.waited:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM customers_waitingrow WHERE id = ANY(%s::bigint[])", [array(batch.waited)])
    for refusal in chain(batch.refused, refused):
        tally.refused[refusal.code] += len(refusal.rows)
    return refused


def _make_wait(
    run: ImportRun, scattered: Sequence[tuple[str, Row]], coming: Sequence[ReturnRow], reader: Reader
) -> None:
    columns = ["run_id", "phase", "key", "line", "cells", "customer", "product"]
    copy_rows(
        "customers_waitingrow",
        columns,
        (
            (
                run.pk,
                ImportRun.Phase.SCATTERED.value,
                key,
                row[0],
                json.dumps(row[1]),
                can_be_kept(reader.customer_of(row)),
                "",
            )
            for key, row in scattered
        ),
    )
    copy_rows(
        "customers_waitingrow",
        [*columns, "at", "quantity"],
        (
            (
                run.pk,
                ImportRun.Phase.RETURNS.value,
                one.number,
                one.row[0],
                json.dumps(one.row[1]),
                one.customer,
                one.product,
                one.at,
                one.quantity,
            )
            for one in coming
        ),
    )


def keep_refused(text: str) -> None:
    """Write down rows that stay out, as ``told`` puts them."""
    copy_text("customers_badrow", ["run_id", "line", "cells", "code", "sentence", "customer"], text)


def told(run: ImportRun, refused: Sequence[Refusal], reader: Reader) -> str:
    """Rows that stay out, each with its reason, as COPY takes them."""
    rows = [row for refusal in refused for row in refusal.rows]
    reasons = [f"{escaped(code)}\t{sentence and escaped(sentence)}" for _rows, code, sentence in refused]
    of_rows = chain.from_iterable(map(repeat, reasons, [len(refusal.rows) for refusal in refused]))
    cells = [said.replace("\\", "\\\\") for said in all_as_json([row[1] for row in rows])]
    customers = list(map(reader.customer_of, rows))
    known = {customer: escaped(can_be_kept(customer)) for customer in set(customers)}
    return "".join(
        [
            f"{run.pk}\t{row[0]}\t{said}\t{reason}\t{known[customer]}\n"
            for row, said, reason, customer in zip(rows, cells, of_rows, customers, strict=True)
        ]
    )


def can_be_kept(text: str) -> str:
    """The text without characters that are none."""
    return text if readable(text) else text.encode("utf-8", "replace").decode().replace("\0", "")


def all_as_json(rows: Sequence[list[str]]) -> list[str]:
    """Lists of texts as JSON, each: many at once where nothing in any of them has to be escaped."""
    found: list[str] = []
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        inside = list(map('", "'.join, some))
        marks = 2 * (sum(map(len, some)) - len(some))  # that divide the texts
        if _plain("".join(inside), marks):
            found += [f'["{one}"]' for one in inside]
        else:
            found += [
                f'["{one}"]' if _plain(one, 2 * len(row) - 2) else json.dumps(row)
                for one, row in zip(inside, some, strict=True)
            ]
    return found


def _plain(text: str, marks: int) -> bool:
    """Whether JSON writes the text as it is, but for so many quotation marks."""
    return text.isascii() and text.isprintable() and "\\" not in text and text.count('"') == marks


class Waiting(NamedTuple):
    """A row of the waiting room. No model: files of returns have thousands of them."""

    pk: int
    key: str
    line: int
    cells: str
    customer: str
    at: datetime | None
    product: str
    quantity: Decimal | None

    @property
    def row(self) -> Row:
        return self.line, json.loads(self.cells)


# Earlier returns first, so that they find the latest purchase before them with most of it left.
IN_ORDER = "at", "key", "line"


def waiting(run: ImportRun, phase: str, most: int) -> list[Waiting]:
    """The next rows of the waiting room, with all rows of the last order among them."""
    room = run.waiting_rows.filter(phase=phase).order_by(*IN_ORDER).values_list(*Waiting._fields)
    rows = list(map(Waiting._make, room[:most]))
    if len(rows) == most:
        last = rows[-1]
        rest = room.filter(key=last.key, line__gt=last.line)
        rows += map(Waiting._make, rest.filter(at=last.at) if last.at else rest)
    return rows


def return_row(waited: Waiting) -> ReturnRow:
    assert waited.at is not None
    assert waited.quantity is not None
    return ReturnRow(waited.row, waited.key, waited.customer, waited.at, waited.product, waited.quantity)


def writer_of(kind: str) -> BringIn:
    """What writes a batch of this kind of file."""
    return BRING_IN.get(kind) or of_apps_above(kind).bring_in


def reader_of(kind: str) -> Callable[..., Reader]:
    """What reads the rows of this kind of file."""
    return READERS.get(kind) or of_apps_above(kind).reader


BRING_IN: dict[str, BringIn] = {
    ImportRun.Kind.PURCHASES: purchases.bring_in,
    ImportRun.Kind.CUSTOMERS: people.bring_in,
    ImportRun.Kind.FACTS: facts.bring_in,
}
READERS: dict[str, Callable[..., Reader]] = {
    ImportRun.Kind.PURCHASES: OrderReader,
    ImportRun.Kind.CUSTOMERS: CustomerReader,
    ImportRun.Kind.FACTS: FactReader,
}

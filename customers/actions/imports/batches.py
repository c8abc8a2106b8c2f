"""One batch: what it holds is written in one transaction with the place in the file that it leads to."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from customers.actions.copying import copy_rows, copy_text
from customers.actions.imports import facts, people, purchases, returns
from customers.actions.imports.tally import Tally
from customers.files.kinds import of_apps_above
from customers.files.orders import Basket, OrderReader, ReturnRow
from customers.files.reasons import Refusal
from customers.files.rows import CustomerReader, FactReader
from customers.files.sheets import Row
from customers.models import ImportRun, WaitingRow
from customers.orders import escaped

SHOWN_OF_DRY_RUN = 1000  # refused rows that a dry run keeps to be looked at


class Reader(Protocol):
    """What turns rows into things to write: one for each kind of file."""

    key: Callable[[Row], str]

    def groups(self, rows: Iterable[Row]) -> Iterable[tuple[str, list[Row]]]: ...
    def baskets(self, key: str, rows: list[Row]) -> Sequence[Any]: ...
    def customer_of(self, row: Row) -> str: ...


@dataclass
class Batch:
    """Rows read so far and not yet written."""

    rows: int = 0
    baskets: list[Any] = field(default_factory=list)
    scattered: list[tuple[str, Row]] = field(default_factory=list)
    returns: list[ReturnRow] = field(default_factory=list)
    waited: list[int] = field(default_factory=list)  # rows that came out of the waiting room


BringIn = Callable[[ImportRun, Sequence[Any], Tally], list[Refusal]]


def write(run: ImportRun, batch: Batch, reader: Reader, bring_in: BringIn, tally: Tally) -> list[Refusal]:
    """Write what a batch holds, within the caller's transaction. Answers with the rows that stay out."""
    tally.counts["rows"] += batch.rows
    refused = bring_in(run, batch.baskets, tally)
    if batch.returns:
        refused += returns.bring_in(run, batch.returns, tally)
    coming = [row for basket in batch.baskets if isinstance(basket, Basket) for row in basket.returns]
    tally.counts["waiting"] += len(batch.scattered) + len(coming) - len(batch.waited)
    _make_wait(run, batch.scattered, coming, reader)
    if batch.waited:
        WaitingRow.objects.filter(pk__in=batch.waited).delete()
    tally.refused.update([refusal.code for refusal in refused])
    return refused


def _make_wait(
    run: ImportRun, scattered: Sequence[tuple[str, Row]], coming: Sequence[ReturnRow], reader: Reader
) -> None:
    columns = ["run_id", "phase", "key", "line", "cells", "customer", "product"]
    copy_rows(
        "customers_waitingrow",
        columns,
        (
            (run.pk, ImportRun.Phase.SCATTERED.value, key, row[0], json.dumps(row[1]), reader.customer_of(row), "")
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


def keep_refused(run: ImportRun, refused: Iterable[Refusal], reader: Reader) -> None:
    """Write down the rows that stay out, each with its reason."""
    rows = [
        f"{run.pk}\t{row[0]}\t{escaped(cells_as_json(row[1]))}\t{escaped(code)}\t{sentence and escaped(sentence)}\t"
        f"{escaped(reader.customer_of(row))}\n"
        for row, code, sentence in refused
    ]
    copy_text("customers_badrow", ["run_id", "line", "cells", "code", "sentence", "customer"], "".join(rows))


def cells_as_json(cells: list[str]) -> str:
    """A list of texts as JSON: at once where nothing in them has to be escaped."""
    inside = '", "'.join(cells)
    if inside.isascii() and inside.isprintable() and "\\" not in inside and inside.count('"') == 2 * len(cells) - 2:
        return f'["{inside}"]'
    return json.dumps(cells)


# Earlier returns first, so that they find the latest purchase before them with most of it left.
WAITING = "at", "key", "line"


def waiting(run: ImportRun, phase: str, most: int) -> list[WaitingRow]:
    """The next rows of the waiting room, with all rows of the last order among them."""
    room = run.waiting_rows.filter(phase=phase).order_by(*WAITING)
    rows = list(room[:most])
    if len(rows) == most:
        last = rows[-1]
        rest = room.filter(key=last.key, line__gt=last.line)
        rows += rest.filter(at=last.at) if last.at else rest
    return rows


def return_row(row: WaitingRow) -> ReturnRow:
    assert row.at is not None
    assert row.quantity is not None
    return ReturnRow((row.line, json.loads(row.cells)), row.key, row.customer, row.at, row.product, row.quantity)


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

"""What the files of imported purchases say by themselves, to hold figures beside them.

Goods that came back without a purchase that they belong to are in no figure of the shop, and what is matched counts
for what the goods had cost, whatever the file gives for it. Here everything counts as the file says.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from customers.currencies import digits
from customers.files import mappings, sheets
from customers.models import ImportRun
from customers.money import in_words

Bill = tuple[str, str]  # the number, and the customer: a number may serve several


@dataclass(frozen=True)
class FileFigures:
    """Amounts are minor units. A bill of a return begins as the mapping says."""

    name: str
    currency: str
    rows: int
    without_customer: int
    sales: int
    sold: int
    returns: int
    returned: int
    of_nothing: int

    @property
    def net(self) -> float | None:
        """What is left of an average sale."""
        return (self.sold - self.returned) / self.sales if self.sales else None

    def as_json(self) -> dict[str, Any]:
        return vars(self) | {"aov_net": self.net}

    def lines(self) -> Iterator[str]:
        yield f"{self.name}: {self.rows:,} rows, {self.without_customer:,} without a customer"
        yield f"  {self.sales:,} sales of {in_words(self.sold, self.currency)}, {self.of_nothing:,} of nothing"
        yield f"  {self.returns:,} returns of {in_words(self.returned, self.currency)}"


def imported() -> list[FileFigures]:
    """Of each file that is still there, its last finished import."""
    runs = ImportRun.objects.filter(kind="purchases", state=ImportRun.State.DONE).order_by("source", "digest", "-pk")
    found = [_of(run) for run in runs.distinct("source", "digest") if run.path]
    return [one for one in found if one]


def _of(run: ImportRun) -> FileFigures | None:
    mapping = mappings.from_json(run.mapping)
    try:
        with sheets.opened(run.file, mapping.encoding) as text:
            header, rows = sheets.without_header(text, mapping)
            return _read(run, mapping, header, rows)
    except (OSError, sheets.FileDamaged):
        return None


def _read(
    run: ImportRun, mapping: mappings.Mapping, header: list[str], rows: Iterator[sheets.Row]
) -> FileFigures | None:
    places = [mapping.place_of(name, header) for name in ("number", "customer", "quantity", "unit_price", "amount")]
    sums: dict[Bill, Decimal] = defaultdict(Decimal)
    total = nobody = 0
    for line, cells in rows:
        total += 1
        number, customer, quantity, price, amount = (_cell(cells, place) for place in places)
        if not customer or (mapping.adjustments and re.fullmatch(mapping.adjustments, number)):
            nobody += 1
            continue
        value = _number(amount) if amount else _number(quantity) * _number(price)
        sums[number or f"row {line}", customer] += value
    cents = digits(mapping.currency)
    whole = {bill: int(value.scaleb(cents).quantize(Decimal(1), ROUND_HALF_UP)) for bill, value in sums.items()}
    back = {bill for bill in whole if mapping.returns_start and bill[0].startswith(mapping.returns_start)}
    sold = [value for bill, value in whole.items() if bill not in back and value > 0]
    return FileFigures(
        run.file_name, mapping.currency, total, nobody, len(sold), sum(sold), len(back),
        -sum(whole[bill] for bill in back), len(whole) - len(back) - len(sold),
    )  # fmt: skip


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)

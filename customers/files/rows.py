"""Files where every row stands for itself: a customer, or something that one did."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from customers.files.figures import moment_reader
from customers.files.groups import Group
from customers.files.mappings import Mapping, check_header
from customers.files.reasons import Refusal
from customers.files.sheets import ALONE, Row
from customers.newcomers import Address, Birthday, Knowledge, Newcomer
from customers.reports import Report, particular


@dataclass(slots=True)
class Entry:
    """What a row comes to: a newcomer or a report; or why it is none."""

    row: Row
    item: Any = None
    refused: list[Refusal] = field(default_factory=list)


class RowReader:
    """Reads the rows of one file. ``item`` is what differs between the kinds of files."""

    def __init__(self, mapping: Mapping, header: list[str], source: str, catalogue: object = None):
        check_header(mapping, header)
        self.mapping, self.source, self.width = mapping, source, len(header)
        self.places = {name: header.index(column) for name, column in mapping.columns.items() if column in header}
        self.moment = moment_reader(mapping.date, mapping.zone)

    def keys(self, rows: list[Row]) -> list[str]:
        return [f"{ALONE}{line}" for line, _cells in rows]

    def baskets(self, groups: Sequence[Group]) -> list[Any]:
        return [self._entry(row) for _key, rows in groups for row in rows]

    def _entry(self, row: Row) -> Entry:
        if len(row[1]) != self.width:
            return Entry(row, refused=[Refusal([row], "columns_differ")])
        try:
            return Entry(row, self.item(row[1]))
        except ValueError as reason:
            return Entry(row, refused=[Refusal([row], str(reason))])

    def cell(self, cells: list[str], name: str) -> str:
        place = self.places.get(name)
        return "" if place is None else cells[place].strip()

    def number(self, cells: list[str], name: str) -> str:
        number = self.cell(cells, name)
        if not number:
            raise ValueError("customer_missing")
        return self.mapping.customer_prefix + number

    def customer_of(self, row: Row) -> str:
        place = self.places.get("number" if self.mapping.kind == "customers" else "customer", self.width)
        number = row[1][place].strip() if place < len(row[1]) else ""
        return f"{self.mapping.customer_prefix}{number}"[:100] if number else ""

    def item(self, cells: list[str]) -> Any:
        """What the row says. Raises ValueError with the reason's code."""
        raise NotImplementedError


class CustomerReader(RowReader):
    """Several e-mail addresses, phones, likes … in one cell are divided by semicolons."""

    def item(self, cells: list[str]) -> Newcomer:
        street = self.cell(cells, "street")
        address = Address(
            street,
            self.cell(cells, "country"),
            self.cell(cells, "postcode"),
            self.cell(cells, "city"),
            self.cell(cells, "region"),
        )
        kinds = ("like", "dislike", "brand")
        return Newcomer(
            number=self.number(cells, "number"),
            name=self.cell(cells, "name"),
            emails=self._several(cells, "email"),
            phones=self._several(cells, "phone"),
            addresses=(address,) if street else (),
            traits=tuple(Knowledge(kind, value) for kind in kinds for value in self._several(cells, kind)),
            birthday=self._birthday(self.cell(cells, "birthday")),
            language=self.cell(cells, "language"),
            zone=self.cell(cells, "zone"),
            country=self.cell(cells, "country"),
            city=self.cell(cells, "city"),
            came_from=self.source,
        )

    def _several(self, cells: list[str], name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.cell(cells, name).split(";") if part.strip())

    def _birthday(self, text: str) -> Birthday | None:
        if not text:
            return None
        day = self.moment(text)
        if day is None:
            raise ValueError("date_unreadable")
        return Birthday(day.month, day.day, day.year)


class FactReader(RowReader):
    """Every mapped column that is none of ours is a particular of the fact."""

    def item(self, cells: list[str]) -> Report:
        at = self.moment(f"{self.cell(cells, 'at')} {self.cell(cells, 'time')}")
        if at is None:
            raise ValueError("date_unreadable")
        own = {"key", "customer", "verb", "at", "time"}
        said = {name: self.cell(cells, name) for name in self.places if name not in own}
        verb = self.cell(cells, "verb")
        about = {name: particular(verb, name, text) for name, text in said.items() if text}
        return Report(self.number(cells, "customer"), verb, at, self.source, self.cell(cells, "key"), about)

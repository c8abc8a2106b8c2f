"""Rows of a file as pasts of cases: a row for each case, or one for everything that happened in it. Pure.

A file's own words are translated by ``Mapping.values``; a word that is not translated keeps its case out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from customers.files.groups import Group
from customers.files.mappings import WORDS, Mapping
from customers.files.reasons import Refusal
from customers.files.rows import RowReader
from customers.files.sheets import ALONE, Row
from feedback.pasts import CUSTOMER, US, Change, Past, Said, in_order
from feedback.promises import CLOSED

LONGEST = {
    "number": 100,
    "subject": 200,
    "text": 200_000,
    "message": 200_000,
    "product": 60,
    "store": 60,
    "name": 200,
    "email": 254,
}
BETWEEN = {"text": "\n\n", "message": "\n\n"}


@dataclass(slots=True)
class Told:
    """What the rows of one case come to."""

    rows: list[Row]
    past: Past | None = None
    refused: list[Refusal] = field(default_factory=list)


class CaseReader(RowReader):
    """Reads the rows of one file of cases."""

    def __init__(self, mapping: Mapping, header: list[str], source: str, catalogue: object = None):
        super().__init__(mapping, header, source, catalogue)
        self.joined = {
            name: [header.index(part) for part in column.split("+")]
            for name, column in mapping.columns.items()
            if column not in header
        }
        self.nothing = {"", *mapping.empty}
        self.words = {
            name: {word: word for word in words}
            | {word.upper(): word for word in words}
            | {word.capitalize(): word for word in words}
            | dict(mapping.values.get(name, {}))
            for name, words in WORDS.items()
        }

    def keys(self, rows: list[Row]) -> list[str]:
        return list(map(self._key, rows))

    def _key(self, row: Row) -> str:
        line, cells = row
        if len(cells) != self.width:
            return f"{ALONE}{line}"
        if not self.mapping.numbered:
            return sha256("\x1f".join(cells).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        return self.cell(cells, "number") or f"{ALONE}{line}"

    def baskets(self, groups: Sequence[Group]) -> list[Any]:
        return [told for key, rows in groups for told in self._all_told(key, rows)]

    def _all_told(self, key: str, rows: list[Row]) -> list[Told]:
        if key.startswith(ALONE):
            return [self._without_number(row) for row in rows]
        if self.mapping.numbered:
            return [self._told(key, rows)]
        return [self._told(f"{key}-{nth}", [row]) for nth, row in enumerate(rows, 1)]

    def _without_number(self, row: Row) -> Told:
        code = "number_missing" if len(row[1]) == self.width else "columns_differ"
        return Told([row], refused=[Refusal([row], code)])

    def _told(self, number: str, rows: list[Row]) -> Told:
        bad = {row[0]: why for row in rows if (why := self._flaw(row[1]))}
        if not bad:
            try:
                return Told(rows, self._past(number, rows))
            except ValueError as reason:
                code, _colon, sentence = str(reason).partition(": ")
                return Told(rows, refused=[Refusal(rows, code, sentence)])
        refused = [Refusal([row], *bad.get(row[0], ("case_refused", ""))) for row in rows]
        return Told(rows, refused=refused)

    def _flaw(self, cells: list[str]) -> tuple[str, str] | None:
        """Why a row cannot be, whatever stands in the others."""
        for name in WORDS:
            said = self._said(cells, name)
            if said and said not in self.words[name]:
                return "value_unknown", f"{name}: {said}"[:200]
        for name in ("at", "moment", "acknowledged", "answered", "closed"):
            if (text := self._said(cells, name)) and self._moment(text) is None:
                return "date_unreadable", ""
        return None

    def _said(self, cells: list[str], name: str) -> str:
        """A cell, or several in one; empty where it says nothing."""
        if name in self.joined:
            parts = dict.fromkeys(cells[place].strip() for place in self.joined[name])
            return BETWEEN.get(name, " · ").join(part for part in parts if part not in self.nothing)
        text = self.cell(cells, name)
        if name == "at" and "time" in self.places:
            text = f"{text} {self.cell(cells, 'time')}"
        return "" if text in self.nothing else text

    def _moment(self, text: str) -> datetime | None:
        at = self.moment(text)
        return at.astimezone(UTC) if at else None

    def _time(self, cells: list[str], name: str) -> datetime | None:
        text = self._said(cells, name)
        return self._moment(text) if text else None

    def _word(self, cells: list[str], name: str) -> str:
        said = self._said(cells, name)
        return self.words[name][said] if said else self.mapping.constants.get(name, "")

    def _text(self, cells: list[str], name: str) -> str:
        text = self._said(cells, name) or self.mapping.constants.get(name, "")
        return text.encode("utf-8", "replace").decode().replace("\0", "")[: LONGEST.get(name, 200)]

    def _past(self, number: str, rows: list[Row]) -> Past:
        """Raises ValueError with the reason's code."""
        cells = rows[-1][1]  # what holds at last
        at = self._time(rows[0][1], "at")
        if at is None:
            raise ValueError("date_unreadable")
        changes = in_order(at, self._changes(at, [row[1] for row in rows]))
        messages = self._messages(at, [row[1] for row in rows])
        first = next((one.at for one in messages if one.by == US), None)
        past = Past(
            number=number[: LONGEST["number"]], at=at, changes=changes, kind=self._word(cells, "kind"),
            channel=self._word(cells, "channel") or "file", subject=" ".join(self._text(cells, "subject").split()),
            text=self._text(cells, "text"), customer=self.customer_of(rows[-1]), name=self._text(cells, "name"),
            email=self._text(cells, "email").lower(), language=self._text(cells, "language")[:10] or "en",
            theme=self._branch(cells, "theme"), root_cause=self._branch(cells, "root_cause"),
            product=self._text(cells, "product"), store=self._text(cells, "store"),
            severity=int(self._word(cells, "severity") or 2), impact=int(self._word(cells, "impact") or 1),
            outcome=self._word(cells, "outcome"), outcome_reason=self._text(cells, "outcome_reason"),
            acknowledged_at=self._acknowledged(at, changes, cells),
            answered_at=self._after(at, cells, "answered") or first, messages=messages,
            kept={"yes": True, "no": False}.get(self._word(cells, "kept")),
        )  # fmt: skip
        if not past.kind:
            raise ValueError("value_unknown: kind")
        if not past.subject:
            raise ValueError("subject_missing")
        if past.kind == "complaint" and past.state == CLOSED and not past.outcome:
            raise ValueError("outcome_missing")
        return past

    def customer_of(self, row: Row) -> str:
        number = super().customer_of(row)
        return "" if number.removeprefix(self.mapping.customer_prefix) in self.nothing else number

    def _changes(self, at: datetime, table: list[list[str]]) -> list[Change]:
        """What each row says of the state; a settled case without a moment has to say when it was closed."""
        found = []
        for cells in table:
            state = self._word(cells, "state")
            if not state:
                continue
            moment = self._time(cells, "moment")
            if state == CLOSED and moment is None and (moment := self._time(cells, "closed")) is None:
                raise ValueError("closed_missing")
            found.append(Change(moment or at, state))
        closed = self._time(table[-1], "closed")
        if closed and not (found and found[-1].state == CLOSED) and "state" not in self.mapping.columns:
            found.append(Change(closed, CLOSED))
        return found

    def _messages(self, at: datetime, table: list[list[str]]) -> tuple[Said, ...]:
        """What the rows say beyond the first message, each once: logs repeat it."""
        found = [
            Said(
                max(self._time(cells, "moment") or at, at), self._word(cells, "said_by") or CUSTOMER, text,
                self._text(cells, "author"),
            )
            for cells in table if (text := self._text(cells, "message"))
        ]  # fmt: skip
        return tuple(sorted(dict.fromkeys(found), key=lambda one: one.at))

    def _acknowledged(self, at: datetime, changes: tuple[Change, ...], cells: list[str]) -> datetime | None:
        """When it is said so; else when something was first done about it."""
        if "acknowledged" in self.mapping.columns:
            return self._after(at, cells, "acknowledged")
        if "moment" not in self.mapping.columns:
            return None
        return next((change.at for change in changes if change.state not in ("received", CLOSED)), None)

    def _after(self, at: datetime, cells: list[str], name: str) -> datetime | None:
        moment = self._time(cells, name)
        return max(moment, at) if moment else None

    def _branch(self, cells: list[str], name: str) -> tuple[str, ...]:
        parts = (self._text(cells, name)[:100], self._text(cells, f"{name}_part")[:100])
        return tuple(dict.fromkeys(part for part in parts if part)) if parts[0] else ()

"""How the ledger's statements are asked and answered: in PostgreSQL's own texts, so that nothing has to be adapted."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from config import prepared


class Line(NamedTuple):
    """What a statement answers for one transaction. Only ``fit`` has been written.

    A batch is answered without what follows the request: nobody asks it.
    """

    ordinal: int
    outcome: str
    id: int | None
    request: Any
    wallet_id: int = 0
    sequence: int = 0
    posted_at: datetime | None = None
    transfers: int = 0
    pending: int = 0
    available: int = 0
    held: int = 0
    debt: int = 0


class Statement:
    """SQL with named parameters, turned once into the server's own placeholders: in the order of ``names``, then in
    which they come.
    """

    def __init__(self, sql: str, names: Sequence[str] = ()) -> None:
        self.names = list(names)
        self.sql = re.sub(r"%\((\w+)\)s", self._place, sql).encode()

    def _place(self, match: re.Match[str]) -> str:
        if match[1] not in self.names:
            self.names.append(match[1])
        return f"${self.names.index(match[1]) + 1}"


def lines(statement: Statement, values: Mapping[str, Any], *, many: bool = False) -> list[Line]:
    """Run a statement that answers with lines."""
    return [_line(*row) for row in run(statement, values, many=many)]


def outcomes(statement: Statement, values: Mapping[str, Any], *, many: bool = False) -> list[Line]:
    """Run a statement that answers with a row per outcome. Returns a line for each wish, in their order."""
    found = list[Line]()
    for row in run(statement, values, many=many):
        outcome, ordinals, ids, requests = (str(column, "ascii") for column in row if column)
        columns = (parts[1:-1].split(",") for parts in (ordinals, ids, requests))
        if outcome == "fit":
            numbers, made, _none = columns
            found += [Line(int(n), outcome, int(pk), None) for n, pk in zip(numbers, made, strict=True)]
        else:
            found += [
                Line(int(n), outcome, None if pk == "NULL" else int(pk), None if of == "NULL" else UUID(of))
                for n, pk, of in zip(*columns, strict=True)
            ]
    found.sort(key=ORDINAL)
    return found


ORDINAL = attrgetter("ordinal")


def fit_line(statement: Statement, values: Sequence[str | None]) -> Line | None:
    """The line of the one wish that fitted, as ``issuing.fit`` answers it; None where something was in its way."""
    found = prepared.texts(statement.sql, values)
    if not found:
        return None
    pk, wallet, sequence, posted_at, pending, available, held, debt = found[0]
    posted = datetime.fromisoformat(posted_at.decode())  # type: ignore[union-attr]
    numbers = map(int, (wallet, sequence, pending, available, held, debt))  # type: ignore[arg-type]
    wallet_id, number, *after = numbers
    return Line(1, "fit", int(pk), None, wallet_id, number, posted, 1, *after)  # type: ignore[arg-type]


def run(statement: Statement, values: Mapping[str, Any], *, many: bool = False) -> list[list[bytes | None]]:
    """Run a statement; what it answers is PostgreSQL's own text.

    For thousands of rows it is planned anew, and with it whatever the session has kept: a trigger's plan, too, may be
    from the day when a table was small.
    """
    if many:
        with connection.cursor() as cursor:
            cursor.execute("DISCARD PLANS")
    return prepared.texts(statement.sql, [_text(values[name]) for name in statement.names], keep=not many)


def _text(value: Any) -> str | None:
    if value is None or type(value) is str:
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def array(values: Sequence[Any]) -> str:
    """PostgreSQL's text of an array. Of one type whatever is in it, so that the prepared statement stays the same."""
    many = len(values)
    if values and values.count(values[0]) == many:  # most columns say the same in every row
        return "{" + ",".join([_element(values[0])] * many) + "}"
    kinds = set(map(type, values))
    if kinds == {int}:
        return "{" + ",".join(map(str, values)) + "}"
    if kinds == {str}:
        inside = '","'.join(values)
        if inside.count('"') == 2 * many - 2 and "\\" not in inside:  # nothing to escape
            return '{"' + inside + '"}'
    texts = {value: _element(value) for value in set(values)}
    return "{" + ",".join([texts[value] for value in values]) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _line(
    ordinal: Any, outcome: Any, pk: Any, request: Any, wallet: Any, sequence: Any, posted_at: Any, *rest: Any
) -> Line:
    """A line out of PostgreSQL's texts."""
    return Line(
        int(ordinal),
        outcome.decode(),
        pk and int(pk),
        request and UUID(request.decode()),
        wallet and int(wallet),
        sequence and int(sequence),
        posted_at and datetime.fromisoformat(posted_at.decode()),
        *[value and int(value) for value in rest],
    )

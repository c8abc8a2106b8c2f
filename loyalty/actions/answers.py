"""How the ledger's statements are asked and answered: in PostgreSQL's own texts, so that nothing has to be adapted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from config import prepared
from config.statements import Statement


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

    For ``many`` it is planned anew, and with it whatever the session has kept.
    """
    if many:
        prepared.forget_plans()
    return statement.ask(values, keep=not many)


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

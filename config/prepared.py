"""Run a statement that the server has prepared: for the few that every request of another system runs.

By psycopg's own cursor, which costs half of what Django's does; within Django's transaction all the same. The few that
write the ledger go one step further down (``texts``), which costs half again.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

PLANS_KEPT_UP_TO = 200  # rows of one statement
DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
Values = Sequence[Any] | Mapping[str, Any]


def rows(sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
    """What a query finds."""
    with _run(sql, values) as cursor:
        return cursor.fetchall()


def run(sql: str, values: Values = ()) -> int:
    """Run what finds nothing. Returns how many rows it touched."""
    with _run(sql, values) as cursor:
        return cursor.rowcount


def forget_plans() -> None:
    """Have this session plan anew whatever it has kept, for thousands of rows: the plan of a trigger, too, may be from
    the day when a table was small, and then reads all of it for each row.
    """
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


@contextmanager
def _run(sql: str, values: Values) -> Iterator["psycopg.Cursor[tuple[Any, ...]]"]:
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    if connection.queries_logged:  # so that tests count it as any other
        connection.queries_log.append({"sql": sql, "time": "0.000"})
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(sql, values, prepare=True)
        yield cursor


def texts(sql: bytes, values: Sequence[str | None], *, keep: bool = True) -> list[list[bytes | None]]:
    """A statement's rows as PostgreSQL writes them: nothing is adapted, the caller knows what it gives and expects.

    The parameters are $1, $2, …. Kept prepared unless told otherwise. Waits inside libpq: an interrupt is heard when
    the server has answered.
    """
    default = connections[DEFAULT_DB_ALIAS]  # ``connection`` would look for it anew at each use
    default.ensure_connection()
    default.validate_no_broken_transaction()
    if default.queries_logged:
        default.queries_log.append({"sql": sql.decode(), "time": "0.000"})
    raw: Any = default.connection
    with default.wrap_database_errors:
        given = [value if value is None else value.encode() for value in values]
        name = _name_of(raw, sql, given) if keep else None
        if name is None:
            with psycopg.RawCursor(raw) as cursor:
                cursor.execute(sql, values, prepare=keep)
                answer = cast("PGresult", cursor.pgresult)
        else:
            _begin(raw)
            answer = raw.pgconn.exec_prepared(name, given)
            if answer.status not in DONE:
                _refuse(raw, answer)
    columns, value_at = range(answer.nfields), answer.get_value
    return [[value_at(row, column) for column in columns] for row in range(answer.ntuples)]


def _name_of(raw: Any, sql: bytes, given: list[bytes | None]) -> bytes | None:
    """The name under which psycopg keeps the statement prepared; None where its cursor is needed.

    That is the first time, after a rollback (psycopg then lets all go), and for a text that PostgreSQL could not take.
    """
    name: bytes | None = raw._prepared._names.get((sql, (0,) * len(given)))
    return None if b"\0" in b"".join(filter(None, given)) else name


def _begin(raw: Any) -> None:
    """Begin the transaction where psycopg would begin one."""
    if not raw.autocommit and raw.pgconn.transaction_status == TransactionStatus.IDLE:
        begun = raw.pgconn.exec_(raw._get_tx_start_command())
        if begun.status != ExecStatus.COMMAND_OK:
            _refuse(raw, begun)


def _refuse(raw: Any, answer: Any) -> None:
    if raw.pgconn.status != ConnStatus.OK:
        raise psycopg.OperationalError(raw.pgconn.get_error_message())
    raise psycopg.errors.error_from_result(answer, raw.info.encoding)

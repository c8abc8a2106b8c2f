"""What the ledger's statements answer, read out of PostgreSQL's own texts."""

from uuid import UUID

import pytest
from django.db import connection

from config.statements import Statement
from loyalty.actions import answers
from tests.factories.loyalty import on

pytestmark = pytest.mark.django_db
REQUEST = UUID("00000000-0000-0000-0000-00000000000a")


def test_a_line_is_read_column_by_column():
    statement = Statement(
        "SELECT 1, 'fit', %(id)s::bigint, NULL::uuid, 7, 3, '2026-03-01 10:00:00+00'::timestamptz, 2, 5, 10, 0, 1"
    )

    (line,) = answers.lines(statement, {"id": 42})

    assert line == answers.Line(1, "fit", 42, None, 7, 3, on("2026-03-01", "10:00"), 2, 5, 10, 0, 1)


def test_outcomes_come_by_the_places_of_the_wishes_whatever_came_of_them():
    statement = Statement(
        "VALUES ('replayed', ARRAY[2], ARRAY[NULL::bigint], ARRAY[%(request)s::uuid]),"
        " ('fit', ARRAY[3, 1], ARRAY[30, 10], ARRAY[NULL::uuid, NULL])"
    )

    lines = answers.outcomes(statement, {"request": str(REQUEST)})

    assert [(line.ordinal, line.outcome, line.id, line.request) for line in lines] == [
        (1, "fit", 10, None),
        (2, "replayed", None, REQUEST),
        (3, "fit", 30, None),
    ]


@pytest.mark.parametrize(("many", "kept"), [(False, 1), (True, 0)])
def test_a_statement_for_many_is_planned_anew_and_not_kept(many, kept):
    statement = Statement(f"SELECT %(n)s::int AS of_{many}")

    assert answers.run(statement, {"n": 5}, many=many) == [[b"5"]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement = %s", [statement.sql.decode()])
        assert cursor.fetchone() == (kept,)

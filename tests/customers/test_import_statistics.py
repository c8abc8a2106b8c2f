"""What an import has just filled is counted, so that goods that come back are matched by index."""

import pytest
from django.db import connection

from customers.actions.imports import statistics
from tests.factories.imports import brought_in, mapping, written

pytestmark = pytest.mark.django_db


def believed(table: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        return cursor.fetchone()[0]


def nobody_has_counted(table: str) -> None:
    """Whatever earlier tests have left in it."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_class SET relpages = 0, reltuples = -1 WHERE oid = %s::regclass", [table])


def test_tables_that_have_grown_are_counted_before_returns_are_matched(tmp_path):
    nobody_has_counted("customers_line")
    rows = [f"{n // 9},7,2026-03-01,tea{n},4,2" for n in range(1800)]

    brought_in(written(tmp_path, *rows, "C3,7,2026-03-05,tea1,-3,2"), mapping(returns_start="C"), batch_rows=10_000)

    assert believed("customers_line") == 1800
    assert statistics.count(["customers_line"]) == []

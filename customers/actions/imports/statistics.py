"""What the planner believes about tables that a first import has just filled, and that nobody has counted yet."""

from collections.abc import Sequence

from django.db import connection

# Tables that have more than doubled since they were last counted, or never were.
GROWN = """
SELECT relname FROM pg_class
WHERE oid = ANY(%s::regclass[]) AND pg_relation_size(oid) / current_setting('block_size')::int > 2 * relpages + 10
ORDER BY relname
"""


def count(tables: Sequence[str]) -> list[str]:
    """Have PostgreSQL count what has grown. A role that may not is warned by PostgreSQL, and goes on without."""
    with connection.cursor() as cursor:
        cursor.execute(GROWN, [list(tables)])
        grown = [table for (table,) in cursor.fetchall()]
        if grown:
            cursor.execute(f"ANALYZE {', '.join(map(connection.ops.quote_name, grown))}")
    return grown

"""What the application may do in PostgreSQL, as GRANT and REVOKE.

Triggers guard append-only tables against mistakes of the code. Rights guard them against somebody who holds the
application's password: the tables belong to another role, which only migrations use, and that role alone could drop
the triggers. There is one list of what is refused, the triggers themselves: where one whose name begins with
``append_only`` or ``never_`` refuses a whole statement, the right to that statement goes as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

REFUSALS = """
SELECT tgrelid::regclass::text AS "table",
       bool_or(tgtype & 8 > 0) AS deleting, bool_or(tgtype & 16 > 0) AS updating
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace
  AND tgtype & 1 = 0 AND tgtype & 2 > 0  -- before, and once for a whole statement
  AND (tgname LIKE 'append\\_only%%' OR tgname LIKE 'never\\_%%')
GROUP BY tgrelid HAVING bool_or(tgtype & 24 > 0) ORDER BY 1
"""


@dataclass(frozen=True)
class Refusal:
    """What no session of the application may do to a table."""

    table: str
    verbs: tuple[str, ...]


def refusals() -> list[Refusal]:
    """Read from the triggers of the database that Django is connected to."""
    with connection.cursor() as cursor:
        cursor.execute(REFUSALS, [])
        return [
            Refusal(table, tuple(verb for verb, refused in (("DELETE", deleting), ("UPDATE", updating)) if refused))
            for table, deleting, updating in cursor.fetchall()
        ]


def statements(role: str, refused: Iterable[Refusal]) -> list[str]:
    """All rights of the application's role, from nothing. Safe to run again, which each migration asks for."""
    name = connection.ops.quote_name(role)
    return [
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
        *(f"REVOKE {', '.join(each.verbs)} ON {each.table} FROM {name}" for each in refused),
        f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {name}",
    ]

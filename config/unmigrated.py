"""A command on a database that is not migrated ends with a sentence, and not with what PostgreSQL misses."""

from django.core.management import execute_from_command_line
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from psycopg.errors import UndefinedColumn, UndefinedTable


def execute(argv: list[str]) -> None:
    """Run a command of ``manage.py``. Raises SystemExit with the sentence."""
    try:
        execute_from_command_line(argv)
    except DatabaseError as error:
        if isinstance(error.__cause__, UndefinedTable | UndefinedColumn) and (count := waiting()):
            raise SystemExit(
                f"The database is not ready: migrations are waiting ({count}). "
                "Run `manage.py migrate` and `manage.py refresh_roles`, then this again."
            ) from error
        raise


def waiting() -> int:
    """How many migrations have not been applied."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))

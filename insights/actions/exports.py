"""Files for analysis, and views in the database: without names, numbers and addresses."""

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg import adapters

from insights import parquet
from insights.actions.refusals import InsightRefused
from insights.analyst import SCHEMA, VIEWS, View
from insights.definitions import DEFINITIONS

NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
GROUP = 50_000  # rows of a Parquet file that are held and packed together
# By the types of PostgreSQL that the views have.
KINDS = {
    "bool": parquet.BOOL, "int2": parquet.INT, "int4": parquet.INT, "int8": parquet.LONG, "float8": parquet.FLOAT,
    "text": parquet.STRING, "varchar": parquet.STRING, "date": parquet.DAY, "timestamptz": parquet.INSTANT,
}  # fmt: skip

# Roles that may look into a schema, other than its owner.
READERS = """
SELECT DISTINCT r.rolname FROM pg_namespace n CROSS JOIN aclexplode(n.nspacl) a JOIN pg_roles r ON r.oid = a.grantee
WHERE n.nspname = %s AND a.privilege_type = 'USAGE' AND a.grantee <> n.nspowner
"""


def export(
    folder: Path, *, names: Iterable[str] = (), form: str = "csv", at: datetime | None = None
) -> dict[str, Any]:
    """Write each view into a folder, with a manifest that says what is in it. Returns the manifest.

    The form is ``csv``, gzipped, or ``parquet``. All files tell of one moment, unless the caller is in a transaction
    already. Raises InsightRefused (``unknown_view``, ``unknown_form``).
    """
    if form not in FORMS:
        raise InsightRefused(_("There is no form %(name)s."), "unknown_form", params={"name": form})
    wanted, of_their_own = _wanted(names), not connection.in_atomic_block
    folder.mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        if of_their_own:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        files = [_write(folder, view, form) for view in wanted]
    manifest = {
        "business": settings.BUSINESS_NAME, "zone": settings.BUSINESS_ZONE, "currency": settings.BUSINESS_CURRENCY,
        "written_at": (at or timezone.now()).isoformat(), "files": files,
        "definitions": {
            key: {"title": str(one.title), "version": one.version, "unit": str(one.unit)}
            for key, one in DEFINITIONS.items()
        },
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return manifest


def _wanted(names: Iterable[str]) -> list[View]:
    names = list(names)
    known = {view.name: view for view in VIEWS}
    if unknown := [name for name in names if name not in known]:
        raise InsightRefused(_("There is no view %(name)s."), "unknown_view", params={"name": unknown[0]})
    return [known[name] for name in names] if names else list(VIEWS)


def _write(folder: Path, view: View, form: str) -> dict[str, Any]:
    ending, write = FORMS[form]
    path = folder / f"{view.name}.{ending}"
    rows = write(path, f"{view.sql} ORDER BY 1")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "file": path.name, "rows": rows, "bytes": path.stat().st_size, "sha256": digest, "meaning": view.meaning,
        "columns": view.columns,
    }  # fmt: skip


def _write_csv(path: Path, sql: str) -> int:
    with gzip.open(path, "wb", compresslevel=6) as file, connection.cursor() as cursor:
        with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv, HEADER)") as copied:
            for data in copied:
                file.write(data)
        return int(cursor.rowcount)


def _write_parquet(path: Path, sql: str) -> int:
    with path.open("wb") as file, connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        writer = parquet.Writer(file, [parquet.Column(one.name, _kind(one)) for one in cursor.description])
        while found := cursor.fetchmany(GROUP):
            writer.write(found)
        writer.close()
    return writer.rows


def _kind(column: Any) -> parquet.Kind:
    """A numeric column has its digits after the point named in the schema; any other type is one of KINDS."""
    name = adapters.types[column.type_code].name
    return parquet.exact(column.scale) if name == "numeric" else KINDS[name]


Write = Callable[[Path, str], int]
FORMS: dict[str, tuple[str, Write]] = {"csv": ("csv.gz", _write_csv), "parquet": ("parquet", _write_parquet)}


@transaction.atomic
def open_views(role: str) -> int:
    """Make the views anew, and let a role of the database read them and nothing else. Returns how many there are.

    Other roles that could read them still can: the schema is made anew, and with it who may look into it.
    Raises InsightRefused (``role_name``) for a name that is none, or of a role that does not exist.
    """
    if not NAME.fullmatch(role):
        raise InsightRefused(_("A role is written in small letters, digits and underscores."), "role_name", "role")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            raise InsightRefused(_("There is no role %(role)s in the database."), "role_name", "role", {"role": role})
        cursor.execute(READERS, [SCHEMA])
        readers = {role, *(name for (name,) in cursor.fetchall())}
        _close(cursor)
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        for view in VIEWS:
            cursor.execute(f"CREATE VIEW {SCHEMA}.{view.name} AS {view.sql}")
            cursor.execute(f"COMMENT ON VIEW {SCHEMA}.{view.name} IS %s", [view.meaning])
        for name in map(connection.ops.quote_name, sorted(readers)):
            cursor.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {name}")
            cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {name}")
    return len(VIEWS)


@transaction.atomic
def close_views() -> None:
    """Take the views away: before an upgrade, which could not change columns that they show."""
    with connection.cursor() as cursor:
        _close(cursor)


def _close(cursor: Any) -> None:
    cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")

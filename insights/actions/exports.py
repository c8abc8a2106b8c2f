"""Files for analysis, and views in the database: without names, numbers and addresses."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from insights.actions.refusals import InsightRefused
from insights.analyst import SCHEMA, VIEWS, View
from insights.definitions import DEFINITIONS

NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def export(folder: Path, *, names: Iterable[str] = (), at: datetime | None = None) -> dict[str, Any]:
    """Write each view as gzipped CSV into a folder, with a manifest that says what is in it. Returns the manifest.

    All files tell of one moment, unless the caller is in a transaction already. Raises InsightRefused
    (``unknown_view``).
    """
    wanted, of_their_own = _wanted(names), not connection.in_atomic_block
    folder.mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        if of_their_own:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        files = [_write(folder, view) for view in wanted]
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


def _write(folder: Path, view: View) -> dict[str, Any]:
    path = folder / f"{view.name}.csv.gz"
    statement = f"COPY ({view.sql} ORDER BY 1) TO STDOUT (FORMAT csv, HEADER)"
    with gzip.open(path, "wb", compresslevel=6) as file, connection.cursor() as cursor:
        with cursor.copy(statement) as copied:
            for data in copied:
                file.write(data)
        rows = cursor.rowcount
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {
        "file": path.name, "rows": rows, "bytes": path.stat().st_size, "sha256": digest, "meaning": view.meaning,
        "columns": view.columns,
    }  # fmt: skip


@transaction.atomic
def open_views(role: str) -> int:
    """Make the views anew, and let a role of the database read them and nothing else. Returns how many there are.

    Raises InsightRefused (``role_name``) for a name that is none, or of a role that does not exist.
    """
    if not NAME.fullmatch(role):
        raise InsightRefused(_("A role is written in small letters, digits and underscores."), "role_name", "role")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            raise InsightRefused(_("There is no role %(role)s in the database."), "role_name", "role", {"role": role})
        _close(cursor)
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        for view in VIEWS:
            cursor.execute(f"CREATE VIEW {SCHEMA}.{view.name} AS {view.sql}")
            cursor.execute(f"COMMENT ON VIEW {SCHEMA}.{view.name} IS %s", [view.meaning])
        cursor.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {role}")
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {role}")
    return len(VIEWS)


@transaction.atomic
def close_views() -> None:
    """Take the views away: before an upgrade, which could not change columns that they show."""
    with connection.cursor() as cursor:
        _close(cursor)


def _close(cursor: Any) -> None:
    cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")

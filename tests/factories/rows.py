"""Rows written past all actions, to see what the database itself refuses."""

import json
from typing import Any

from django.db import connection, transaction
from django.db.models import Model


def copy_row(row: Model, **changes: Any) -> None:
    """Insert a copy of a row with other values in some columns, as somebody with a console would."""
    table, key = row._meta.db_table, row._meta.pk
    assert key is not None
    values = {"id": -row.pk} if key.attname == "id" else {}
    copied = f"SELECT (jsonb_populate_record(one, %s::jsonb)).* FROM {table} one WHERE {key.column} = %s"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} {copied}", [json.dumps(values | changes, default=str), row.pk])

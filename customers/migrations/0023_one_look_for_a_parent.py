"""A purchase no longer locks the row of its source, which all purchases of a shop lock at the same time; and the parents of
a statement's rows are looked up without sorting them first, for most statements have one row. Only lines are sorted: a
file brings twenty of each purchase.

Whoever deletes a source waits for the purchases that are being recorded, and keeps others out until it is gone.
"""

from django.db import migrations

from customers.migrations import _guards

# Child, its column, the parent, and from what its rows are taken.
KEYS = (
    ("line", "purchase", "purchase", "(SELECT DISTINCT purchase_id FROM fresh) AS fresh"),
    ("purchase", "customer", "customer", "fresh"),
    ("purchase", "source", "source", "fresh"),
    ("profile", "customer", "customer", "fresh"),
)
# Each parent is looked up by its key: a session keeps the plan of its first row, and while the table was small, that was
# to read all of it.
LOOK = """
CREATE OR REPLACE FUNCTION customers_{child}_has_its_{name}() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off AS $$
DECLARE
    wanted bigint;
BEGIN
    SELECT fresh.{name}_id INTO wanted FROM {rows}
    WHERE (SELECT parent.id FROM customers_{parent} parent WHERE parent.id = fresh.{name}_id) IS NULL LIMIT 1;
    IF FOUND THEN
        {refuse}
    END IF;
    RETURN NULL;
END $$;
"""
LEAVE = """
CREATE OR REPLACE FUNCTION customers_source_leaves_no_purchase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE customers_purchase IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM customers_purchase WHERE source_id = OLD.id) THEN
        RAISE EXCEPTION '% on % refused: a purchase names source %', TG_OP, TG_TABLE_NAME, OLD.id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'purchase_has_its_source';
    END IF;
    RETURN OLD;
END $$;
"""


def look(child: str, name: str, parent: str, rows: str) -> str:
    names = {"child": child, "name": name, "parent": parent, "rows": rows}
    return LOOK.format(**names, refuse=_guards.REFUSE.format(**names))


class Migration(migrations.Migration):
    dependencies = [("customers", "0022_no_entries_for_nothing")]

    operations = [migrations.RunSQL("".join(look(*key) for key in KEYS) + LEAVE, migrations.RunSQL.noop)]

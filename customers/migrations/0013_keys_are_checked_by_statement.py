"""Rows that come by the thousand have their keys checked once per statement instead of once per row.

A foreign key of PostgreSQL costs more than the row that it checks. Here one look at the statement's rows finds the
parents that are meant, locks them as a foreign key would, and refuses the statement where one is missing. Purchases
and customers are never deleted; a source or an import may be, and then only when nothing names it any more.
"""

import django.db.models.deletion
from django.db import migrations, models

# Child, its column, the parent, and whether the parent can go at all.
KEYS = (
    ("line", "purchase", "purchase", False),
    ("purchase", "customer", "customer", False),
    ("purchase", "source", "source", True),
    ("profile", "customer", "customer", False),
    ("badrow", "run", "importrun", True),
    ("waitingrow", "run", "importrun", True),
)

REFUSE = """
            RAISE EXCEPTION '% on % refused: there is no {parent} %', TG_OP, TG_TABLE_NAME, wanted
                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = '{child}_has_its_{name}';
"""

# Each parent is looked up by its key, whatever the planner believes about tables that nobody has counted yet.
WHERE_IT_STAYS = (
    """
    SELECT meant.id INTO wanted FROM (SELECT DISTINCT {name}_id AS id FROM fresh) meant
    WHERE (SELECT parent.id FROM customers_{parent} parent WHERE parent.id = meant.id) IS NULL LIMIT 1;
    IF FOUND THEN"""
    + REFUSE
    + """
    END IF;
"""
)
# Locked, as a foreign key would: it cannot go until the transaction has ended, and then it finds that it is named.
WHERE_IT_CAN_GO = (
    """
    FOR wanted IN SELECT DISTINCT {name}_id FROM fresh ORDER BY 1 LOOP
        PERFORM FROM customers_{parent} WHERE id = wanted FOR KEY SHARE;
        IF NOT FOUND THEN"""
    + REFUSE
    + """
        END IF;
    END LOOP;
"""
)
CHECK = """
CREATE FUNCTION customers_{child}_has_its_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
BEGIN
    {look}
    RETURN NULL;
END $$;
CREATE TRIGGER {child}_has_its_{name} AFTER INSERT ON customers_{child} REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION customers_{child}_has_its_{name}();

CREATE FUNCTION customers_{child}_finds_its_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint := NEW.{name}_id;
BEGIN
    PERFORM FROM customers_{parent} WHERE id = wanted FOR KEY SHARE;
    IF NOT FOUND THEN
        {refuse}
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER {child}_finds_its_{name} AFTER UPDATE OF {name}_id ON customers_{child} FOR EACH ROW
    WHEN (OLD.{name}_id IS DISTINCT FROM NEW.{name}_id) EXECUTE FUNCTION customers_{child}_finds_its_{name}();
"""
UNCHECK = """
DROP TRIGGER {child}_finds_its_{name} ON customers_{child};
DROP TRIGGER {child}_has_its_{name} ON customers_{child};
DROP FUNCTION customers_{child}_finds_its_{name};
DROP FUNCTION customers_{child}_has_its_{name};
"""

GUARD = """
CREATE FUNCTION customers_{parent}_leaves_no_{child}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM customers_{child} WHERE {name}_id = OLD.id) THEN
        RAISE EXCEPTION '% on % refused: a {child} names {parent} %', TG_OP, TG_TABLE_NAME, OLD.id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = '{child}_has_its_{name}';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER {parent}_leaves_no_{child} BEFORE DELETE ON customers_{parent} FOR EACH ROW
    EXECUTE FUNCTION customers_{parent}_leaves_no_{child}();
"""
UNGUARD = """
DROP TRIGGER {parent}_leaves_no_{child} ON customers_{parent};
DROP FUNCTION customers_{parent}_leaves_no_{child};
"""

PURCHASES_STAY = """
CREATE TRIGGER never_deleted BEFORE DELETE ON customers_purchase
    FOR EACH STATEMENT EXECUTE FUNCTION customers_refuse('purchases are cancelled, never deleted');
"""
PURCHASES_MAY_GO = "DROP TRIGGER never_deleted ON customers_purchase;"


def forwards() -> str:
    texts = []
    for child, name, parent, can_go in KEYS:
        names = {"child": child, "name": name, "parent": parent}
        look = (WHERE_IT_CAN_GO if can_go else WHERE_IT_STAYS).format(**names)
        texts.append(CHECK.format(**names, look=look, refuse=REFUSE.format(**names)))
        texts.append(GUARD.format(**names) if can_go else "")
    return "".join(texts)


def backwards() -> str:
    texts = []
    for child, name, parent, can_go in KEYS:
        names = {"child": child, "name": name, "parent": parent}
        texts += [UNCHECK.format(**names), UNGUARD.format(**names) if can_go else ""]
    return "".join(texts)


class Migration(migrations.Migration):
    dependencies = [("customers", "0012_segments")]
    operations = [
        migrations.AlterField(
            "line",
            "purchase",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="customers.purchase",
            ),
        ),
        migrations.AlterField(
            "purchase",
            "source",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="purchases",
                to="customers.source",
            ),
        ),
        migrations.AlterField(
            "purchase",
            "customer",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="purchases",
                to="customers.customer",
            ),
        ),
        migrations.AlterField(
            "profile",
            "customer",
            models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                primary_key=True,
                related_name="profile",
                serialize=False,
                to="customers.customer",
            ),
        ),
        migrations.AlterField(
            "badrow",
            "run",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="bad_rows",
                to="customers.importrun",
            ),
        ),
        migrations.AlterField(
            "waitingrow",
            "run",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="waiting_rows",
                to="customers.importrun",
            ),
        ),
        migrations.RunSQL(forwards(), backwards()),
        migrations.RunSQL(PURCHASES_STAY, PURCHASES_MAY_GO),
    ]

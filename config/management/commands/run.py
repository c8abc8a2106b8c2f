"""``make run``: everything that Mainstay needs, in one terminal, until Ctrl-C."""

from __future__ import annotations

import errno
import fcntl
import io
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config import embedded
from config.processes import Process, Processes
from people.actions import demo
from people.models import User

HOST = "127.0.0.1"
PATIENCE = 90  # seconds until the page has to answer
BEAT_OF_THE_WATCH = 0.25


class Command(BaseCommand):
    help = "Start the web server, the Celery worker and beat, and wait until the page answers. Ctrl-C ends all of it."
    requires_system_checks = []  # the processes that it starts do their own

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--reload", action="store_true", help="Django's development server, which follows changes."
        )

    def handle(self, *, port: int, reload: bool, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError(
                "`run` is for one's own machine. docs/operations.md tells how to run Mainstay elsewhere."
            )
        started = time.monotonic()
        url = f"http://{HOST}:{port}"
        with only_one(Path(settings.BASE_DIR) / "var" / "run.lock", url):
            check_port(port)
            with interruptible():
                try:
                    self.prepare()
                    self.serve(url, port, reload, started)
                except KeyboardInterrupt:
                    self.say("Stopped. Your data is kept; `make run` goes on where you left.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def prepare(self) -> None:
        """Bring the database up to date, and fill it on the first start."""
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            self.say(f"Preparing the database: {len(waiting)} migrations.")
            call_command("migrate", verbosity=0, interactive=False)
        call_command("refresh_roles", stdout=io.StringIO())
        if not User.objects.exists():
            demo.create_demo_staff()
        if "demo" in get_commands() and self.is_first_start():
            self.say("First start: filling a small shop with two years of history.")
            unfinished().touch()
            call_command("demo")
            unfinished().unlink()

    def is_first_start(self) -> bool:
        """Whether nobody works here yet, or an earlier first start was interrupted."""
        return unfinished().exists() or not apps.get_model("customers", "Customer").objects.exists()

    def serve(self, url: str, port: int, reload: bool, started: float) -> None:
        os.environ.setdefault("PUBLIC_URL", url)  # links in messages lead here
        processes = Processes({"DEBUG": "1"} if reload else {})
        try:
            start_all(processes, port, reload)
            self.say("Waiting for the page to answer.")
            wait_until_ready(url, processes)
            self.welcome(url, time.monotonic() - started)
            self.watch(processes)
        finally:
            processes.silent = True
            ending = time.monotonic()
            processes.stop()
            self.say(f"\nWeb, worker and beat ended in {time.monotonic() - ending:.1f} s.")

    def welcome(self, url: str, seconds: float) -> None:
        lines = ["", f"Mainstay is ready after {seconds:.0f} s:  {url}/admin/", ""]
        people = demo_people()
        if people:
            width = max(len(username) for username, _, _ in people)
            lines.append("Sign in as one of the demo people (passwords unless changed since):")
            lines += [f"  {username:<{width}}  {password}  {role}" for username, password, role in people]
            lines.append("")
        lines.append("Ctrl-C ends everything. The data stays under var/; `make clean` removes it.")
        self.say("\n".join([*lines, ""]))

    def watch(self, processes: Processes) -> None:
        """Stay until somebody presses Ctrl-C or a process ends; start again a database that was killed."""
        services = embedded.Services(postgres=embedded.wanted(), valkey=embedded.broker_wanted())
        while not (ended := processes.ended()):
            time.sleep(BEAT_OF_THE_WATCH)
            if services.revive():
                self.say("A database server had ended and was started again.")
        raise CommandError(obituary(ended))


def unfinished() -> Path:
    """Exists while the first start fills the shop."""
    return Path(settings.BASE_DIR) / "var" / "first-start-unfinished"


def demo_people() -> list[tuple[str, str, str]]:
    """User name, password and role of the demo people who are still here."""
    active = set(User.objects.filter(is_active=True).values_list("username", flat=True))
    return [
        (username, demo.PASSWORD, str(role or "no role: sees nothing"))
        for username, _, _, role in demo.STAFF
        if username in active
    ]


def start_all(processes: Processes, port: int, reload: bool) -> None:
    """The web server is gunicorn as in production, so that what one tries is what one gets.

    Django's development server follows changes and shows errors in the page, but is slower: on request.
    """
    if reload:
        processes.start("web", "manage", "runserver", f"{HOST}:{port}")
    else:
        processes.start("web", "gunicorn", "-c", "config/gunicorn.py", "-b", f"{HOST}:{port}", "config.wsgi")
    celery = ["-A", "config", "-q"]
    calm = ["--loglevel", "WARNING"]
    lean = ["--without-gossip", "--without-mingle", "--concurrency", "2"]
    processes.start("worker", "celery", *celery, "worker", *calm, *lean)
    memory = str(Path(settings.BASE_DIR) / "var" / "beat")
    processes.start("beat", "celery", *celery, "beat", *calm, "--schedule", memory, "--pidfile", "")


def wait_until_ready(url: str, processes: Processes) -> None:
    end = time.monotonic() + PATIENCE
    while not answers(f"{url}/health/ready") or not answers(f"{url}/admin/login/"):
        if ended := processes.ended():
            raise CommandError(obituary(ended))
        if time.monotonic() > end:
            raise CommandError(f"{url} did not answer within {PATIENCE} s; the lines above may say why.")
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310  (the address is our own)
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def obituary(process: Process) -> str:
    time.sleep(0.2)  # let its last words arrive
    words = "\n  ".join(process.last_lines)
    return f"The {process.name} process ended with exit code {process.popen.returncode}. It said last:\n  {words}"


def check_port(port: int) -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except PermissionError as error:
            raise CommandError(f"Port {port} is reserved for root. Choose another: make run PORT=8001") from error
        except OverflowError as error:
            raise CommandError(f"There is no port {port}. Choose one from 1024 to 65535.") from error
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise CommandError(
                f"Port {port} is taken by another program. Choose another: make run PORT={free_port()}"
            ) from error


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


@contextmanager
def only_one(path: Path, url: str) -> Iterator[None]:
    """Two at once would deliver everything twice as often and confuse whoever watches."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise CommandError(
                f"Mainstay runs here already, at {file.read().strip() or 'another terminal'}. "
                f"Use that one, or press Ctrl-C in its terminal first."
            ) from error
        file.truncate(0)
        file.write(f"{url}/admin/ (process {os.getpid()})\n")
        file.flush()
        yield


@contextmanager
def interruptible() -> Iterator[None]:
    """Being told to end, and losing the terminal, count as Ctrl-C. A second one while ending changes nothing."""

    def interrupt(number: int, frame: object) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        if sys.stdout.isatty():
            print("\nEnding …", flush=True)
        raise KeyboardInterrupt

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""The processes of one ``make run``: started together, watched, and ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO

from config.embedded.places import CHECKOUT

PATIENCE = 4.0  # seconds that a process gets to end in order; what it leaves undone is taken up again next time
COLOURS = {"web": 36, "worker": 33, "beat": 35}


@dataclass
class Process:
    name: str
    popen: subprocess.Popen[str]
    reader: threading.Thread | None = None
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=15))


class Processes:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = {**os.environ, "PYTHONUNBUFFERED": "1", **environment}
        self.all: list[Process] = []
        self.silent = False

    def start(self, name: str, module: str, *arguments: str) -> None:
        """Start a Python module as a process group of its own, so that Ctrl-C reaches only us."""
        child = [sys.executable, str(CHECKOUT / "config" / "child.py"), str(os.getpid())]
        # Celery warns of root. On one's own machine that is a matter of course, so the warning is not passed on.
        python = [sys.executable, "-W", "ignore::UserWarning:celery.platforms", "-m", module]
        popen = subprocess.Popen(
            [*child, *python, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=self.environment,
            cwd=CHECKOUT,
            start_new_session=True,
        )
        process = Process(name, popen)
        self.all.append(process)
        process.reader = threading.Thread(target=self._pass_on, args=(process, popen.stdout), daemon=True)
        process.reader.start()

    def ended(self) -> Process | None:
        """The first process that is not running any more."""
        return next((process for process in self.all if process.popen.poll() is not None), None)

    def stop(self) -> None:
        for process in self.all:
            _signal(process, signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        for process in self.all:
            try:
                process.popen.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.popen.wait()
        for process in self.all:  # what a process left behind in its group, such as a worker's pool
            _signal(process, signal.SIGKILL, group=True)
            if process.reader:
                process.reader.join(1)

    def _pass_on(self, process: Process, output: IO[str] | None) -> None:
        if output is None:
            return
        with output:
            for line in output:
                process.last_lines.append(line.rstrip())
                if not self.silent:
                    print(f"{_label(process.name)} {line.rstrip()}", flush=True)


def _label(name: str) -> str:
    if not sys.stdout.isatty():
        return f"{name:>6} |"
    return f"\033[{COLOURS.get(name, 0)}m{name:>6} |\033[0m"


def _signal(process: Process, number: signal.Signals, *, group: bool = False) -> None:
    try:
        if group:
            os.killpg(process.popen.pid, number)
        elif process.popen.poll() is None:
            process.popen.send_signal(number)
    except ProcessLookupError:
        pass

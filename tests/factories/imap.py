"""A real IMAP server on loopback: Debian's dovecot, one password for everybody, mail in a folder of its own."""

import imaplib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.factories.certificates import Certificates

PASSWORD = "secret"
NOBODY = 65534
CONFIGURATION = """
base_dir = {root}/run
state_dir = {root}/run
log_path = {root}/log
protocols = imap
listen = 127.0.0.1
ssl = {ssl}
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:{root}/mail/%u
first_valid_uid = 1
default_internal_user = {internal}
default_login_user = {login}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%u
}}
"""


@dataclass
class ImapServer:
    port: int
    tls_port: int = 0

    @property
    def account(self) -> dict[str, Any]:
        """What a mailbox says of it, besides the user."""
        return {"host": "127.0.0.1", "port": self.port, "security": "none", "password": PASSWORD}

    @contextmanager
    def signed_in(self, user: str = "support") -> Iterator[imaplib.IMAP4]:
        connection = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        connection.login(user, PASSWORD)
        try:
            yield connection
        finally:
            connection.logout()

    def deliver(self, raw: bytes, *, to: str = "support") -> None:
        """As a mail server does that has accepted a message."""
        with self.signed_in(to) as connection:
            said, answer = connection.append("INBOX", "", "", raw)
            assert said == "OK", answer

    def flags(self, folder: str = "INBOX", user: str = "support") -> list[str]:
        """Of each message in a folder."""
        with self.signed_in(user) as connection:
            said, _answer = connection.select(folder, readonly=True)
            if said != "OK":
                return []
            _said, found = connection.search(None, "ALL")
            rows = [connection.fetch(number, "(FLAGS)")[1][0] for number in found[0].split()]
            return [str(row, "ascii") if isinstance(row, bytes) else "" for row in rows]


@contextmanager
def imap_server(shown: Certificates | None = None) -> Iterator[ImapServer]:
    """With a certificate it offers TLS, and has a port for nothing else.

    Skips the test where there is no dovecot; with REQUIRE_IMAP=1 it fails instead.
    """
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        reason = "no IMAP server on this machine (install the package dovecot-imapd)"
        if os.environ.get("REQUIRE_IMAP"):
            pytest.fail(f"REQUIRE_IMAP is set, but there is {reason}")
        pytest.skip(reason)
    root = Path(tempfile.mkdtemp(prefix="ms-imap-"))
    root.chmod(0o755)
    try:
        port, tls_port = _free_port(), _free_port() if shown else 0
        _configure(root, port, tls_port, shown)
        server = subprocess.Popen([program, "-F", "-c", str(root / "dovecot.conf")], stderr=subprocess.DEVNULL)
        try:
            _wait(port, root)
            yield ImapServer(port, tls_port)
        finally:
            server.terminate()
            server.wait(10)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _configure(root: Path, port: int, tls_port: int, shown: Certificates | None) -> None:
    (root / "run").mkdir()
    (root / "mail").mkdir()
    as_root = os.getuid() == 0
    uid, gid = (NOBODY, NOBODY) if as_root else (os.getuid(), os.getgid())
    if as_root:
        os.chown(root / "mail", uid, gid)
    me = "" if as_root else subprocess.check_output(["id", "-un"], text=True).strip()
    tls = f"required\nssl_cert = <{shown.shown}\nssl_key = <{shown.key}" if shown else "no"
    text = CONFIGURATION.format(
        ssl=tls,
        tls_port=tls_port,
        root=root,
        port=port,
        password=PASSWORD,
        uid=uid,
        gid=gid,
        internal=me or "dovecot",
        login=me or "dovenull",
    )
    (root / "dovecot.conf").write_text(text)


def _wait(port: int, root: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as greeting:
                if greeting.recv(4) == b"* OK":
                    return
        except OSError:
            time.sleep(0.05)
    log = (root / "log").read_text() if (root / "log").exists() else ""
    pytest.fail(f"dovecot does not answer: {log[-500:]}")

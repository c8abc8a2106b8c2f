"""Letters and the password for them go to the server that was named, and to nobody who only says so."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from communications.channels import Result, Unreachable
from communications.channels.email import Server
from tests.factories.certificates import Certificates, certificates

LETTER = b"Subject: S\r\n\r\nText\r\n"


class Heard:
    """What came to the server: passwords, and letters each with whether they were encrypted on the way."""

    def __init__(self) -> None:
        self.passwords: list[bytes] = []
        self.letters: list[bool] = []

    def __call__(self, server: Any, session: Any, envelope: Any, mechanism: str, said: Any) -> AuthResult:
        self.passwords.append(said.password)
        return AuthResult(success=True)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append(server.transport.get_extra_info("sslcontext") is not None)
        return "250 OK"


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("certificates"))


@contextmanager
def listening(files: Certificates, tls: str) -> Iterator[tuple[Heard, int]]:
    heard, context = Heard(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.shown, files.key)

    class Ours(Controller):
        def factory(self) -> SMTP:
            known = {"authenticator": heard, "auth_require_tls": False, "hostname": "localhost"}
            return SMTP(heard, tls_context=context if tls == "starttls" else None, **known)

        def _trigger_server(self) -> None:
            """Connect, to see that it is there; the other one would begin with TLS, and believes nobody either."""
            socket.create_connection((self.hostname, self.port), timeout=5).close()

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Ours(heard, hostname="127.0.0.1", port=port, ssl_context=context if tls == "always" else None)
    server.start()
    try:
        yield heard, port
    finally:
        server.stop()


def hand_over(host: str, port: int, tls: str) -> Result:
    server = Server(host, port, user="shop", password="secret", tls=tls, timeout=5)
    try:
        return server.hand_over("a@shop.example", "b@c.example", LETTER, name="<1@b>").result
    finally:
        server.close()


@pytest.mark.parametrize("tls", ["starttls", "always"])
def test_a_letter_is_handed_to_a_server_that_proves_its_name_and_to_no_other(files, monkeypatch, tls):
    with listening(files, tls) as (heard, port):
        with pytest.raises(Unreachable, match="certificate verify failed: unable to get local issuer"):
            hand_over("localhost", port, tls)  # whose authority nobody knows
        monkeypatch.setenv("SSL_CERT_FILE", str(files.authority))
        with pytest.raises(Unreachable, match="not valid for '127"):
            hand_over("127.0.0.1", port, tls)
        assert (heard.passwords, heard.letters) == ([], [])

        assert hand_over("localhost", port, tls) == Result.SENT
    assert (heard.passwords, heard.letters) == ([b"secret"], [True])


@pytest.mark.parametrize("tls", ["starttls", "always"])
def test_a_server_without_tls_hears_neither_password_nor_letter(files, tls):
    with listening(files, "") as (heard, port), pytest.raises(Unreachable):
        hand_over("127.0.0.1", port, tls)
    assert (heard.passwords, heard.letters) == ([], [])

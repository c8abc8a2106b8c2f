"""A real SMTP server on loopback, that takes what it is sent and misbehaves where it is told to."""

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

HANG_UP_BEFORE, HANG_UP_AFTER = "hang up, not taken", "hang up, taken"


@dataclass
class MailServer:
    """``refusals`` says what to answer about an address; ``ends`` what to answer after the text of a mail to it."""

    refusals: dict[str, str] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    got: list[tuple[str, bytes]] = field(default_factory=list)
    pipelining: bool = False
    greetings: int = 0
    port: int = 0

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

    @property
    def mails(self) -> list[EmailMessage]:
        return [email.message_from_bytes(content, policy=default) for _to, content in self.got]

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]) -> Any:
        self.greetings += 1
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]] if self.pipelining else responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        [to] = envelope.rcpt_tos
        end = self.ends.get(to, "250 OK")
        if end in ("250 OK", HANG_UP_AFTER):
            self.got.append((to, envelope.content))
        if end in (HANG_UP_BEFORE, HANG_UP_AFTER):
            server.transport.abort()
        return end


@contextmanager
def mail_server(settings: Any, **manners: Any) -> Iterator[MailServer]:
    """The outbox sends to it meanwhile."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = MailServer(port=port, **manners)
    controller = Quick(server, hostname="127.0.0.1", port=port, ready_timeout=20)
    controller.start()
    settings.OUTBOX, settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp", "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    try:
        yield server
    finally:
        controller.stop()


class Quick(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="localhost", enable_SMTPUTF8=False)

"""SMTP: one connection, kept open for letter after letter, and an honest account of each.

What decides whether a letter may be tried again is the moment of a failure. Before the last byte was written nothing
was taken. Afterwards, without an answer, nobody knows.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from typing import Self

from django.conf import settings

from communications.channels.outcomes import Outcome, Result, Unreachable

CLOSING = 421
HARD = re.compile(r"\b5\.(1\.[0-36]|1\.10|2\.1)\b")
ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


class Server:
    def __init__(
        self, host: str, port: int, *, user: str = "", password: str = "", tls: str = "", timeout: float = 10
    ) -> None:
        """``tls`` is "" (none), "starttls" or "always"; ``timeout`` in seconds holds for each answer."""
        self.host, self.port, self.user, self.password = host, port, user, password
        self.tls, self.timeout = tls, timeout
        self.smtp: smtplib.SMTP | None = None

    @classmethod
    def of_settings(cls) -> Self:
        tls = "always" if getattr(settings, "EMAIL_USE_SSL", False) else ""
        return cls(
            settings.EMAIL_HOST,
            settings.EMAIL_PORT or 25,
            user=settings.EMAIL_HOST_USER or "",
            password=settings.EMAIL_HOST_PASSWORD or "",
            tls="starttls" if getattr(settings, "EMAIL_USE_TLS", False) else tls,
            timeout=settings.EMAIL_TIMEOUT or 10,
        )

    def open(self) -> None:
        if self.smtp is None:
            try:
                self.smtp = self._connected()
            except (OSError, smtplib.SMTPException) as flaw:  # a wrong certificate and a wrong password as well
                raise Unreachable(_said(flaw)) from flaw

    def hand_over(self, sender: str, to: str, letter: bytes, *, name: str) -> Outcome:
        """A connection that the server has closed meanwhile is opened anew, once: nothing was taken on it."""
        fresh = self.smtp is None
        self.open()
        try:
            refused = self._announce(sender, to)
        except (OSError, smtplib.SMTPException) as flaw:
            self.close()
            if fresh:
                return Outcome(Result.LATER, _said(flaw))
            return self.hand_over(sender, to, letter, name=name)
        return refused or self._deliver(letter)

    def close(self) -> None:
        smtp, self.smtp = self.smtp, None
        if smtp is not None:
            try:
                smtp.quit()
            except (OSError, smtplib.SMTPException):
                smtp.close()

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context() if self.tls else None
        smtp: smtplib.SMTP
        if self.tls == "always":
            smtp = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
        else:
            smtp = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            smtp.ehlo_or_helo_if_needed()
            if self.tls == "starttls":
                smtp.starttls(context=context)
                smtp.ehlo_or_helo_if_needed()
            if self.user:
                smtp.login(self.user, self.password)
        except (OSError, smtplib.SMTPException):
            smtp.close()
            raise
        return smtp

    def _announce(self, sender: str, to: str) -> Outcome | None:
        """Sender, receiver, and that the text follows. None where the server wants it; else what it said."""
        assert self.smtp is not None
        commands = (f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA")
        refused: Outcome | None = None
        last = 0
        for command, (code, answer) in zip(commands, self._answers(commands), strict=False):
            last = code
            if refused is None and code != 251 and code != (354 if command == "DATA" else 250):
                refused = _refusal(code, answer, at_receiver=command.startswith("RCPT"))
        if refused:
            if last == 354:  # it wants a text for nobody: an empty one
                last = self.smtp.docmd(".")[0]
            self._start_over(last)
        return refused

    def _answers(self, commands: Sequence[str]) -> Iterator[tuple[int, bytes]]:
        """In one go where the server allows it (RFC 2920), which saves two ways there and back for each letter."""
        assert self.smtp is not None
        if self.smtp.has_extn("pipelining"):
            self.smtp.send("".join(f"{command}\r\n" for command in commands))
            yield from (self.smtp.getreply() for _ in commands)
            return
        for command in commands:
            code, answer = self.smtp.docmd(command)
            yield code, answer
            if code >= 400:
                return

    def _deliver(self, letter: bytes) -> Outcome:
        assert self.smtp is not None
        try:
            self.smtp.send(_stuffed(letter))
        except (OSError, smtplib.SMTPException) as flaw:  # the end was not written: it was not taken
            self._drop()
            return Outcome(Result.LATER, _said(flaw))
        try:
            code, answer = self.smtp.getreply()
        except (OSError, smtplib.SMTPException) as flaw:
            self._drop()
            return Outcome(Result.UNKNOWN, _said(flaw))
        if code == 250:
            return Outcome(Result.SENT)
        self._start_over(code)
        return _refusal(code, answer)

    def _start_over(self, code: int) -> None:
        """Ready for the next letter; on a new connection where the server is about to close this one."""
        assert self.smtp is not None
        try:
            if code == CLOSING or self.smtp.rset()[0] != 250:
                self._drop()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        """Without a word: another command on this connection could be taken for text."""
        smtp, self.smtp = self.smtp, None
        if smtp is not None:
            smtp.close()


def _stuffed(letter: bytes) -> bytes:
    """As it goes over the wire: a dot alone ends it, so each one that begins a line is doubled."""
    if letter.startswith(b"."):
        letter = b"." + letter
    return letter.replace(b"\r\n.", b"\r\n..") + (b".\r\n" if letter.endswith(b"\r\n") else b"\r\n.\r\n")


def _refusal(code: int, answer: bytes, *, at_receiver: bool = False) -> Outcome:
    error = f"{code} {answer.decode(errors='replace')}".replace("\n", " ")
    if code < 500:
        return Outcome(Result.LATER, error)
    unknown = bool(HARD.search(error)) or (code in (550, 551, 553) and not ENHANCED.search(error))
    return Outcome(Result.REFUSED, error, no_such_address=at_receiver and unknown)


def _said(flaw: Exception) -> str:
    """Never with the password: smtplib's errors do not hold it."""
    if isinstance(flaw, smtplib.SMTPResponseException):
        text = flaw.smtp_error
        return f"{flaw.smtp_code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
    return str(flaw) or type(flaw).__name__

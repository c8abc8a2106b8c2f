"""Speak to an IMAP server: what is new in a folder, one message after the other. No database."""

import base64
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from feedback.mail.incoming import LARGEST

TIMEOUT = 20  # seconds, of connecting and of each answer
LOOPBACK = ("localhost", "127.0.0.1", "::1")
DATE = re.compile(rb'INTERNALDATE "([^"]+)"')


class ImapError(Exception):
    """What the server, or the way to it, has against it; the text is for people."""


class Refused(ImapError):
    """The server answers, and does not do it; the next thing it may do."""


@dataclass(frozen=True)
class Account:
    host: str
    port: int
    security: str  # tls, starttls or none
    username: str
    password: str
    folder: str = "INBOX"


@dataclass(frozen=True)
class Fetched:
    uid: int
    raw: bytes
    at: datetime | None  # when it came into the mailbox


class Folder:
    """An open folder. Everything raises ImapError where the server does not do it."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._connection = connection
        self._able: set[bytes] = set()
        self.validity, self.next_uid = 0, 1

    def open(self, name: str) -> None:
        """What a server can do it says anew after signing in."""
        for line in self._ask("CAPABILITY", *self._connection.capability()):
            if isinstance(line, bytes):
                self._able.update(line.upper().split())
        self._ask("SELECT", *self._connection.select(quoted(name)))
        self.validity = _number(self._connection.untagged_responses.get("UIDVALIDITY"))
        self.next_uid = _number(self._connection.untagged_responses.get("UIDNEXT"))

    def newer_than(self, uid: int) -> list[int]:
        """UIDs in the order in which the messages came. A server answers ``n:*`` with the last one at least."""
        answer = self._ask("SEARCH", *self._connection.uid("SEARCH", f"UID {uid + 1}:*"))
        found = b" ".join(line for line in answer if isinstance(line, bytes))
        return sorted(number for number in map(int, found.split()) if number > uid)

    def fetch(self, uid: int) -> Fetched | None:
        """One message, not marked as read by that; of a larger one than is taken its beginning. None: it is gone."""
        what = f"(INTERNALDATE BODY.PEEK[]<0.{LARGEST + 1}>)"
        answer = self._ask("FETCH", *self._connection.uid("FETCH", str(uid), what))
        for part in answer:
            if isinstance(part, tuple):
                heads = b" ".join(one if isinstance(one, bytes) else one[0] for one in answer)
                return Fetched(uid, part[1], _date(heads))
        return None

    def settle(self, uid: int, *, into: str) -> None:
        """Mark a message as read, and move it where it is to be kept."""
        self._ask("STORE", *self._connection.uid("STORE", str(uid), "+FLAGS", r"(\Seen)"))
        if not into:
            return
        if b"MOVE" in self._able:
            self._ask("MOVE", *self._connection.uid("MOVE", str(uid), quoted(into)))
            return
        self._ask("COPY", *self._connection.uid("COPY", str(uid), quoted(into)))
        self._ask("STORE", *self._connection.uid("STORE", str(uid), "+FLAGS", r"(\Deleted)"))
        if b"UIDPLUS" in self._able:
            self._ask("EXPUNGE", *self._connection.uid("EXPUNGE", str(uid)))

    def make(self, name: str) -> None:
        """A folder; that it is there already is no error."""
        with suppress(imaplib.IMAP4.error):
            self._connection.create(quoted(name))

    def _ask(self, what: str, said: str, answer: Sequence[object]) -> list[bytes | tuple[bytes, bytes]]:
        if said != "OK":
            words = b" ".join(part for part in answer if isinstance(part, bytes))
            raise Refused(f"{what}: {words.decode('utf-8', 'replace')[:200] or said}")
        return [part for part in answer if isinstance(part, bytes | tuple)]


@contextmanager
def opened(account: Account) -> Iterator[Folder]:
    """The folder of an account. Raises ImapError for whatever the network and the server do."""
    try:
        connection = _connected(account)
    except (OSError, imaplib.IMAP4.error, UnicodeError) as error:
        raise ImapError(_words(error)) from error
    try:
        folder = Folder(connection)
        connection.login(account.username, account.password)
        folder.open(account.folder)
        yield folder
    except (OSError, imaplib.IMAP4.error, UnicodeError, ValueError) as error:
        raise ImapError(_words(error)) from error
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            connection.logout()


def _connected(account: Account) -> imaplib.IMAP4:
    if account.security == "tls":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(account.host, account.port, ssl_context=context, timeout=TIMEOUT)
    if account.security == "none" and account.host not in LOOPBACK:
        raise ImapError("Without TLS only a server on this machine is read.")
    connection = imaplib.IMAP4(account.host, account.port, timeout=TIMEOUT)
    if account.security == "starttls":
        try:
            connection.starttls(ssl.create_default_context())
        except BaseException:
            with suppress(OSError):
                connection.shutdown()
            raise
    return connection


def quoted(name: str) -> str:
    """A folder's name as IMAP wants it: in quotes, other letters than ASCII in a UTF-7 of its own.

    >>> quoted('A "b" & c'), quoted("받은편지함")
    ('"A \\\\"b\\\\" &- c"', '"&vBvHQNO4ycDVaA-"')
    """
    parts = []
    for piece in re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", name):
        if piece.isascii() and piece.isprintable():
            parts.append(piece.replace("&", "&-"))
        else:
            coded = piece.encode("utf-16-be")
            parts.append("&" + _base64(coded).replace("/", ",") + "-")
    plain = "".join(parts).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _base64(coded: bytes) -> str:
    return base64.b64encode(coded).decode().rstrip("=")


def _number(said: object) -> int:
    try:
        return int(said[-1])  # type: ignore[index]
    except (TypeError, ValueError, IndexError):
        return 0


def _date(line: bytes) -> datetime | None:
    found = DATE.search(line)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return None


def _words(error: Exception) -> str:
    """What went wrong, in one line; the password is in none of these."""
    words = str(error.args[0] if error.args and isinstance(error.args[0], bytes | str) else error)
    if error.args and isinstance(error.args[0], bytes):
        words = error.args[0].decode("utf-8", "replace")
    return " ".join(f"{type(error).__name__}: {words}".split())[:250]

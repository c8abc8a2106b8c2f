"""Read an e-mail as it came over the wire. Pure; whatever the bytes are, nothing here raises.

What cannot be read is told in ``flaws``, as codes: ``charset`` (shown as far as possible), ``cut`` (the message was
longer than is taken), ``too_many_parts``, ``no_sender``, ``no_date``.
"""

import email
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser

from feedback.mail import automatic, headers, html, quotes
from feedback.mail.automatic import Bounce

LARGEST = 30 * 1024 * 1024  # bytes of one message
LONGEST_TEXT = 200_000  # characters
MOST_PARTS = 200
DEEPEST = 20
RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Forwarded-To")
NESTING = re.compile(rb"boundary\s*\*?(?:\d\*?)?=|content-type:\s*message/", re.IGNORECASE)
FAILED = re.compile(r"\bdmarc\s*=\s*fail\b|\b(?:spf|dkim)\s*=\s*(?:hard)?fail\b", re.IGNORECASE)
PASSED = re.compile(r"\bdmarc\s*=\s*pass\b", re.IGNORECASE)


@dataclass(frozen=True)
class File:
    """What came along. Its name and type are what the sender says; nobody has looked inside yet."""

    name: str
    kind: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True)
class Incoming:
    sender: str  # an address in lower case, blank where there is none
    sender_name: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str  # cleaned
    message_id: str  # with its brackets; made from the content where the message has none
    digest: str  # of sender, subject and text: two messages with one id and different digests are two
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    language: str
    files: tuple[File, ...]
    automatic: str  # why it is taken for automatic: a code of ``feedback.mail.automatic``
    unanswerable: bool
    lists: tuple[str, ...]  # the mailing lists that it came through
    bounce: Bounce | None
    flagged: bool  # taken for spam by the server that took it
    believed: bool  # False where the server that took it found that the sender's address is not theirs
    flaws: tuple[str, ...]

    @property
    def own_text(self) -> str:
        """Without what is quoted below it."""
        return quotes.split(self.text)[0]

    @property
    def ancestors(self) -> tuple[str, ...]:
        """The messages that it answers, the nearest first."""
        return tuple(dict.fromkeys((*self.in_reply_to, *reversed(self.references))))


def parse(raw: bytes) -> Incoming:
    flaws = ["cut"] if len(raw) > LARGEST else []
    message = _message(raw[:LARGEST], flaws)
    [(name, sender)] = headers.addresses(headers.texts(message, "From"))[:1] or [("", "")]
    if not sender:
        flaws.append("no_sender")
        [(name, sender)] = headers.addresses(headers.texts(message, "Sender"))[:1] or [("", "")]
    subject = headers.text(message, "Subject")[:500]
    text, cleaned, files = _content(message, flaws)
    digest = hashlib.sha256("\0".join((sender, subject, " ".join(text.split()))).encode()).hexdigest()
    date = headers.date(headers.text(message, "Date"))
    if date is None:
        flaws.append("no_date")
    kind = automatic.kind(message, sender, subject)
    return Incoming(
        sender=sender,
        sender_name=name,
        recipients=tuple(dict.fromkeys(one for head in RECIPIENTS for one in _addresses(message, head))),
        subject=subject,
        text=text,
        html=cleaned,
        message_id=_message_id(message, digest),
        digest=digest,
        in_reply_to=headers.ids(headers.text(message, "In-Reply-To")),
        references=headers.ids(headers.text(message, "References")),
        date=date,
        language=headers.text(message, "Content-Language").partition(",")[0].strip().lower()[:10],
        files=files,
        automatic=kind,
        unanswerable=automatic.unanswerable(message, sender),
        lists=tuple(filter(None, map(_list_id, headers.texts(message, "List-Id")))),
        bounce=automatic.bounce(message, text) if kind == automatic.BOUNCE else None,
        flagged=headers.text(message, "X-Spam-Flag").lower().startswith("yes"),
        believed=_believed(message),
        flaws=tuple(dict.fromkeys(flaws)),
    )


def _message(raw: bytes, flaws: list[str]) -> Message:
    """The message with its parts; with its headers alone where there are so many that taking it apart has no end."""
    if len(NESTING.findall(raw)) > MOST_PARTS:
        flaws.append("too_many_parts")
        return BytesHeaderParser(policy=policy.compat32).parsebytes(raw)
    return email.message_from_bytes(raw, policy=policy.compat32)


def _addresses(message: Message, head: str) -> list[str]:
    return [address for _name, address in headers.addresses(headers.texts(message, head))]


def _message_id(message: Message, digest: str) -> str:
    """The message's own, or one that the same message gets each time that it comes."""
    own = headers.ids(headers.text(message, "Message-ID"))
    if own and len(own[0]) <= 250:
        return own[0]
    when = headers.text(message, "Date")
    made = hashlib.sha256(f"{digest}\0{when}".encode()).hexdigest()[:40]
    return f"<{made}@no-message-id.invalid>"


def _list_id(line: str) -> str:
    return line.rpartition("<")[2].strip("> ").lower()[:200]


def _believed(message: Message) -> bool:
    """Only a *no* of the topmost results is listened to: a *yes* may have been written by the sender."""
    results = headers.texts(message, "Authentication-Results")[:1]
    return not results or not FAILED.search(results[0]) or bool(PASSED.search(results[0]))


def _content(message: Message, flaws: list[str]) -> tuple[str, str, tuple[File, ...]]:
    """What is to be read, as text and as HTML, and what came along."""
    texts: list[str] = []
    pages: list[str] = []
    files: list[File] = []
    for part in _leaves(message, flaws):
        kind, file = headers.tidy(part.get_content_type())[:100], _file_name(part)
        if kind in ("text/plain", "text/html") and not file and "attachment" not in _disposition(part):
            read, sure = headers.charset(_bytes(part), _charset(part))
            if not sure:
                flaws.append("charset")
            (texts if kind == "text/plain" else pages).append(read.replace("\0", ""))
        else:
            files.append(File(file or "", kind, _bytes(part), _content_id(part)))
    cleaned = "\n".join(html.clean(page) for page in pages)
    text = "\n".join(texts).replace("\r\n", "\n").replace("\r", "\n").strip()
    text = text or "\n\n".join(html.text_of(html.clean(page)) for page in pages)
    if len(text) > LONGEST_TEXT or any(len(page) > html.LONGEST for page in pages):
        flaws.append("cut")
    return _storable(text[:LONGEST_TEXT]), _storable(cleaned), tuple(files)


def _leaves(message: Message, flaws: list[str]) -> Iterator[Message]:
    """The parts that hold something. A message within a message is one file, whatever is in it."""
    waiting: list[tuple[Message, int]] = [(message, 0)]
    seen = 0
    while waiting:
        part, depth = waiting.pop(0)
        seen += 1
        if seen > MOST_PARTS or depth > DEEPEST:
            flaws.append("too_many_parts")
            return
        payload = headers.payload(part)
        if isinstance(payload, list) and part.get_content_maintype() == "multipart":
            inner = [(one, depth + 1) for one in payload if isinstance(one, Message)]
            waiting = _readable(part, inner) + waiting
        else:
            yield part


def _readable(part: Message, inner: list[tuple[Message, int]]) -> list[tuple[Message, int]]:
    """Of a report what is written for people; the rest of it is read by ``automatic``."""
    if part.get_content_type() != "multipart/report":
        return inner
    return [one for one in inner if one[0].get_content_maintype() in ("text", "multipart")]


def _bytes(part: Message) -> bytes:
    payload = headers.payload(part)
    if isinstance(payload, list):  # a message that was forwarded as a file
        try:
            return payload[0].as_bytes() if payload and isinstance(payload[0], Message) else b""
        except (ValueError, LookupError, TypeError, AttributeError, KeyError):
            return b""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AssertionError):
        content = None
    return content if isinstance(content, bytes) else str(payload).encode("utf-8", "surrogateescape")


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (ValueError, LookupError, TypeError):
        return None


def _disposition(part: Message) -> str:
    return headers.text(part, "Content-Disposition").lower()


def _file_name(part: Message) -> str:
    try:
        return headers.decoded(part.get_filename() or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _content_id(part: Message) -> str:
    found = headers.ids(headers.text(part, "Content-ID"))
    return found[0].strip("<>")[:200] if found else ""


def _storable(text: str) -> str:
    """Without halves of surrogate pairs, which PostgreSQL refuses."""
    return text.encode("utf-8", "replace").decode()

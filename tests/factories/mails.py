"""E-mails as they come over the wire: valid, boring, changed by keyword."""

import base64
from collections.abc import Mapping
from email.message import EmailMessage
from itertools import count

numbers = count(1)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def plain(
    text: str = "Where is my parcel?",
    *,
    subject: str = "Parcel late",
    sender: str = "Ada Customer <ada@example.org>",
    to: str = "support@shop.example",
    message_id: str | None = None,
    in_reply_to: str = "",
    references: str = "",
    date: str = "Mon, 02 Nov 2026 09:30:00 +0100",
    extra: Mapping[str, str] = {},
) -> bytes:
    return _written(_message(text, subject, sender, to, message_id, in_reply_to, references, date, extra))


def both(text: str = "Where is my parcel?", html: str = "<p>Where is my <b>parcel</b>?</p>", **changes) -> bytes:
    message = _plainly(text, **changes)
    message.add_alternative(html, subtype="html")
    return _written(message)


def with_files(*files: tuple[str, str, bytes], text: str = "See the photo.", **changes) -> bytes:
    """Files as name, type and content."""
    message = _plainly(text, **changes)
    for name, kind, content in files:
        main, _slash, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub)
        part = list(message.iter_attachments())[-1]
        if name:
            part.replace_header("Content-Disposition", f'attachment; filename="{" ".join(name.split())}"')
    return _written(message)


def absence(**changes) -> bytes:
    usual = {"text": "I am away.", "subject": "Automatic reply: Parcel", "extra": {"Auto-Submitted": "auto-replied"}}
    return plain(**usual | changes)


def bounce(message_id: str, *, to: str, status: str = "5.1.1", action: str = "failed") -> bytes:
    """A delivery report as Postfix writes it."""
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.org\r\nTo: support@shop.example\r\n"
        f"Message-ID: <report{next(numbers)}@mx.example.org>\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        "Date: Mon, 02 Nov 2026 09:30:00 +0100\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"\r\n\r\n'
        "--b1\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n\r\n"
        "--b1\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        "--b1\r\nContent-Type: message/rfc822\r\n\r\n"
        f"From: support@shop.example\r\nTo: {to}\r\nMessage-ID: {message_id}\r\nSubject: Your parcel\r\n\r\nHello\r\n"
        "--b1--\r\n"
    ).encode()


def korean() -> bytes:
    """As older Korean mail programs write: ks_c_5601-1987 said, cp949 meant."""
    name = base64.b64encode("김민수".encode("cp949")).decode()
    subject = base64.b64encode("배송 지연".encode("cp949")).decode()
    head = (
        f"From: =?ks_c_5601-1987?B?{name}?= <minsu@example.org>\r\nSubject: =?ks_c_5601-1987?B?{subject}?=\r\n"
        f"Message-ID: <kr{next(numbers)}@example.org>\r\nDate: Mon, 02 Nov 2026 09:30:00 +0900\r\n"
        "Content-Type: text/plain; charset=ks_c_5601-1987\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return head.encode() + "택배가 아직 안 왔어요. 똠방각하".encode("cp949")


def _plainly(text: str, **changes) -> EmailMessage:
    usual = {
        "subject": "Parcel late", "sender": "Ada Customer <ada@example.org>", "to": "support@shop.example",
        "message_id": None, "in_reply_to": "", "references": "",
        "date": "Mon, 02 Nov 2026 09:30:00 +0100", "extra": {},
    }  # fmt: skip
    return _message(text, **usual | changes)


def _message(text, subject, sender, to, message_id, in_reply_to, references, date, extra) -> EmailMessage:
    message = EmailMessage()
    given = {
        "From": sender, "To": to, "Subject": subject, "Date": date, "In-Reply-To": in_reply_to,
        "References": references, **extra,
        "Message-ID": f"<m{next(numbers)}@example.org>" if message_id is None else message_id,
    }  # fmt: skip
    for name, value in given.items():
        if value:
            message[name] = value
    message.set_content(text)
    return message


def _written(message: EmailMessage) -> bytes:
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n", max_line_length=None))

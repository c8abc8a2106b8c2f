"""Reports of mail providers that somebody pressed "this is spam" (ARF, RFC 5965). Pure; no database.

Only the Message-ID of ours that it gives back is believed: nobody can guess one. Addresses in it prove nothing.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

LARGEST = 1_000_000
IDS = re.compile(r"<[^<>\s]{1,250}>")
ABUSE = frozenset({"abuse", "fraud", "opt-out", "opt-out-list", "not-spam"})


@dataclass(frozen=True)
class Complaint:
    """``kind`` is what the report calls it: ``abuse``, ``opt-out``, ``not-spam``."""

    kind: str
    message_ids: tuple[str, ...]

    @property
    def is_one(self) -> bool:
        """``not-spam`` takes a complaint back; nobody acts on that but people."""
        return self.kind != "not-spam"


def complaint(raw: bytes) -> Complaint | None:
    """What a report says; None for a message that is none."""
    message = message_from_bytes(raw[:LARGEST], policy=compat32)
    if message.get_content_type() != "multipart/report":
        return None
    if str(message.get_param("report-type", "") or "").lower() != "feedback-report":
        return None
    payload = message.get_payload()
    parts = [part for part in payload[:20] if isinstance(part, Message)] if isinstance(payload, list) else []
    kind, ids = "", list[str]()
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            kind = _field(part, "Feedback-Type").lower() or kind
        elif part.get_content_type() in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
            ids += IDS.findall(_field(part, "Message-ID"))
    return Complaint(kind, tuple(dict.fromkeys(ids))) if kind in ABUSE else None


def _field(part: Message, name: str) -> str:
    """A header of what the part holds, whether it was parsed as a message or stays text."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return next((str(inner[name]) for inner in payload if isinstance(inner, Message) and inner[name]), "")
    found = re.search(rf"^{name}:\s*(.+)$", str(payload)[:50_000], re.IGNORECASE | re.MULTILINE)
    return found[1].strip() if found else ""

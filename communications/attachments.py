"""Files that go out with a message. They stay where who queued it keeps them, among the private files.

A short text made for one recipient, such as an invitation for their calendar, goes with the message itself.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import SuspiciousOperation, ValidationError
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from communications import envelopes, mime

MOST, LARGEST = 20, 15 * 1024 * 1024


class AttachmentMissing(ValidationError):
    def __init__(self, name: str) -> None:
        super().__init__(_("The file %(name)s is not there."), code="attachment_missing", params={"name": name})


class TooLarge(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("This is more than one message may carry."), code="message_too_large")


@dataclass(frozen=True)
class Attachment:
    """``path`` within the private files, ``name`` as the receiver sees it, ``type`` such as application/pdf.

    ``text`` is what a file without a path holds.
    """

    path: str
    name: str
    type: str = "application/octet-stream"
    text: str = ""


def checked(files: Iterable[Attachment]) -> list[dict[str, Any]]:
    """The files as a message keeps them. Raises AttachmentMissing, TooLarge, HeaderInvalid."""
    kept = [asdict(one) for one in files]
    if len(kept) > MOST:
        raise TooLarge
    size = 0
    for one in kept:
        one["name"] = envelopes.line("Content-Disposition", one["name"], longest=150) or "file"
        one["type"] = envelopes.line("Content-Type", one["type"], longest=100).lower()
        if one["text"] and not one["path"]:
            size += len(one["text"].encode())
            continue
        del one["text"]
        try:
            size += default_storage.size(one["path"])
        except (OSError, SuspiciousOperation, ValueError):
            raise AttachmentMissing(one["name"]) from None
    if size > LARGEST:
        raise TooLarge
    return kept


def read(files: Iterable[dict[str, Any]]) -> list[mime.File]:
    """What ``checked`` has kept, with its contents. Raises OSError where a file has gone meanwhile."""
    return [
        mime.File(one["name"], one["type"], _content(one["path"]) if one["path"] else one["text"].encode())
        for one in files
    ]


def _content(path: str) -> bytes:
    with default_storage.open(path) as file:
        return bytes(file.read())

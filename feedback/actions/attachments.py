"""Keep files that came along as files that only staff and their sender can see, and remove them.

A file lies outside of what a web server gives out, under a name that says nothing, and is never run or opened here.
"""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from feedback import files, private
from feedback.mail import File
from feedback.models import Attachment, Entry

FOLDER = "attachments"
LARGEST_TOGETHER = 25 * 1024 * 1024


class FileRefused(ValidationError):
    """``code`` is one of ``feedback.files.Refused``, or ``too_many``."""

    MESSAGES = {
        "empty": _("The file %(name)s is empty."),
        "too_large": _("The file %(name)s is too large: 10 MB each and 25 MB together are taken."),
        "too_many": _("So many files are not taken: 20 at most."),
        "program": _("%(name)s is a program. Programs are not taken."),
        "macros": _("%(name)s has macros in it. Save it without, or as a PDF."),
        "active_content": _("Files like %(name)s can run by themselves and are not taken. Send a PDF or a picture."),
        "archive": _("%(name)s is an archive. Send the files in it."),
        "unknown_type": _("Nobody knows what %(name)s is. Send a picture, a PDF, a text or an office file."),
    }

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(self.MESSAGES[code], code=code, params={"name": name[:80]})
        self.field = "files"


def check(sent: Iterable[File]) -> None:
    """What a person sends through a form is refused while they can do something about it. Raises FileRefused."""
    together = 0
    for number, file in enumerate(sent):
        if number >= files.MOST:
            raise FileRefused("too_many")
        together += len(file.content)
        if together > LARGEST_TOGETHER:
            raise FileRefused("too_large", file.name)
        try:
            files.kind_of(file.content, file.name)
        except files.Refused as refused:
            raise FileRefused(refused.code, file.name) from None


def keep(entry: Entry, sent: Iterable[File]) -> list[Attachment]:
    """Keep what came with an entry, in the caller's transaction. What is not kept leaves a row that says why.

    The files are written first: where the transaction fails, ``sweep`` removes them.
    """
    together, kept = 0, []
    for number, file in enumerate(sent):
        together += len(file.content)
        if number >= files.MOST:
            kept.append(_refused(entry, file, "too_many"))
            break
        if together > LARGEST_TOGETHER:
            kept.append(_refused(entry, file, "too_large"))
            continue
        try:
            kind = files.kind_of(file.content, file.name)
        except files.Refused as refused:
            kept.append(_refused(entry, file, refused.code))
        else:
            kept.append(_kept(entry, file, kind))
    return Attachment.objects.bulk_create(kept)


def read(attachment: Attachment) -> bytes:
    """The file's content. Raises FileNotFoundError."""
    return private.read(attachment.path)


def sweep(*, older: timedelta = private.SETTLED_AFTER) -> int:
    """Remove files that no attachment has: of a transaction that failed, of a person who was erased."""
    return private.sweep(FOLDER, lambda path: Attachment.objects.filter(path=path).exists(), older=older)


def _kept(entry: Entry, file: File, kind: str) -> Attachment:
    return Attachment(
        entry=entry, name=files.harmless_name(file.name, kind), kind=kind, size=len(file.content),
        path=private.keep(FOLDER, file.content), digest=hashlib.sha256(file.content).hexdigest(),
        content_id=file.content_id[:200],
    )  # fmt: skip


def _refused(entry: Entry, file: File, code: str) -> Attachment:
    return Attachment(
        entry=entry, name=files.harmless_name(file.name, "")[:200], kind=file.kind[:100], size=len(file.content),
        digest=hashlib.sha256(file.content).hexdigest(), refused=code,
    )  # fmt: skip
